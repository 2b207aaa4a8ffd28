/** Whether `samebits train` holds a table in memory, or reads its rows while it trains. */
import { statSync } from 'node:fs';

const MIB = 1 << 20;

/** Files of so many bytes are streamed where nobody says: as text about what their numbers take in memory. */
export const STREAMED_FROM = 256 * MIB;
/** The same of compressed ones, which hold several times as much. */
export const STREAMED_FROM_COMPRESSED = 64 * MIB;

const COMPRESSED = /\.(gz|parquet)$/i;

/** @param wanted As an option says it. */
export function isStreamed(path: string, wanted: boolean | undefined): boolean {
  if (wanted !== undefined) return wanted;
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return isLarge(path, bytes);
}

export function isLarge(path: string, bytes: number): boolean {
  return bytes >= (COMPRESSED.test(path) ? STREAMED_FROM_COMPRESSED : STREAMED_FROM);
}
