/** What runs: versions, the binary, its compiler, its instruction sets. */
import { relative } from 'node:path';
import { addon, type Diagnostics } from '../native/addon.js';
import type { InstructionSet } from '../native/instruction-set.js';
import { addonPath } from '../native/load.js';
import { PACKAGE_ROOT } from '../package-root.js';
import type { Check } from './document.js';

const OLDEST_NODE = 20;

/** Instruction sets that a whole build has. */
const WHOLE_BUILD: Readonly<Record<string, readonly InstructionSet[]>> = {
  x64: ['scalar', 'avx2', 'avx512'],
  arm64: ['scalar', 'neon'],
};

export function checkNode(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  return {
    name: 'Node',
    ok: major >= OLDEST_NODE,
    found: process.version,
    expected: `v${OLDEST_NODE} or newer`,
    sentence: `Node ${process.version} on ${process.platform}-${process.arch}; samebits needs ${OLDEST_NODE} or newer.`,
  };
}

/** @param expected Version of the contract that the golden results were made under. */
export function checkContract(expected: number): Check {
  const found = addon().contract;
  const ok = found === expected;
  const sentence = ok
    ? `The binary and the golden results keep version ${found} of the numerics contract.`
    : `The binary has version ${found} of the numerics contract, the package version ${expected}: build it again.`;
  return { name: 'contract', ok, found: String(found), expected: String(expected), sentence };
}

export function describeBinary(): Check {
  const path = addonPath();
  const inPackage = relative(PACKAGE_ROOT, path).replaceAll('\\', '/');
  const [how, shown] =
    process.env.SAMEBITS_BINARY !== undefined
      ? ['The binary that SAMEBITS_BINARY names', path]
      : inPackage.startsWith('prebuilds/')
        ? ['The prebuilt binary of this platform', inPackage]
        : ['The binary that was built here', inPackage];
  return {
    name: 'binary',
    ok: true,
    found: path,
    expected: 'a samebits.node',
    sentence: `${how} was loaded: ${shown}`,
  };
}

/** The check that is left where there is no binary: why, and how to get one. */
export function missingBinary(error: Error): Check {
  return { name: 'binary', ok: false, found: 'none', expected: 'a samebits.node', sentence: error.message };
}

/** The same for a binary of another version, which cannot be asked what the checks ask. */
export function foreignBinary(): Check {
  const sentence = 'The binary was built from another version of samebits: build it again.';
  return { name: 'binary', ok: false, found: addonPath(), expected: 'one that can be examined', sentence };
}

/** Flags that let the compiler change bits are off. */
export function checkCompiler(build: Diagnostics['build'] = addon().diagnostics.build): Check {
  const { compiler, optimized, fastMath } = build;
  const speed = optimized ? '' : ', without optimization: right, but slow';
  return {
    name: 'compiler',
    ok: !fastMath,
    found: `${compiler}${fastMath ? ', fast math' : ''}`,
    expected: 'no fast math',
    sentence: fastMath
      ? `The binary was compiled by ${compiler} with fast math, which lets the compiler change bits.`
      : `The binary was compiled by ${compiler}${speed}.`,
  };
}

/** @param used What a run takes that asks for none. */
export function checkInstructionSets(used: InstructionSet): Check {
  const { compiled, available } = addon().instructionSets();
  const whole = WHOLE_BUILD[process.arch] ?? [];
  const missing = whole.filter((isa) => !compiled.includes(isa));
  const ok = missing.length === 0 && available.includes(used);
  const cannot = compiled.filter((isa) => !available.includes(isa));
  const here = cannot.length === 0 ? 'this machine runs all of them' : `this machine cannot run ${cannot.join(', ')}`;
  return {
    name: 'instruction sets',
    ok,
    found: compiled.join(', '),
    expected: whole.join(', '),
    sentence: ok
      ? `The binary has ${compiled.join(', ')}; ${here}. Runs use ${used}; each is checked.`
      : `The binary lacks ${missing.join(', ')}: it was not built whole.`,
  };
}
