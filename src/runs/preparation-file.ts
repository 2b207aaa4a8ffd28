/** The preparation of a run's tables. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { PreparationDocument } from '../data/prepare/fitted.js';
import { Preparation } from '../data/prepare/preparation.js';
import { writeDurably, writeFully } from './durable.js';
import { damaged, inFile } from './file-errors.js';
import { readInside } from './inside.js';
import { parseJson } from './json.js';

export const PREPARATION_FILE = 'preparation.json';

/** Four million categories, which is the most that a column may have, of many characters. */
const MOST_BYTES = 1 << 29;

/** SHA-256 of the file of a preparation. */
export function preparationHash(preparation: Preparation): string {
  return hashOf(bytesOf(preparation));
}

/** Writes it, whole or not at all. */
export async function writePreparation(folder: string, preparation: Preparation): Promise<void> {
  const bytes = bytesOf(preparation);
  await writeDurably(join(folder, PREPARATION_FILE), (handle) => writeFully(handle, bytes, null));
}

/**
 * Reads it.
 *
 * @param hash As the manifest has it.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function readPreparation(folder: string, hash: string): Promise<Preparation> {
  const bytes = await readInside(folder, [PREPARATION_FILE], MOST_BYTES);
  const file = join(folder, PREPARATION_FILE);
  const found = hashOf(bytes);
  if (found !== hash) throw damaged(`the SHA-256 ${hash}, as in its manifest,`, file, found);
  const document = parseJson(bytes, file);
  return inFile(file, () => new Preparation(document as unknown as PreparationDocument));
}

function bytesOf(preparation: Preparation): Buffer {
  return Buffer.from(`${JSON.stringify(preparation, null, 1)}\n`, 'utf8');
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
