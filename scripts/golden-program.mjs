// Compiles test/bits/golden_engine.run.ts to plain JavaScript for Nodes that run without npm packages' tools: other
// versions, other architectures.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './build.mjs';

const require = createRequire(import.meta.url);

/** Path of the program: node PATH ADDON.node [TABLE …]. Type declarations come from dist/, which must be built. */
export function compileGoldenProgram() {
  const output = join(root, 'build', 'golden');
  const { status } = spawnSync(
    process.execPath,
    [
      require.resolve('typescript/bin/tsc'),
      join(root, 'test/bits/golden_engine.run.ts'),
      ...['--outDir', output, '--rootDir', join(root, 'test')],
      ...['--target', 'es2022', '--module', 'nodenext', '--types', 'node'],
      ...['--esModuleInterop', '--resolveJsonModule', '--skipLibCheck', '--strict'],
    ],
    { cwd: root, stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) throw new Error('the golden program could not be compiled');
  return join(output, 'bits', 'golden_engine.run.js');
}
