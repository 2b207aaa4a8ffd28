/** The JSON document of `samebits doctor`. Plain data: the list on the terminal is made of it. */
import type { DocumentHead } from '../compare/document.js';

/** One thing that was looked at. */
export interface Check {
  /** Stays the same from version to version, such as `order of sum`. */
  readonly name: string;
  readonly ok: boolean;
  /** What is the case here; where something is off, the first of it. */
  readonly found: string;
  /** What must be the case. */
  readonly expected: string;
  /** The same in plain English. */
  readonly sentence: string;
}

/** The document of `samebits doctor`. It trains on no data of the user's, and has no recipe. */
export interface DoctorDocument extends Omit<DocumentHead<'doctor'>, 'recipe' | 'data'> {
  /** Whether every check is. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** A part of a check: one instruction set, one team, one function. */
export interface Finding {
  /** Which part, as a reader would say it: `avx2, 4 threads`. */
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

/**
 * A check of several parts that must all be as expected.
 *
 * @param well What to say where they are.
 */
export function checkOf(name: string, findings: readonly Finding[], well: string): Check {
  const off = findings.filter(({ found, expected }) => found !== expected);
  const parts = `${findings.length} of ${findings.length} as expected`;
  if (off.length === 0) return { name, ok: findings.length > 0, found: parts, expected: parts, sentence: well };
  const [{ where, found, expected }] = off;
  const others =
    off.length === 1 ? '' : `, and in ${off.length - 1} of ${findings.length - 1} other parts of this check`;
  return {
    name,
    ok: false,
    found,
    expected,
    sentence: `Not as the contract has it: ${where}${others}.`,
  };
}
