// npm run check:publish: what importers, type checkers and bundlers of all kinds find in the packed package, by publint
// and attw ("are the types wrong?").
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build.mjs';
import { conclude } from './findings.mjs';

const place = mkdtempSync(join(tmpdir(), 'samebits-publish-'));
const findings = [];
try {
  // Scripts would build the addon for delivery, which has no part in this.
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', place], {
    cwd: root,
    encoding: 'utf8',
  });
  const tarball = join(place, JSON.parse(packed)[0].filename);
  for (const [program, ...args] of [
    ['publint', 'run', '--strict', tarball],
    ['attw', '--format', 'ascii', '--no-emoji', tarball],
  ]) {
    const ended = spawnSync(join(root, 'node_modules', '.bin', program), args, { cwd: root, encoding: 'utf8' });
    if (ended.status !== 0) findings.push(`${program}:\n${ended.stdout}${ended.stderr}`);
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
conclude('publish', findings);
