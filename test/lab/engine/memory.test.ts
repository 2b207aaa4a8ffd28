import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('memory does not grow with the runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'samebits-many-'));
  try {
    const script = fileURLToPath(new URL('many-runs.cjs', import.meta.url));
    const printed = execFileSync(process.execPath, ['--expose-gc', script, join(folder, 'store')], {
      encoding: 'utf8',
    });
    const { most, all, sum } = JSON.parse(printed);
    expect(Number.isFinite(sum)).toBe(true);
    expect(all).toBe(40_000_000);
    // The data, and what is on its way.
    expect(most).toBeLessThan(all / 2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
