// npm run build: TypeScript to dist/, C++ to build/Release/samebits.node. Does nothing, quickly, where nothing changed.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** Builds both and returns the path of the addon. Ends the process where one of them fails. */
export function build() {
  buildTypeScript();
  const built = buildNative();
  removeOlderPrebuilt(built);
  return built;
}

/** A module of dist/, once it is built. */
export function requireBuilt(path) {
  return require(join(root, 'dist', path));
}

/** Where the prebuilt addon of this platform belongs. */
export function prebuiltPath() {
  return join(root, 'prebuilds', requireBuilt('native/platform.js').prebuildFolder(), 'samebits.node');
}

export function buildTypeScript() {
  const compiler = require.resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', root], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
  buildSchemas();
}

/** JSON schemas from the schemas that the TypeScript has, where that was compiled since. */
function buildSchemas() {
  const [made, from] = ['schemas/recipe.json', '.tsbuildinfo'].map((name) => join(root, 'dist', name));
  if (existsSync(made) && existsSync(from) && statSync(made).mtimeMs >= statSync(from).mtimeMs) return;
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'schemas.mjs')], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}

function buildNative() {
  try {
    // Warnings stop our own CI, not somebody whose compiler is newer than ours.
    return requireBuilt('native/build.js').buildAddon({ packageRoot: root, strict: Boolean(process.env.CI) });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** The loader prefers a prebuilt addon; one that is older than the build would hide it. */
function removeOlderPrebuilt(built) {
  const prebuilt = prebuiltPath();
  if (existsSync(prebuilt) && statSync(prebuilt).mtimeMs < statSync(built).mtimeMs) rmSync(prebuilt);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
