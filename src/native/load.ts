import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { expected, SamebitsError } from '../errors.js';
import { packageFile, requireHere } from '../package-root.js';
import { damageOf } from './object_file.js';
import { prebuildFolder } from './platform.js';

/** The line that builds the addon where it is missing. */
export const BUILD_LINE = 'npm i cmake-js node-addon-api && npx samebits build';

interface Loaded {
  readonly exports: object;
  readonly path: string;
}

// Modules exist once in each environment (main thread or worker), and so does the addon's state.
let loaded: Loaded | undefined;

/**
 * The addon's exports, loaded on the first call: the prebuilt .node file of this platform, or else the one that was
 * built here. Where the environment variable `SAMEBITS_BINARY` names a file, that one and no other.
 *
 * @throws SamebitsError `ERR_SAMEBITS_NO_BINARY`, with each path tried and why it wouldn't do.
 */
export function loadAddon(): unknown {
  loaded ??= findAddon();
  return loaded.exports;
}

/**
 * Absolute path of the .node file that {@link loadAddon} loads.
 *
 * @throws SamebitsError `ERR_SAMEBITS_NO_BINARY`
 */
export function addonPath(): string {
  loaded ??= findAddon();
  return loaded.path;
}

function findAddon(): Loaded {
  const chosen = process.env.SAMEBITS_BINARY;
  if (chosen !== undefined && !chosen.endsWith('.node'))
    throw expected('the path of a .node file', 'SAMEBITS_BINARY', chosen);
  const candidates =
    chosen === undefined
      ? [packageFile('prebuilds', prebuildFolder(), 'samebits.node'), packageFile('build', 'Release', 'samebits.node')]
      : [resolve(chosen)];
  const failures: { path: string; cause: unknown }[] = [];
  for (const path of candidates) {
    try {
      return { exports: loadFile(path), path };
    } catch (cause) {
      failures.push({ path, cause });
    }
  }
  throw noBinary(failures, chosen !== undefined);
}

/** Loads one file and checks that it is this package's addon. */
function loadFile(path: string): object {
  accessSync(path, constants.R_OK);
  const damage = damageOf(path);
  if (damage !== null) throw new Error(damage);
  const addon: unknown = requireHere(path);
  if (addon === null || typeof addon !== 'object' || !('contract' in addon))
    throw new Error("it is not samebits' addon");
  return addon;
}

function noBinary(failures: readonly { path: string; cause: unknown }[], chosen: boolean): SamebitsError {
  const tried = failures.map(({ path, cause }) => `  ${path}\n    ${firstLine(cause)}`);
  return new SamebitsError(
    'ERR_SAMEBITS_NO_BINARY',
    `No samebits addon for ${prebuildFolder()} (Node ${process.version}) could be loaded. Tried:\n` +
      `${tried.join('\n')}\n${chosen ? 'SAMEBITS_BINARY names this file alone. ' : ''}` +
      `To build the addon, with a C++17 compiler and CMake, type:\n  ${BUILD_LINE}`,
    { cause: failures.length === 1 ? failures[0]?.cause : new AggregateError(failures.map(({ cause }) => cause)) },
  );
}

/** Node adds a stack of required files to some messages; the first line has the cause. */
function firstLine(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return 'there is no such file';
  return (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? '';
}
