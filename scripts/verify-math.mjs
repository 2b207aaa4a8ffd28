// Builds test/native/verify_math.cc and runs it: are exp, expm1, log, log1p, tanh, sigmoid, erf, sinpi and cospi
// correctly rounded on every instruction set of this machine?
//
//   node scripts/verify-math.mjs                         the committed hard cases, and 2^24 arguments of each function
//   node scripts/verify-math.mjs --full                  all 2^32 arguments: about a minute of two cores per function
//   node scripts/verify-math.mjs --function exp,tanh --isa scalar,avx2 --sample 20 --threads 4
//   node scripts/verify-math.mjs --full --write-cases    and writes what it found hardest to test/math/hard-cases.json
//
// Needs a C++17 compiler (CXX, default g++) and the headers of MPFR 4.2 and GMP (Debian: libmpfr-dev).
// Exit code: 0 no misrounding, 1 misrounding, 2 wrong usage or a failed build, 3 no MPFR.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const sources = fileURLToPath(new URL('../test/native/', import.meta.url));
const casesFile = fileURLToPath(new URL('../test/math/hard-cases.json', import.meta.url));
const compiler = process.env.CXX ?? 'g++';

// The flags with which the package compiles its kernels.
const build = JSON.parse(readFileSync(new URL('../native/sources.json', import.meta.url), 'utf8'));
const kernelFlags = [`-std=${build.standard}`, build.optimization, ...build.flags, ...build.kernels.flags];
const instructionSets = Object.entries(build.kernels.instructionSets).filter(
  ([isa, { architectures }]) => architectures.includes(process.arch) && (process.arch === 'x64' || isa === 'neon'),
);

// Arguments that belong in the fixture for what they are, not for how near a boundary their results lie: zeros,
// infinities, NaN, the ends of the subnormals, and where each function over- or underflows, saturates or is exact.
const landmarks = {
  all: [
    0x00000000, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345, 0x7f800001, 0x00000001, 0x80000001,
    0x007fffff, 0x807fffff, 0x00800000, 0x80800000, 0x3f800000, 0xbf800000, 0x3f000000, 0xbf000000, 0x33000000,
    0xb3000000, 0x33800000, 0xb3800000, 0x7f7fffff, 0xff7fffff,
  ],
  exp: [0x42b17217, 0x42b17218, 0xc2aeac4f, 0xc2aeac50, 0xc2cff1b4, 0xc2cff1b5],
  expm1: [0x42b17217, 0x42b17218, 0xc18aa122, 0xc18aa123],
  log: [0x3f7fffff, 0x3f800001, 0x3f3504f3, 0x3fb504f3],
  log1p: [0xbf7fffff, 0xbe95f61a, 0x3ed413cd, 0x4b800000],
  tanh: [0x41102cb3, 0x41102cb4, 0xc1102cb3, 0xc1102cb4],
  sigmoid: [0x418aa123, 0x418aa124, 0xc2cff1b4, 0xc2cff1b5, 0x34800000, 0xb4000000],
  erf: [0x407ad444, 0x407ad445, 0xc07ad444, 0xc07ad445],
  sinpi: [0x3f7fffff, 0x3f800001, 0x40000000, 0xc0400000, 0x3fc00000, 0x4affffff, 0x4b000001, 0x4b800001],
  cospi: [0x3effffff, 0x3f000001, 0x3fc00000, 0xc0200000, 0x4affffff, 0x4b000001, 0x4b800001],
};
const nearestPerFunction = 64;

function fail(code, message) {
  console.error(message);
  process.exit(code);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, ...options });
  if (result.error) fail(2, `${command}: ${result.error.message}`);
  return result;
}

function compile(args) {
  const result = run(compiler, args, { cwd: sources });
  if (result.status !== 0) fail(2, `${compiler} ${args.join(' ')}\n${result.stderr}`);
}

function buildProgram(directory) {
  const objects = instructionSets.map(([isa, { flags }]) => {
    const object = join(directory, `${isa}.o`);
    compile([...kernelFlags, ...flags, '-Werror', `-DMATH_ISA=${isa}`, '-c', 'math_under_test.cc', '-o', object]);
    return object;
  });
  const program = join(directory, 'verify_math');
  const testSources = ['verify_math.cc', 'verify_math_options.cc', 'math_oracle.cc'];
  const libraries = ['-lmpfr', '-lgmp', '-pthread'];
  const flags = [...kernelFlags.slice(0, 2), ...build.flags, '-Werror'];
  compile([...flags, ...testSources, ...objects, '-o', program, ...libraries]);
  return program;
}

