/** Parquet files by the packages hyparquet and hyparquet-compressors, one row group at a time. */
import type { AsyncBuffer, FileMetaData, SchemaElement } from 'hyparquet';
import type { ColumnType } from './column.js';
import type { ParquetCells, ParquetHead } from './parquet-messages.js';
import { checkMetadata, checkPages } from './parquet-pages.js';

export interface ParquetFile {
  readonly head: ParquetHead;
  readonly readGroup: (index: number) => Promise<ParquetCells[]>;
}

/** @throws whatever hyparquet does, and Error, for what is no such file; the messages are for people */
export async function openParquetFile(path: string): Promise<ParquetFile> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file, { geoparquet: false });
  checkMetadata(metadata, file.byteLength);
  const columns = metadata.schema.slice(1);
  const types = columns.map(typeOf);
  const groups = metadata.row_groups.map(({ num_rows: rows }) => Number(rows));
  return {
    head: { names: columns.map(({ name }) => name), types, groups },
    readGroup: (index) => readGroup(file, metadata, index, types),
  };
}

/** The cells of all rows of a group, by column. */
async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  index: number,
  types: readonly (ColumnType | null)[],
): Promise<ParquetCells[]> {
  const [{ parquetRead }, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
  const group = metadata.row_groups[index];
  await checkPages(file, group);
  // A file of one group: positions start at 0.
  const rows = Number(group.num_rows);
  const part = { ...metadata, row_groups: [group], num_rows: group.num_rows };
  const names = metadata.schema.slice(1).map(({ name }) => name);
  const pieces = new Map<string, ArrayLike<unknown>[]>(names.map((name) => [name, []]));
  await parquetRead({
    file,
    metadata: part,
    compressors,
    onChunk: ({ columnName, columnData }) => pieces.get(columnName)?.push(columnData),
  });
  return names.map((name, column) => {
    const parts = pieces.get(name) as ArrayLike<unknown>[];
    const length = parts.reduce((sum, piece) => sum + piece.length, 0);
    if (length < rows) throw new Error(`${length} of ${rows} values of column ${JSON.stringify(name)}`);
    const cells = parts.flatMap((piece) => Array.from(piece)).slice(0, rows);
    const type = types[column];
    return type === 'number' || type === 'date' ? Float64Array.from(cells, (cell) => toNumber(cell, name)) : cells;
  });
}

function toNumber(cell: unknown, name: string): number {
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return Number(cell);
  if (cell instanceof Date) return cell.getTime();
  throw new Error(`a value of column ${JSON.stringify(name)} that is no number`);
}

/** The type of a column, as its schema says. */
function typeOf({
  name,
  type,
  converted_type: converted,
  logical_type: logical,
  ...element
}: SchemaElement): ColumnType | null {
  if (element.repetition_type === 'REPEATED' || type === undefined) {
    throw new Error(`a list in column ${JSON.stringify(name)}, whose cells are no single values`);
  }
  const meaning = logical?.type ?? converted ?? '';
  if (type === 'INT96' || meaning === 'DATE' || meaning.startsWith('TIMESTAMP')) return 'date';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY') {
    return ['DECIMAL', 'FLOAT16'].includes(meaning) ? 'number' : null;
  }
  return 'number';
}
