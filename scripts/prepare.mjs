// npm runs this after `npm ci` and `npm install` in the repository, and before packing. Without the development
// dependencies or CMake there is nothing to build with; that must not break an install, but must be heard.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function missing() {
  for (const name of ['typescript', 'cmake-js', 'node-addon-api']) {
    try {
      require.resolve(`${name}/package.json`);
    } catch {
      return `${name} is not installed`;
    }
  }
  return spawnSync('cmake', ['--version']).error === undefined
    ? null
    : 'CMake was not found (npm run build:gyp does without)';
}

const reason = missing();
if (reason === null) {
  const { build } = await import('./build.mjs');
  build();
} else {
  process.stderr.write(`samebits: NOT BUILT: ${reason}.\n`);
}
