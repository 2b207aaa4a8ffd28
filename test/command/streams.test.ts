import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Ended, samebits } from './command.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), 'samebits-streams-'));
afterAll(() => rmSync(cwd, { recursive: true }));

/** Runs the command with its output in a file, or nobody who reads its progress. */
function withStreams(words: readonly string[], stdout: number | 'pipe', readsProgress: boolean): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd, stdio: ['ignore', stdout, 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout?.on('data', (bytes: Buffer) => {
    texts.stdout += bytes;
  });
  if (readsProgress) {
    child.stderr?.on('data', (bytes: Buffer) => {
      texts.stderr += bytes;
    });
  } else child.stderr?.destroy();
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }));
  });
}

describe('the command', () => {
  it.skipIf(process.platform !== 'linux')('says that its output cannot be written, without a stack trace', async () => {
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await withStreams(['lab', 'list'], full, true);
    closeSync(full);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^samebits: Expected a standard output that can be written but received: ENOSPC.*\n$/);
  });

  it('goes on where nobody reads its progress any more', async () => {
    const { code, stdout } = await withStreams(['lab', 'run', 'float-sums', '--repeats', '2'], 'pipe', false);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('supported') });
  });

  it('lets no path move the cursor or set colors', async () => {
    const { code, stderr } = await samebits(['verify', 'run\u001b[31m'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(String.raw`run\u001b[31m`);
    expect(stderr).not.toContain('\u001b');
  });
});
