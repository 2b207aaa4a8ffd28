// npm run test:builds: the golden files on every build and Node that samebits is for. Prints a Markdown table.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

build();
const program = compileGoldenProgram();
const nodes = NODES.map((major) => nodeBinary(`linux-${process.arch}`, major));
let failures = 0;
const table = [['build', ...nodes.map((node) => `Node ${versionOfNode(node)}`)]];
table.push(table[0].map(() => '---'));

for (const name of COMPILERS) {
  for (const level of LEVELS) {
    const compiler = findProgram(name);
    const folder = buildVariant(`${name.replaceAll('+', 'p')}${level}`, {
      CMAKE_CXX_COMPILER: compiler,
      SAMEBITS_OPTIMIZATION: level,
    });
    if (!symbolsAreWell(folder, process.arch)) failures++;
    check(`cmake-js, ${versionOf(compiler)}, ${level}`, join(folder, 'Release', 'samebits.node'));
  }
}
const gyp = buildWithGyp();
check(`node-gyp, ${versionOf(findProgram('g++'))}, -O3`, gyp);
process.stdout.write(`\n${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`);
process.exit(failures === 0 ? 0 : 1);

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

/** Runs the golden program on each Node and adds a row. */
function check(name, addon) {
  const results = nodes.map((node) => {
    const { status, stdout } = spawnSync(node, [program, addon], { encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
    const last = stdout.trimEnd().split('\n').at(-1);
    if (status === 0) return last;
    failures++;
    process.stdout.write(stdout);
    return `**${last}**`;
  });
  table.push([name, ...results]);
  process.stdout.write(`${name}: ${results.join('; ')}\n`);
}

function versionOfNode(node) {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1);
}
