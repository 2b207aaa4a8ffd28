// npm run test:builds: the golden files on every build and Node that samebits is for. Prints a Markdown table: how many
// checks passed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, root } from './build.mjs';
import { compileGoldenProgram } from './golden-program.mjs';
import { nodeBinary } from './node-binary.mjs';
import { buildVariant, findProgram, symbolsAreWell, versionOf } from './variants.mjs';

const NODES = [20, 22, 24];
const COMPILERS = ['g++', 'clang++'];
const LEVELS = ['-O1', '-O3'];

const missing = COMPILERS.filter((name) => findProgram(name) === null);
if (missing.length > 0) {
  process.stderr.write(
    `BUILDS NOT COMPARED: ${missing.join(' and ')} not found; on Debian: apt-get install g++ clang\n`,
  );
  process.exit(process.env.CI ? 1 : 3);
}

const usual = build();
const program = compileGoldenProgram();
const nodes = NODES.map((major) => nodeBinary(`${process.platform}-${process.arch}`, major));
let failures = 0;
const table = [['build', ...nodes.map((node) => `Node ${versionOfNode(node)}`)]];
table.push(table[0].map(() => '---'));

for (const name of COMPILERS) {
  for (const level of LEVELS) {
    const compiler = findProgram(name);
    const folder = isUsual(compiler, level)
      ? dirname(dirname(usual))
      : buildVariant(`${name.replaceAll('+', 'p')}${level}`, {
          CMAKE_CXX_COMPILER: compiler,
          SAMEBITS_OPTIMIZATION: level,
        });
    if (!symbolsAreWell(folder, process.arch)) failures++;
    check(`cmake-js, ${versionOf(compiler)}, ${level}`, join(folder, 'Release', 'samebits.node'));
  }
}
const gyp = buildWithGyp();
check(`node-gyp, ${versionOf(findProgram('g++'))}, -O3`, gyp);
addRow('through the public API', nodes.map(checkPublicApi));
process.stdout.write(`\n${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`);
process.exit(failures === 0 ? 0 : 1);

/** Whether the usual build is by this compiler and level: it is not made twice. */
function isUsual(compiler, level) {
  const cache = readFileSync(join(dirname(dirname(usual)), 'CMakeCache.txt'), 'utf8');
  const value = (name) => new RegExp(`^${name}:\\w+=(.*)$`, 'm').exec(cache)?.[1];
  return (
    value('SAMEBITS_OPTIMIZATION') === level && realpathSync(value('CMAKE_CXX_COMPILER')) === realpathSync(compiler)
  );
}

function buildWithGyp() {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build-gyp.mjs')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the build with node-gyp failed');
  const folder = join(root, 'build-gyp', 'build');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.target.mk'))) {
    if (readFileSync(join(folder, file), 'utf8').includes('-ffp-contract=off')) continue;
    failures++;
    process.stdout.write(`node-gyp: ${file} compiles without -ffp-contract=off\n`);
  }
  return join(folder, 'Release', 'samebits.node');
}

/** Runs the golden program on each Node. */
function check(name, addon) {
  const results = nodes.map((node) => {
    const { status, stdout } = spawnSync(node, [program, addon], { encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
    if (status !== 0) process.stdout.write(stdout);
    const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(stdout) ?? [];
    return { passed: Number(passed ?? 0), all: status === 0 && failed === '0' };
  });
  addRow(name, results);
}

/** The golden networks from initializers to predictions: what JavaScript computes has a part in it. */
function checkPublicApi(node) {
  const report = join(root, 'build', 'golden', 'public-api.json');
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const options = ['run', '--project=unit', '--reporter=json', `--outputFile=${report}`];
  const { status } = spawnSync(node, [vitest, ...options, 'test/bits/golden.test.ts'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) return { passed: 0, all: false };
  const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
  return { passed: numPassedTests, all: numPassedTests === numTotalTests };
}

function addRow(name, results) {
  failures += results.filter(({ all }) => !all).length;
  const row = [name, ...results.map(({ passed, all }) => (all ? `${passed}` : `**FAILED** (${passed} passed)`))];
  table.push(row);
  process.stdout.write(`${row.join(' | ')}\n`);
}

function versionOfNode(node) {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1);
}
