// npm run test:native: kernels and engine as plain executables, without Node, built in build/native-tests and run.
//   node scripts/test-native.mjs [--sanitize address,undefined] [--runner "qemu-aarch64 -L /usr/aarch64-linux-gnu"]
// The compiler is $CXX or g++, a cross-compiler too. --sanitize may be given several times: one build and run each. The
// flags are those of the addon, but that asserts are on.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './build.mjs';
import { findProgram } from './variants.mjs';

const { values: options } = parseArgs({
  options: { sanitize: { type: 'string', multiple: true, default: [''] }, runner: { type: 'string', default: '' } },
});

// Emulated processors are slow.
const ARGUMENTS = {
  engine_test: options.runner === '' ? [] : ['--widest'],
  kernels_test: [join(root, 'test/golden/products.json')],
};

const name = process.env.CXX ?? 'g++';
const compiler = findProgram(name);
for (const [what, program] of Object.entries({ [name]: compiler, cmake: findProgram('cmake') })) {
  if (program !== null) continue;
  process.stderr.write(`NOT TESTED: kernels and engine as plain executables: ${what} was not found\n`);
  process.exit(process.env.CI ? 1 : 3);
}
const machine = execFileSync(compiler, ['-dumpmachine'], { encoding: 'utf8' }).split('-')[0];

let failures = 0;
for (const sanitizers of options.sanitize) {
  // The kernels' own test has one thread only: nothing there for the thread sanitizer.
  const programs = sanitizers === 'thread' ? ['engine_test'] : ['engine_test', 'kernels_test'];
  const folder = build(sanitizers, programs);
  for (const program of programs) run(join(folder, program), ARGUMENTS[program], sanitizers);
}
process.exit(failures === 0 ? 0 : 1);

function build(sanitizers, programs) {
  const variant = [machine, name.split('/').at(-1), sanitizers].filter(Boolean).join('-').replaceAll('+', 'p');
  const folder = join(root, 'build', 'native-tests', variant.replaceAll(',', '-'));
  const definitions = {
    SAMEBITS_NATIVE_TESTS: 'ON',
    SAMEBITS_STRICT: 'ON',
    CMAKE_CXX_COMPILER: compiler,
    CMAKE_BUILD_TYPE: 'None',
    CMAKE_SYSTEM_NAME: 'Linux',
    CMAKE_SYSTEM_PROCESSOR: machine,
  };
  if (sanitizers !== '') {
    definitions.CMAKE_CXX_FLAGS = `-g1 -fno-omit-frame-pointer -fsanitize=${sanitizers} -fno-sanitize-recover=all`;
    // Instrumented code gains little from more, and takes minutes to compile, as does following variables for a debugger.
    definitions.SAMEBITS_OPTIMIZATION = '-O1';
  }
  const generator = findProgram('ninja') === null ? [] : ['-G', 'Ninja'];
  const cache = Object.entries(definitions).map(([key, value]) => `-D${key}=${value}`);
  cmake(['-S', root, '-B', folder, ...generator, '--log-level=WARNING', '--no-warn-unused-cli', ...cache]);
  cmake(['--build', folder, '--parallel', '2', '--target', ...programs]);
  return join(folder, 'test', 'native');
}

function cmake(args) {
  if (spawnSync('cmake', args, { stdio: ['ignore', 2, 2] }).status !== 0) process.exit(1);
}

function run(program, args, sanitizers) {
  process.stdout.write(`${program.split('/').at(-1)}${sanitizers === '' ? '' : ` with -fsanitize=${sanitizers}`}\n`);
  const command = [...options.runner.split(' ').filter(Boolean), program, ...args];
  const { status, error } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) failures++;
}
