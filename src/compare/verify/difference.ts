/** Differences of a folder from what its run computes. */
import { SamebitsError } from '../../errors.js';
import type { VerifyDifference } from './report.js';

/** What is not said is null. */
export function differs(
  what: Partial<VerifyDifference> & Pick<VerifyDifference, 'step' | 'file' | 'problem'>,
): VerifyDifference {
  const nothing = {
    name: null,
    index: null,
    found: null,
    computed: null,
    foundHex: null,
    computedHex: null,
    bit: null,
  };
  return { ...nothing, ...what };
}

/** The words of an error of a file; any other is thrown on. */
export function fileProblem(error: unknown): string {
  if (!(error instanceof SamebitsError) || error.code !== 'ERR_SAMEBITS_FILE') throw error;
  return error.message;
}
