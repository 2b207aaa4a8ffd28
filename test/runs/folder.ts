/** A folder of files for a test file, removed at its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export const scratch = mkdtempSync(join(tmpdir(), 'samebits-runs-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let count = 0;

/** A path in it that nothing has yet. */
export function freshPath(): string {
  count += 1;
  return join(scratch, `run-${count}`);
}
