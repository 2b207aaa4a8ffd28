import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const builds = {
  'cmake-js': join(root, 'build', 'Release', 'samebits.node'),
  'node-gyp': join(root, 'build-gyp', 'build', 'Release', 'samebits.node'),
};

function run(binary: string): { path: string; fingerprints: Record<string, string> } {
  const program = join(import.meta.dirname, 'fingerprints.cjs');
  const env = { ...process.env, SAMEBITS_BINARY: binary };
  return JSON.parse(execFileSync(process.execPath, [program], { env, encoding: 'utf8' }));
}

it('computes the same bits whether cmake-js or node-gyp built the addon', () => {
  const cmakeJs = run(builds['cmake-js']);
  const nodeGyp = run(builds['node-gyp']);
  expect([cmakeJs.path, nodeGyp.path]).toEqual(Object.values(builds));
  expect(Object.keys(cmakeJs.fingerprints).length).toBeGreaterThan(4);
  expect(nodeGyp.fingerprints).toEqual(cmakeJs.fingerprints);
});
