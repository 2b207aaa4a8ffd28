// npm run build:gyp: the same addon with node-gyp, to build-gyp/build/Release/samebits.node, beside cmake-js's build.
//
// node-gyp always builds in ./build and downloads Node's headers. Hence a folder of its own, where native/ is a link;
// and headers laid out as node-gyp expects them, from the npm package node-api-headers.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const folder = join(root, 'build-gyp');
const headers = join(folder, 'headers');

mkdirSync(join(headers, 'include', 'node'), { recursive: true });
cpSync(require('node-api-headers').include_dir, join(headers, 'include', 'node'), { recursive: true });
// Node's own two settings files do not come with the headers; an addon needs next to nothing of them.
writeFileSync(join(headers, 'include', 'node', 'config.gypi'), JSON.stringify({ variables: {}, target_defaults: {} }));
writeFileSync(
  join(headers, 'include', 'node', 'common.gypi'),
  JSON.stringify({ target_defaults: { configurations: { Debug: {}, Release: {} } } }),
);
copyFileSync(join(root, 'binding.gyp'), join(folder, 'binding.gyp'));
if (!existsSync(join(folder, 'native'))) symlinkSync(join(root, 'native'), join(folder, 'native'), 'junction');

const { status } = spawnSync(
  process.execPath,
  [
    require.resolve('node-gyp/bin/node-gyp.js'),
    'configure',
    'build',
    '--release',
    `--nodedir=${headers}`,
    `--jobs=${availableParallelism()}`,
    '--loglevel=warn',
  ],
  { cwd: folder, stdio: ['ignore', 2, 2] },
);
process.exit(status ?? 1);
