// Builds of the addon beside the usual one: other compilers, optimization levels and architectures. Each has a folder of
// its own in build/variants and compiles there only what changed.
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './build.mjs';

const require = createRequire(import.meta.url);

/** Absolute path of a program, or null where there is none. */
export function findProgram(name) {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/**
 * Builds with cmake-js, warnings being errors. `definitions` are CMake's cache variables. Returns the folder; the addon is
 * Release/samebits.node in it.
 */
export function buildVariant(name, definitions) {
  const folder = join(root, 'build', 'variants', name);
  const all = {
    SAMEBITS_STRICT: 'ON',
    SAMEBITS_NODE_ADDON_API: dirname(require.resolve('node-addon-api/package.json')),
    ...definitions,
  };
  const { status } = spawnSync(
    process.execPath,
    [
      join(dirname(require.resolve('cmake-js/package.json')), 'bin', 'cmake-js'),
      'build',
      `--directory=${root}`,
      `--out=${folder}`,
      '--parallel=2',
      '--log-level=warn',
      ...Object.entries(all).map(([key, value]) => `--CD${key}=${value}`),
    ],
    { cwd: root, stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) throw new Error(`the build ${name} failed`);
  return folder;
}

/** What check-symbols.mjs finds in a build: true where it finds nothing. */
export function symbolsAreWell(folder, architecture, toolPrefix = '') {
  const script = join(root, 'scripts', 'check-symbols.mjs');
  const args = [script, `--build=${folder}`, `--architecture=${architecture}`, `--tool-prefix=${toolPrefix}`];
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** The compiler's own name and version, e.g. "g++ 12.2.0". */
export function versionOf(compiler) {
  const version = execFileSync(compiler, ['-dumpfullversion', '-dumpversion'], { encoding: 'utf8' }).trim();
  return `${compiler.slice(compiler.lastIndexOf('/') + 1)} ${version}`;
}
