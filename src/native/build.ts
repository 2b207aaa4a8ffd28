import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { SamebitsError } from '../errors.js';
import { BUILD_LINE } from './load.js';

/** How to build the addon. */
export interface BuildOptions {
  /** Folder of the samebits package: where CMakeLists.txt is, and where `build/` goes. */
  readonly packageRoot: string;
  /** Folder whose `node_modules` (or its parents') has cmake-js and node-addon-api. @default the package's own */
  readonly toolsFrom?: string;
  /** Warnings are errors. Only for our own builds: other people have other compilers. @default false */
  readonly strict?: boolean;
}

/**
 * Builds `build/Release/samebits.node` with cmake-js: configures once, and afterwards compiles only what changed. What
 * the tools print goes to standard error. Nothing is downloaded: cmake-js takes Node-API's headers from the npm
 * package node-api-headers.
 *
 * @returns Path of the built file.
 * @throws SamebitsError `ERR_SAMEBITS_NO_BINARY` where a tool is missing or the build fails.
 */
export function buildAddon({ packageRoot, toolsFrom = packageRoot, strict = false }: BuildOptions): string {
  const cmakeJs = find('cmake-js/package.json', [toolsFrom, packageRoot]);
  const headers = find('node-addon-api/package.json', [toolsFrom, packageRoot]);
  if (spawnSync('cmake', ['--version']).error !== undefined) {
    throw new SamebitsError(
      'ERR_SAMEBITS_NO_BINARY',
      'Building samebits needs CMake 3.20 or newer, and none was found',
    );
  }
  const { status, signal } = spawnSync(
    process.execPath,
    [
      join(dirname(cmakeJs), 'bin', 'cmake-js'),
      'build',
      `--directory=${packageRoot}`,
      `--parallel=${availableParallelism()}`,
      '--log-level=warn',
      `--CDSAMEBITS_NODE_ADDON_API=${dirname(headers)}`,
      `--CDSAMEBITS_STRICT=${strict ? 'ON' : 'OFF'}`,
    ],
    { cwd: packageRoot, stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) {
    throw new SamebitsError(
      'ERR_SAMEBITS_NO_BINARY',
      `Building samebits failed: cmake-js ended with ${status ?? signal}`,
    );
  }
  return join(packageRoot, 'build', 'Release', 'samebits.node');
}

/** Resolves a file of a package from the first of these folders that has it. */
function find(file: string, folders: readonly string[]): string {
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'package.json')).resolve(file);
    } catch {
      // Not there; the next folder may have it.
    }
  }
  throw new SamebitsError(
    'ERR_SAMEBITS_NO_BINARY',
    `Building samebits needs ${dirname(file)}, which is not installed beside ${folders[0]}; type:\n  ${BUILD_LINE}`,
  );
}