const hex = (bits) => `0x${bits.toString(16).padStart(8, '0')}`;

// { functions: { exp: [[argument, result], …] } } as lines of bits.
function caseLines(names) {
  const { functions } = JSON.parse(readFileSync(casesFile, 'utf8'));
  const wanted = Object.entries(functions).filter(([name]) => names === undefined || names.includes(name));
  return wanted.flatMap(([name, cases]) => cases.map(([x, y]) => `${name} ${x} ${y}\n`)).join('');
}

function writeCases(program, output) {
  const nearest = [...output.matchAll(/^nearest (\w+) (\w{8}) (\w{8})/gm)];
  const functions = {};
  for (const name of Object.keys(landmarks).filter((key) => key !== 'all')) {
    const found = nearest.filter((match) => match[1] === name).map((match) => Number.parseInt(match[2], 16));
    functions[name] = [...new Set([...landmarks.all, ...landmarks[name], ...found])];
  }
  const asked = Object.entries(functions)
    .flatMap(([name, list]) => list.map((x) => `${name} ${hex(x)}\n`))
    .join('');
  const answers = run(program, ['--answer'], { input: asked });
  if (answers.status !== 0) fail(2, answers.stderr);
  const lists = Object.keys(functions).map((name) => {
    const pairs = [...answers.stdout.matchAll(new RegExp(`^${name} (\\w+) (\\w+)$`, 'gm'))];
    return `    "${name}": [\n${pairs.map(([, x, y]) => `      ["${x}", "${y}"]`).join(',\n')}\n    ]`;
  });
  const about =
    'Bits of binary32 arguments and correctly rounded results (MPFR): special values, and of all 2^32 arguments those ' +
    'whose results lie nearest to a rounding boundary. Written by scripts/verify-math.mjs --full --write-cases.';
  writeFileSync(casesFile, `{\n  "about": ${JSON.stringify(about)},\n  "functions": {\n${lists.join(',\n')}\n  }\n}\n`);
}

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    sample: { type: 'string', default: '24' },
    function: { type: 'string' },
    isa: { type: 'string' },
    threads: { type: 'string' },
    'write-cases': { type: 'boolean', default: false },
  },
});
if (values['write-cases'] && (!values.full || values.function)) {
  fail(2, 'expected --full and no --function with --write-cases: the fixture holds the nearest of all arguments');
}
const mpfr = '#include <mpfr.h>\n#if MPFR_VERSION < MPFR_VERSION_NUM(4, 2, 0)\n#error\n#endif\n';
if (run(compiler, ['-x', 'c++', '-E', '-'], { input: mpfr }).status !== 0) {
  fail(3, 'NOT VERIFIED: no mpfr.h of MPFR 4.2 or newer (Debian: apt-get install libmpfr-dev). Nothing was checked.');
}

const directory = mkdtempSync(join(tmpdir(), 'verify-math-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const program = buildProgram(directory);
const common = ['function', 'isa', 'threads'].flatMap((name) => (values[name] ? [`--${name}`, values[name]] : []));

if (!values['write-cases']) {
  console.log('hard cases (test/math/hard-cases.json)');
  const cases = run(program, [...common, '--cases'], { input: caseLines(values.function?.split(',')) });
  process.stdout.write(cases.stdout);
  if (cases.status !== 0) fail(cases.status ?? 2, cases.stderr || 'hard cases: FAILED');
}
console.log(values.full ? 'all 2^32 arguments' : `2^${values.sample} arguments`);
const range = values.full ? ['--full'] : ['--sample', values.sample];
const nearest = values['write-cases'] ? ['--nearest', String(nearestPerFunction)] : [];
const checked = run(program, [...common, ...range, ...nearest], {
  stdio: values['write-cases'] ? ['ignore', 'pipe', 'inherit'] : 'inherit',
});
if (values['write-cases']) {
  process.stdout.write(checked.stdout.replace(/^nearest .*\n/gm, ''));
  if (checked.status === 0) writeCases(program, checked.stdout);
}
process.exitCode = checked.status ?? 2;
