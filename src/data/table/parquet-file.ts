/** Parquet files by the packages hyparquet and hyparquet-compressors, one row group at a time. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { AsyncBuffer, FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import type { ColumnDecoder } from 'hyparquet/src/types.js';
import type { ColumnType } from './column.js';
import { type CellKind, decodeColumn, loadHyparquet } from './parquet-column.js';
import { readMetadata } from './parquet-footer.js';
import type { ParquetCells, ParquetHead } from './parquet-messages.js';
import { checkGroups, checkMetadata, readPages } from './parquet-pages.js';
import { flatColumns } from './parquet-schema.js';

export interface ParquetFile {
  readonly head: ParquetHead;
  readonly readGroup: (index: number) => Promise<ParquetCells[]>;
  /** Nothing is read after it. What a thread leaves open is closed where it ends. */
  readonly close: () => void;
}

/**
 * @param drop Columns that are left out.
 * @throws whatever hyparquet does, and Error, for what is no such file; the messages are for people
 */
export async function openParquetFile(path: string, drop: readonly string[] = []): Promise<ParquetFile> {
  const descriptor = openSync(path, 'r');
  const close = (): void => closeSync(descriptor);
  try {
    return { ...(await readHead(bufferOf(descriptor), drop)), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Read at once, not in the background: of a thread that is ended in the middle of a group nothing stays open. */
function bufferOf(descriptor: number): AsyncBuffer {
  const byteLength = fstatSync(descriptor).size;
  return {
    byteLength,
    slice: (start, end = byteLength) => {
      if (!(start >= 0 && start <= end && end <= byteLength))
        throw new Error(`bytes ${start} to ${end} of ${byteLength}`);
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length; ) {
        const more = readSync(descriptor, bytes, done, bytes.length - done, start + done);
        if (more === 0) throw new Error('a file that became shorter');
        done += more;
      }
      return bytes.buffer;
    },
  };
}

async function readHead(file: AsyncBuffer, drop: readonly string[]): Promise<Omit<ParquetFile, 'close'>> {
  const metadata = await readMetadata(file);
  checkMetadata(metadata, file.byteLength);
  const { columns: kept, all } = flatColumns(metadata.schema, drop);
  checkGroups(
    metadata,
    kept.map(({ leaf }) => leaf),
    file.byteLength,
  );
  const columns = kept.map((column) => ({ ...column, type: typeOf(column.element) }));
  const groups = metadata.row_groups.map(({ num_rows: rows }) => Number(rows));
  return {
    head: { names: columns.map(({ element }) => element.name), all, types: columns.map(({ type }) => type), groups },
    readGroup: (index) => readGroup(file, metadata, index, columns),
  };
}

interface TypedColumn {
  readonly element: SchemaElement;
  readonly leaf: number;
  readonly type: ColumnType | null;
}

/** The cells of all rows of a group, by column. */
async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  index: number,
  columns: readonly TypedColumn[],
): Promise<ParquetCells[]> {
  const hyparquet = await loadHyparquet();
  const group = metadata.row_groups[index];
  const { compressors, DEFAULT_PARSERS } = hyparquet;
  const parsers = { ...DEFAULT_PARSERS, ...TIMES };
  const cells: ParquetCells[] = [];
  for (const { element, leaf, type } of columns) {
    const pages = await readPages(file, group, leaf);
    const { meta_data: data } = group.columns[leaf];
    if (data === undefined) throw new Error('a column in another file');
    // hyparquet's getSchemaPath goes through all columns for each of them.
    const schemaPath = [nodeOf(metadata.schema[0], []), nodeOf(element, [element.name])];
    const path = { pathInSchema: [element.name], element, schemaPath };
    const decoder = { ...path, type: data.type, codec: data.codec, parsers, compressors } as ColumnDecoder;
    cells.push(decodeColumn(hyparquet, pages, Number(group.num_rows), decoder, kindOf(element, type)));
  }
  return cells;
}

/** Of a flat column, or of what holds them all. */
function nodeOf(element: SchemaElement, path: string[]): SchemaTree {
  return { element, path, children: [], count: 1 };
}

/** Milliseconds instead of Dates. */
const TIMES = {
  timestampFromMilliseconds: Number,
  timestampFromMicroseconds: (micros: bigint) => Number(micros / 1000n),
  timestampFromNanoseconds: (nanos: bigint) => Number(nanos / 1_000_000n),
  dateFromDays: (days: number) => days * 86_400_000,
};

function kindOf(element: SchemaElement, type: ColumnType | null): CellKind {
  if (type === 'number' || type === 'date') return 'numbers';
  const { converted_type: converted, logical_type: logical } = element;
  const meaning = logical?.type ?? converted ?? 'UTF8';
  const isText = element.type === 'BYTE_ARRAY' && ['UTF8', 'STRING', 'ENUM'].includes(meaning);
  return type === null && isText ? 'texts' : 'others';
}

/** The type of a column, as its schema says. */
function typeOf({ type, converted_type: converted, logical_type: logical }: SchemaElement): ColumnType | null {
  const meaning = logical?.type ?? converted ?? '';
  if (type === 'INT96' || meaning === 'DATE' || meaning.startsWith('TIMESTAMP')) return 'date';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY') {
    return ['DECIMAL', 'FLOAT16'].includes(meaning) ? 'number' : null;
  }
  return 'number';
}
