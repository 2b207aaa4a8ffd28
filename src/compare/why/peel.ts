/** Which of the factors make two runs part: one at a time is taken from the second run, until the bits agree. */
import { SamebitsError } from '../../errors.js';
import type { Candidate, Factor } from './factor.js';
import type { PartingPlace } from './parting.js';

/** What came of giving the first run one more factor of the second. */
export interface Swap {
  readonly factor: Factor;
  /** Those that it had been given before. */
  readonly held: readonly Factor[];
  /** Where it parts from the second run then; null where it does not. */
  readonly place: PartingPlace | null;
  /** Why it could not be executed, and so nothing is known; null where it could. */
  readonly missing: string | null;
}

export interface Peeled {
  /** In the order in which they were tried. */
  readonly swaps: readonly Swap[];
  /** With these, each of which moves the parting further on, the runs agree, or part at `place`. */
  readonly explained: readonly Factor[];
  readonly agree: boolean;
  /** Null where they agree, or that is not known. */
  readonly place: PartingPlace | null;
}

/** Where a candidate and the second run part, or why that cannot be told. */
export type Compare = (candidate: Candidate) => Promise<{ place: PartingPlace | null } | { missing: string }>;

/**
 * @param place Where `a` itself parts from the second run; null where it cannot be executed: then nothing but equality counts.
 * @param factors All in which they differ.
 */
export async function peel(
  a: Candidate,
  place: PartingPlace | null,
  factors: readonly Factor[],
  compare: Compare,
): Promise<Peeled> {
  const swaps: Swap[] = [];
  const held: Factor[] = [];
  let current = a;
  let at: PartingPlace | null = place;
  let left = [...factors];
  while (left.length > 0) {
    let best: { factor: Factor; candidate: Candidate; place: PartingPlace | null } | null = null;
    for (const factor of left) {
      const tried = await trySwap(current, factor, compare);
      swaps.push({ factor, held: [...held], place: tried.place, missing: tried.missing });
      if (tried.candidate === null || tried.missing !== null) continue;
      const reached = best === null ? at : best.place;
      if (tried.place === null || (reached !== null && isLater(tried.place, reached))) {
        best = { factor, candidate: tried.candidate, place: tried.place };
      }
      if (tried.place === null) break;
    }
    if (best === null) {
      const together = await fewest(current, left, compare);
      if (together === null) return { swaps, explained: held, place: at, agree: false };
      return { swaps, explained: [...held, ...together], place: null, agree: true };
    }
    const { factor, candidate } = best;
    held.push(factor);
    left = left.filter((other) => other !== factor);
    if (best.place === null) return { swaps, explained: held, place: null, agree: true };
    current = candidate;
    at = best.place;
  }
  return { swaps, explained: held, place: at, agree: false };
}

/** Where no factor alone moves the parting on: those without which the runs do not agree. Null where all are not enough. */
async function fewest(current: Candidate, left: readonly Factor[], compare: Compare): Promise<Factor[] | null> {
  const agree = async (factors: readonly Factor[]): Promise<boolean> => {
    try {
      const compared = await compare(factors.reduce((candidate, factor) => factor.apply(candidate), current));
      return 'place' in compared && compared.place === null;
    } catch (error) {
      if (error instanceof SamebitsError) return false;
      throw error;
    }
  };
  let needed = [...left];
  if (!(await agree(needed))) return null;
  for (const factor of left) {
    const fewer = needed.filter((other) => other !== factor);
    if (fewer.length > 0 && (await agree(fewer))) needed = fewer;
  }
  return needed;
}

async function trySwap(current: Candidate, factor: Factor, compare: Compare) {
  let candidate: Candidate;
  try {
    candidate = factor.apply(current);
  } catch (error) {
    // A value that fits only together with others.
    if (!(error instanceof SamebitsError)) throw error;
    return { candidate: null, place: null, missing: error.message };
  }
  const compared = await compare(candidate);
  if ('missing' in compared) return { candidate, place: null, missing: compared.missing };
  return { candidate, place: compared.place, missing: null };
}

function isLater(a: PartingPlace, b: PartingPlace): boolean {
  return a.step > b.step || (a.step === b.step && a.operation.rank > b.operation.rank);
}
