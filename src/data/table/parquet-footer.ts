/** What a Parquet file says of itself in its last bytes, read once it is known to be of a size that files have. */
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { checkStruct } from './parquet-thrift.js';

/** `PAR1`. */
const MAGIC = 0x31524150;
/** The number that a file begins with, too. */
const BEGIN_BYTES = 4;
/** The length of the metadata, and the magic number. */
const END_BYTES = 8;
/** Metadata of 150,000 columns of row groups are some 2^24. */
const MOST_BYTES = 1 << 26;
/** Fields and elements of lists; of a column of a row group there are some 25. */
const MOST_VALUES = 1 << 22;

/** @throws Error for what is no Parquet file, and for metadata that would take memory out of all proportion */
export async function readMetadata(file: AsyncBuffer): Promise<FileMetaData> {
  const { parquetMetadata } = await import('hyparquet');
  const { byteLength } = file;
  if (byteLength < BEGIN_BYTES + END_BYTES) throw new Error(`${byteLength} bytes`);
  const end = new DataView(await file.slice(byteLength - END_BYTES, byteLength));
  if (end.getUint32(4, true) !== MAGIC) throw new Error('a file that does not end with PAR1');
  const length = end.getUint32(0, true);
  if (length > Math.min(byteLength - BEGIN_BYTES - END_BYTES, MOST_BYTES)) {
    throw new Error(`metadata of ${length} bytes in a file of ${byteLength}`);
  }
  const footer = await file.slice(byteLength - END_BYTES - length, byteLength);
  checkStruct(new Uint8Array(footer, 0, length), 0, MOST_VALUES);
  return parquetMetadata(footer, { geoparquet: false });
}
