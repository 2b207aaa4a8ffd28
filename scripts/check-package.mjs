// npm run check:package: the package has what a user needs, from the list that npm itself makes, and nothing else.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from './build.mjs';
import { conclude } from './findings.mjs';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { sources, kernels } = JSON.parse(readFileSync(join(root, 'native', 'sources.json'), 'utf8'));

const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
  cwd: root,
  encoding: 'utf8',
});
const paths = JSON.parse(listed)[0].files.map(({ path }) => path);

const needed = [
  ...[
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'CMakeLists.txt',
    'binding.gyp',
    'data/digits.csv.gz',
    'docs/numerics.md',
    'examples/data/iris.csv',
  ],
  ...[
    'native/sources.json',
    'native/common.gypi',
    'native/kernels.gypi',
    'native/exports.map',
    kernels.source,
    ...sources,
  ],
  ...entryPoints(manifest.exports),
  ...Object.values(manifest.bin).map((path) => posix.normalize(path)),
];
const allowed =
  /^(?:dist|native|data|docs|examples|prebuilds)\/|^(?:README|CHANGELOG|THIRD-PARTY-NOTICES)\.md$|^LICENSE$|^CMakeLists\.txt$|^binding\.gyp$|^package\.json$/;
const unwanted = /\.tsbuildinfo$|^(?:test|bench|build)\//;

conclude('package', [
  ...needed.filter((path) => !paths.some((there) => matches(there, path))).map((path) => `${path} is missing`),
  ...paths.filter((path) => !allowed.test(path) || unwanted.test(path)).map((path) => `${path} has no place in it`),
  ...(manifest.gypfile === false ? [] : ['"gypfile": false is missing: npm would compile at install']),
  ...['preinstall', 'install', 'postinstall']
    .filter((name) => name in manifest.scripts)
    .map((name) => `script ${name}`),
]);

/** Whether a path is the one that is needed, in which a `*` stands for anything, as in `exports`. */
function matches(path, needed) {
  const [start, end] = needed.split('*');
  return end === undefined ? path === needed : path.startsWith(start) && path.endsWith(end);
}

/** Every file that an `exports` map can lead to. */
function entryPoints(value) {
  if (typeof value === 'string') return [posix.normalize(value)];
  return Object.values(value).flatMap(entryPoints);
}
