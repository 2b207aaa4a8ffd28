// npm run check:symbols: what the compiler made of native/kernels/kernels.cc and of the addon. Code that is compiled with
// wide instructions must not leak into the rest of the program (an inline function that the linker keeps once would
// then crash a smaller CPU), must not call the C library's arithmetic, and must not be contracted.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';
import { conclude, requireProgram } from './findings.mjs';

/** What kernels may leave to the linker: the compiler calls these for copies and fills of its own accord. */
const MAY_CALL = ['memcpy', 'memset', 'memmove', '_GLOBAL_OFFSET_TABLE_', '__stack_chk_fail'];
/** Instructions that must not be in an object. Fused ones in `scalar` would be contractions: it has none of its own. */
const FORBIDDEN = {
  x64: {
    scalar: /\bvfn?m(?:add|sub)\w*|%[yz]mm\d+/,
    avx2: /%zmm\d+|%k[1-7]\b/,
    avx512: /\bv(?:rcp|rsqrt)\w*/,
  },
  arm64: { scalar: /\bfn?m(?:add|sub|la|ls)\b/, neon: /\bfr(?:ecpe|sqrte)\b/ },
};
const ADDON_EXPORTS = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

if (!requireProgram('nm', 'symbols') || !requireProgram('objdump', 'instructions')) process.exit(0);
const { kernels } = JSON.parse(readFileSync(join(root, 'native', 'sources.json'), 'utf8'));
const findings = [];
for (const [isa, { architectures }] of Object.entries(kernels.instructionSets)) {
  if (architectures.includes(process.arch)) checkKernels(isa);
}
checkExports(join(root, 'build', 'Release', 'samebits.node'));
conclude('symbols', findings);

function checkKernels(isa) {
  const object = join(root, 'build', 'CMakeFiles', `kernels_${isa}.dir`, `${kernels.source}.o`);
  if (!existsSync(object)) {
    findings.push(`${isa}: ${object} was not built`);
    return;
  }
  for (const { type, name } of symbols([object])) {
    const isTable = type === 'T' && name === `samebits::${isa}Table()`;
    const isLocal = type !== 'U' && type === type.toLowerCase() && !'uvw'.includes(type);
    if (!isTable && !isLocal && !(type === 'U' && MAY_CALL.includes(name))) {
      findings.push(`${isa}: ${type === 'U' ? 'calls' : `defines (${type})`} ${name}`);
    }
  }
  const text = execFileSync('objdump', ['-d', '--no-show-raw-insn', object], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const found = FORBIDDEN[process.arch]?.[isa]?.exec(text);
  if (found) findings.push(`${isa}: the instruction or register ${found[0]} has no place in its code`);
}

function checkExports(file) {
  for (const { type, name } of symbols(['-D', '--defined-only', file])) {
    if (!ADDON_EXPORTS.includes(name)) findings.push(`the addon exports (${type}) ${name}`);
  }
}

/** Lines of nm: an address (for defined ones), a letter, a name. */
function symbols(args) {
  const text = execFileSync('nm', ['-C', ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return [...text.matchAll(/^[0-9a-f ]*([A-Za-z]) (.+)$/gm)].map(([, type, name]) => ({ type, name }));
}
