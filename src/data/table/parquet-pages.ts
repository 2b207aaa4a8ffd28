/**
 * The checks that make a Parquet file safe to decode: hyparquet trusts what headers say of sizes and counts.
 */
import type { AsyncBuffer, FileMetaData, RowGroup } from 'hyparquet';
import { MOST_COLUMNS } from './cells.js';

/** Rows of a row group, which is decoded as a whole; writers make groups of 2^16 to 2^20 rows. */
const MOST_GROUP_ROWS = 1 << 23;
/** Bytes of one page; usual are 2^20. */
const MOST_PAGE_BYTES = 1 << 28;

/** @throws Error where counts and places cannot be those of this file */
export function checkMetadata(metadata: FileMetaData, bytes: number): void {
  const columns = metadata.schema.length - 1;
  if (columns < 1 || columns > MOST_COLUMNS) throw new Error(`${columns} columns`);
  if (metadata.schema[0].num_children !== columns) throw new Error('columns that are nested in others');
  let rows = 0n;
  for (const group of metadata.row_groups) {
    rows += group.num_rows;
    if (group.num_rows < 0n || group.num_rows > MOST_GROUP_ROWS) throw new Error(`a group of ${group.num_rows} rows`);
    if (group.columns.length !== columns) throw new Error(`a group of ${group.columns.length} columns`);
    for (const index of group.columns.keys()) chunkOf(group, index, bytes);
  }
  if (rows !== metadata.num_rows) throw new Error(`${metadata.num_rows} rows, but groups of ${rows}`);
}

/** Where the pages of a column lie. */
function chunkOf(group: RowGroup, index: number, bytes: number): { readonly start: number; readonly end: number } {
  const { meta_data: data, file_path: elsewhere } = group.columns[index];
  if (data === undefined || elsewhere !== undefined) throw new Error('a column in another file');
  const start = Number(data.dictionary_page_offset || data.data_page_offset);
  const end = start + Number(data.total_compressed_size);
  if (!(start >= 4 && end > start && end <= bytes)) throw new Error(`pages from byte ${start} to ${end} of ${bytes}`);
  if (data.num_values !== group.num_rows) throw new Error(`${data.num_values} values for ${group.num_rows} rows`);
  return { start, end };
}

/**
 * Reads the headers of all pages of a row group.
 *
 * @throws Error where a page is larger than can be, or pages have other numbers of values than the group has rows
 */
export async function checkPages(file: AsyncBuffer, group: RowGroup): Promise<void> {
  const { parquetHeader } = await import('hyparquet/src/column.js');
  const rows = Number(group.num_rows);
  for (const index of group.columns.keys()) {
    const { start, end } = chunkOf(group, index, file.byteLength);
    const reader = { view: new DataView(await file.slice(start, end)), offset: 0 };
    for (let values = 0; values < rows; ) {
      if (reader.offset >= reader.view.byteLength)
        throw new Error(`a column that ends after ${values} of ${rows} values`);
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
        if (!isCount(count, rows - values) || count === 0) throw new Error(`a page of ${count} values`);
        const others = header.data_page_header_v2;
        if (others !== undefined && !(others.num_rows === count && isCount(others.num_nulls, count))) {
          throw new Error(`a page of ${count} values in ${others.num_rows} rows`);
        }
        values += count as number;
      }
    }
  }
}

function isCount(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
