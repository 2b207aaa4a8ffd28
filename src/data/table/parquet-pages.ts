/**
 * The checks that make a Parquet file safe to decode: hyparquet trusts what headers say of sizes and counts.
 */
import type { AsyncBuffer, FileMetaData, RowGroup } from 'hyparquet';
import type { DataPageHeaderV2 } from 'hyparquet/src/types.js';
import { MOST_COLUMNS } from './cells.js';
import { countLeaves } from './parquet-schema.js';
import { checkStruct } from './parquet-thrift.js';

/** Rows of a row group, which is decoded as a whole; writers make groups of 2^16 to 2^20 rows. */
const MOST_GROUP_ROWS = 1 << 23;
/** Cells of a row group, of all columns that are read, which are in memory together: 1 GiB of numbers. */
const MOST_GROUP_CELLS = 1 << 27;
/** Beyond that many: for each stored byte. Runs of one value take next to nothing in a file. */
const MOST_CELLS_OF_BYTE = 32;
/** Bytes of one page; usual are 2^20. */
const MOST_PAGE_BYTES = 1 << 28;
/** Fields of the header of one page; the format has some thirty. */
const MOST_HEADER_VALUES = 1000;

/** @throws Error where counts and places cannot be those of this file */
export function checkMetadata(metadata: FileMetaData, bytes: number): void {
  const columns = countLeaves(metadata.schema);
  if (columns < 1 || columns > MOST_COLUMNS) throw new Error(`${columns} columns`);
  let rows = 0n;
  for (const group of metadata.row_groups) {
    rows += group.num_rows;
    if (group.num_rows < 0n || group.num_rows > MOST_GROUP_ROWS) throw new Error(`a group of ${group.num_rows} rows`);
    if (group.columns.length !== columns) throw new Error(`a group of ${group.columns.length} columns`);
    for (const index of group.columns.keys()) chunkOf(group, index, bytes);
  }
  if (rows !== metadata.num_rows) throw new Error(`${metadata.num_rows} rows, but groups of ${rows}`);
}

/**
 * Checks the columns that are read.
 *
 * @param leaves Their places in each row group.
 * @throws Error where a row group would take memory out of all proportion to what is stored
 */
export function checkGroups({ row_groups: groups }: FileMetaData, leaves: readonly number[], bytes: number): void {
  for (const group of groups) {
    const cells = Number(group.num_rows) * leaves.length;
    if (cells <= MOST_GROUP_CELLS) continue;
    let stored = 0;
    for (const leaf of leaves) {
      const { start, end } = chunkOf(group, leaf, bytes);
      stored += end - start;
    }
    // Columns may claim the same bytes.
    if (cells > MOST_CELLS_OF_BYTE * Math.min(stored, bytes)) {
      throw new Error(`a group of ${cells} cells in ${stored} bytes`);
    }
  }
}

/** Where the pages of a column lie. */
function chunkOf(group: RowGroup, index: number, bytes: number): { readonly start: number; readonly end: number } {
  const { meta_data: data, file_path: elsewhere } = group.columns[index];
  if (data === undefined || elsewhere !== undefined) throw new Error('a column in another file');
  const start = Number(data.dictionary_page_offset || data.data_page_offset);
  const end = start + Number(data.total_compressed_size);
  if (!(start >= 4 && end > start && end <= bytes)) throw new Error(`pages from byte ${start} to ${end} of ${bytes}`);
  return { start, end };
}

/**
 * The pages of a column of a row group, after a look at their headers.
 *
 * @throws Error where a page is larger than can be, or pages have other numbers of values than the group has rows
 */
export async function readPages(file: AsyncBuffer, group: RowGroup, index: number): Promise<ArrayBuffer> {
  const { parquetHeader } = await import('hyparquet/src/column.js');
  const rows = Number(group.num_rows);
  const { start, end } = chunkOf(group, index, file.byteLength);
  const values = group.columns[index].meta_data?.num_values;
  if (values !== group.num_rows) throw new Error(`${values} values for ${rows} rows`);
  const pages = await file.slice(start, end);
  const bytes = new Uint8Array(pages);
  const reader = { view: new DataView(pages), offset: 0 };
  for (let done = 0; done < rows; ) {
    if (reader.offset >= reader.view.byteLength) throw new Error(`a column that ends after ${done} of ${rows} values`);
    checkStruct(bytes, reader.offset, MOST_HEADER_VALUES);
    const header = parquetHeader(reader);
    const { uncompressed_page_size: size, compressed_page_size: stored } = header;
    const within = isCount(stored, reader.view.byteLength - reader.offset) && isCount(size, MOST_PAGE_BYTES);
    if (!within) throw new Error(`a page of ${stored} bytes that become ${size}`);
    reader.offset += stored;
    const data = header.data_page_header ?? header.data_page_header_v2;
    if (header.type === 'DICTIONARY_PAGE') {
      const count = header.dictionary_page_header?.num_values;
      // Every entry has a byte at least, but for those of no length.
      if (!isCount(count, Math.max(rows, size))) throw new Error(`a dictionary of ${count} values`);
    } else {
      const count = data?.num_values;
      if (!isCount(count, rows - done) || count === 0) throw new Error(`a page of ${count} values`);
      if (header.data_page_header_v2 !== undefined) checkSecond(header.data_page_header_v2, stored);
      done += count as number;
    }
  }
  return pages;
}

/** A header of the second version. What is missing would be no number to hyparquet, which then reads one byte for ever. */
function checkSecond(header: DataPageHeaderV2, stored: number): void {
  const { num_values: count, num_rows: rows, num_nulls: nulls } = header;
  if (rows !== count || !isCount(nulls, count)) throw new Error(`a page of ${count} values in ${rows} rows`);
  const { definition_levels_byte_length: definition, repetition_levels_byte_length: repetition } = header;
  if (!isCount(repetition, stored) || !isCount(definition, stored - repetition)) {
    throw new Error(`levels of ${definition} and ${repetition} of ${stored} bytes`);
  }
}

function isCount(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
