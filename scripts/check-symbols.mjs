// npm run check:symbols: what the compiler made of native/kernels/kernels.cc and of the addon. Code that is compiled with
// wide instructions must not leak into the rest of the program (an inline function that the linker keeps once would
// then crash a smaller CPU), must not call the C library's arithmetic, and must not be contracted.
//   node scripts/check-symbols.mjs [--build FOLDER] [--architecture arm64] [--tool-prefix aarch64-linux-gnu-]
// Without options: cmake-js's build for this machine.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './build.mjs';
import { conclude, requireProgram } from './findings.mjs';

/** What kernels may leave to the linker: the compiler calls these for copies and fills of its own accord. */
const MAY_CALL = ['memcpy', 'memset', 'memmove', '_GLOBAL_OFFSET_TABLE_', '__stack_chk_fail'];
/**
 * Instructions that must not be in an object. Fused ones in `scalar` would be contractions: it has none of its own, but for
 * binary64 ones on arm64, where elementary functions ask for them by name (mulAdd in simd_double.h).
 */
const FORBIDDEN = {
  x64: {
    scalar: /\bvfn?m(?:add|sub)\w*|%[yz]mm\d+/,
    avx2: /%zmm\d+|%k[1-7]\b/,
    avx512: /\bv(?:rcp|rsqrt)\w*/,
  },
  arm64: { scalar: /\bfn?m(?:add|sub)\s+s\d|\bfml[as]\s+v\d+\.[24]?[sh]/, neon: /\bfr(?:ecpe|sqrte)\b/ },
};
/** Whatever lets a compiler change bits, and what lets it use instructions that sources.json doesn't name. */
const FORBIDDEN_FLAG =
  /^-(?:ffast-math|Ofast|f(?:unsafe-math|finite-math|associative-math|reciprocal-math)\S*|march=\S+)$/;
const ADDON_EXPORTS = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

const { values: options } = parseArgs({
  options: {
    build: { type: 'string', default: join(root, 'build') },
    architecture: { type: 'string', default: process.arch },
    'tool-prefix': { type: 'string', default: '' },
  },
});
const { build, architecture } = options;
const [nm, objdump] = ['nm', 'objdump'].map((name) => options['tool-prefix'] + name);

if (!requireProgram(nm, 'symbols') || !requireProgram(objdump, 'instructions')) process.exit(0);
const { kernels } = JSON.parse(readFileSync(join(root, 'native', 'sources.json'), 'utf8'));
const findings = [];
for (const [isa, { architectures }] of Object.entries(kernels.instructionSets)) {
  if (architectures.includes(architecture)) checkKernels(isa, `${isa}Table`);
}
for (const i of kernels.emulated.combinations) checkKernels(`emulated${i}`, `emulatedTable${i}`, 'scalar');
checkFlags(join(build, 'compile_commands.json'));
checkExports(join(build, 'Release', 'samebits.node'));
conclude('symbols', findings);

/** `code`: the instruction set whose instructions it may have. */
function checkKernels(isa, getter, code = isa) {
  const object = join(build, 'CMakeFiles', `kernels_${isa}.dir`, `${kernels.source}.o`);
  if (!existsSync(object)) {
    findings.push(`${isa}: ${object} was not built`);
    return;
  }
  for (const { type, name } of symbols([object])) {
    const isTable = type === 'T' && name === `samebits::${getter}()`;
    const isLocal = type !== 'U' && type === type.toLowerCase() && !'uvw'.includes(type);
    if (!isTable && !isLocal && !(type === 'U' && MAY_CALL.includes(name))) {
      findings.push(`${isa}: ${type === 'U' ? 'calls' : `defines (${type})`} ${name}`);
    }
  }
  const text = execFileSync(objdump, ['-d', '--no-show-raw-insn', object], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const found = FORBIDDEN[architecture]?.[code]?.exec(text);
  if (found) findings.push(`${isa}: the instruction or register ${found[0]} has no place in its code`);
}

/** A contraction can't be told from an fma that was asked for; so that each compiler must have been told to make none. */
function checkFlags(file) {
  const commands = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  if (commands.length === 0) findings.push(`${file} lists no compilation`);
  for (const { command, file: source } of commands) {
    const flags = command.split(/\s+/);
    const contraction = flags.filter((flag) => flag.startsWith('-ffp-contract='));
    const forbidden = flags.filter((flag) => FORBIDDEN_FLAG.test(flag));
    const name = relative(root, source);
    if (contraction.at(-1) !== '-ffp-contract=off') findings.push(`${name} was compiled without -ffp-contract=off`);
    if (forbidden.length > 0) findings.push(`${name} was compiled with ${forbidden.join(' ')}`);
  }
}

function checkExports(file) {
  for (const { type, name } of symbols(['-D', '--defined-only', file])) {
    if (!ADDON_EXPORTS.includes(name)) findings.push(`the addon exports (${type}) ${name}`);
  }
}

/** Lines of nm: an address (for defined ones), a letter, a name. */
function symbols(args) {
  const text = execFileSync(nm, ['-C', ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return [...text.matchAll(/^[0-9a-f ]*([A-Za-z]) (.+)$/gm)].map(([, type, name]) => ({ type, name }));
}
