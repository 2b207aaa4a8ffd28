// Builds the plain executable over the kernels into build/native-tests and runs it.
//   node scripts/test-native.mjs [--sanitize address,undefined] [--runner "qemu-aarch64 -L /usr/aarch64-linux-gnu"]
// The compiler is $CXX or g++. Flags and instruction sets are those of native/sources.json.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: { sanitize: { type: 'string' }, runner: { type: 'string', default: '' } },
});

const compiler = process.env.CXX ?? 'g++';
const architectures = { x86_64: 'x64', aarch64: 'arm64' };
const machine = execFileSync(compiler, ['-dumpmachine'], { encoding: 'utf8' }).split('-')[0];
const architecture = architectures[machine];
if (architecture === undefined) {
  throw new Error(
    `expected a compiler for ${Object.keys(architectures).join(' or ')}, CXX, received one for ${machine}`,
  );
}

const native = JSON.parse(readFileSync(join(root, 'native/sources.json'), 'utf8'));
const output = join(root, 'build/native-tests', `${architecture}${options.sanitize ? `-${options.sanitize}` : ''}`);
mkdirSync(output, { recursive: true });

const common = [`-std=${native.standard}`, native.optimization, ...native.flags, '-Werror'];
if (options.sanitize) common.push('-g', `-fsanitize=${options.sanitize}`, '-fno-sanitize-recover=all');

function compile(source, name, flags) {
  const object = join(output, `${name}.o`);
  execFileSync(compiler, [...common, ...flags, '-c', join(root, source), '-o', object], { stdio: 'inherit' });
  return object;
}

const objects = [compile('native/kernels/reference.cc', 'reference', [])];
for (const [name, set] of Object.entries(native.kernels.instructionSets)) {
  if (!set.architectures.includes(architecture)) continue;
  const flags = [`-D${set.define}`, ...native.kernels.flags, ...set.flags];
  objects.push(compile(native.kernels.source, `kernels-${name}`, flags));
}
for (const name of ['test', 'layouts', 'vectors', 'products', 'gradients', 'layers', 'golden']) {
  objects.push(compile(`test/native/kernels_${name}.cc`, `kernels_${name}`, []));
}

const program = join(output, 'kernels_test');
const sanitizer = options.sanitize ? [`-fsanitize=${options.sanitize}`] : [];
execFileSync(compiler, [...sanitizer, ...objects, '-o', program], { stdio: 'inherit' });

const command = [...options.runner.split(' ').filter(Boolean), program, join(root, 'test/golden/products.json')];
const { status, error } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
if (error) throw error;
process.exit(status ?? 1);
