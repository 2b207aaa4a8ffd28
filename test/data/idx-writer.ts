/** Writes IDX files for tests, good ones and such as lie. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export function idxBytes(type: number, dimensions: readonly number[], payload: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header[2] = type;
  header[3] = dimensions.length;
  for (const [i, dimension] of dimensions.entries()) header.writeUInt32BE(dimension, 4 + 4 * i);
  return Buffer.concat([header, payload]);
}

/** Pixels that tell where they are: element i is i mod 251. */
export function pixels(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => i % 251);
}

export interface FolderOptions {
  readonly train?: number;
  readonly test?: number;
  readonly separator?: '-' | '.';
  readonly compressed?: boolean;
}

/** A folder of four good files with images of 4×3 and labels 0 to 2. */
export function writeFolder(folder: string, options: FolderOptions = {}): void {
  const { train = 9, test = 5, separator = '-', compressed = false } = options;
  const write = (name: string, bytes: Buffer): void => {
    const full = join(folder, name.replaceAll('|', separator));
    writeFileSync(compressed ? `${full}.gz` : full, compressed ? gzipSync(bytes) : bytes);
  };
  for (const [part, rows] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    const labels = Uint8Array.from({ length: rows }, (_, i) => i % 3);
    write(`${part}-images|idx3-ubyte`, idxBytes(8, [rows, 4, 3], pixels(rows * 12)));
    write(`${part}-labels|idx1-ubyte`, idxBytes(8, [rows], labels));
  }
}
