/** Threads that are really started, and the control words under which they and their callers work. */
import { existsSync } from 'node:fs';
import { type Addon, addon, type Diagnostics } from '../native/addon.js';
import type { InstructionSet } from '../native/instruction-set.js';
import { bitsOf } from './bits.js';
import { type Check, checkOf, type Finding } from './document.js';

/** Where Linux has a folder for each thread of this process. */
const TASKS = '/proc/self/task';

/** MXCSR's exception flags: operations raise them, and no setting is among them. FPCR has none. */
const STATUS_BITS = process.arch === 'x64' ? 0x3f : 0;
/** MXCSR or FPCR with rounding toward zero, and subnormals flushed and read as zero. */
const FOREIGN = process.arch === 'x64' ? 0xffc0 : 0x01c0_0000;
/** e^-100, a subnormal. Rounded toward zero and flushed, it would be 0. */
const SUBNORMAL_RESULT = '0000001b';

export function checkThreads(threads: number, { teamThreads }: Diagnostics = addon().diagnostics): Check {
  const numbers = new Set(teamThreads(threads).map(({ thread }) => thread));
  const listed = existsSync(TASKS);
  const started = listed ? [...numbers].filter((number) => existsSync(`${TASKS}/${number}`)) : [...numbers];
  const seen = listed ? `each with its folder in ${TASKS}` : 'each with a number of its own';
  const finding = { where: `a team of ${threads}`, found: `${started.length} threads`, expected: `${threads} threads` };
  return checkOf('threads', [finding], `A team of ${threads} is ${threads} threads of the operating system, ${seen}.`);
}

export function checkControlWords(threads: number, diagnostics: Diagnostics = addon().diagnostics): Check {
  const { contractWord, teamThreads } = diagnostics;
  const findings = teamThreads(threads).map(({ controlWord }, member) => ({
    where: `thread ${member} of ${threads}`,
    found: hex(controlWord & ~STATUS_BITS),
    expected: hex(contractWord),
  }));
  const well = `All ${threads} threads of a team work under ${hex(contractWord)}: nearest even, nothing flushed.`;
  return checkOf('control word', findings, well);
}

/** A caller that rounds toward zero and flushes subnormals gets the same bits, and its own settings back. */
export function checkForeignCaller(
  isas: readonly InstructionSet[],
  threads: number,
  { elementary, diagnostics }: Pick<Addon, 'elementary' | 'diagnostics'> = addon(),
): Check {
  const { controlWord, contractWord, teamThreads, withControlWord } = diagnostics;
  const findings: Finding[] = isas.map((isa) => {
    const y = withControlWord(FOREIGN, () => elementary('exp', Float32Array.of(-100), isa));
    return { where: `${isa}, exp(-100) for such a caller`, found: bitsOf(y[0]), expected: SUBNORMAL_RESULT };
  });
  const [words, after] = withControlWord(FOREIGN, () => [teamThreads(threads), controlWord()] as const);
  for (const { controlWord: word } of words) {
    findings.push({
      where: 'a team led by such a caller',
      found: hex(word & ~STATUS_BITS),
      expected: hex(contractWord),
    });
  }
  findings.push({ where: 'such a caller afterwards', found: hex(after & ~STATUS_BITS), expected: hex(FOREIGN) });
  const well = 'A caller that rounds toward zero and flushes subnormals gets the same bits, and its own settings back.';
  return checkOf("caller's settings", findings, well);
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(4, '0')}`;
}
