/** One run is given what the other has, one cause at a time. */
import type { RunState } from '../trainee.js';
import type { BothRuns } from './both.js';
import type { RunLabel } from './examined.js';
import { type Candidate, factorsOf } from './factor.js';
import { reasonOf } from './found.js';
import { comparePair, type PartingPlace } from './parting.js';
import { type Peeled, peel } from './peel.js';
import type { WhySwap } from './report.js';

export interface Swapped {
  readonly peeled: Peeled;
  readonly swaps: readonly WhySwap[];
}

/** What runs begin with, and the last step that is made. */
export interface SwapRange {
  readonly start: RunState | null;
  readonly through: number;
}

/**
 * @param place Where the runs part; null where one of them cannot be executed as it was.
 * @returns Null where neither can.
 */
export async function swapCauses(
  both: BothRuns,
  place: PartingPlace | null,
  { start, through }: SwapRange,
  signal: AbortSignal,
  onStep: (step: number) => void,
): Promise<Swapped | null> {
  const [a, b] = [await both.executableRun('a', start), await both.executableRun('b', start)];
  const isFree = ({ setting }: Candidate): boolean => setting.recipe.reduction === 'free';
  const { candidates, hashes } = both;
  // Towards fixed order, and towards what can be executed.
  const turned = b === null || (a !== null && isFree(candidates.b) && !isFree(candidates.a));
  const [changed, target, targetRun]: [RunLabel, RunLabel, typeof a] = turned ? ['b', 'a', a] : ['a', 'b', b];
  if (targetRun === null) return null;
  // What cannot be computed at all has nothing to swap; what lacks a recording can be given fixed order.
  if ((turned ? b : a) === null && !(await both.lacksOnlyRecording(changed))) return null;
  const from = candidates[changed];
  const factors = factorsOf(from, candidates[target], { a: hashes[changed], b: hashes[target] });
  const range = { from: start?.step ?? 0, to: through };
  const acting = factors.filter(({ idle }) => !idle);
  const peeled = await peel(from, place, acting, async (candidate) => {
    const found = await both.executable(candidate, start);
    if ('missing' in found) return found;
    try {
      return { place: (await comparePair(found.value, targetRun, range, signal, onStep)).place };
    } catch (error) {
      signal.throwIfAborted();
      // Data and recipe that do not fit each other, say.
      return { missing: reasonOf(error) };
    }
  });
  const swaps = peeled.swaps.map(
    ({ factor, held, place: then, missing }): WhySwap => ({
      changed,
      factor: factor.name,
      held: held.map(({ name }) => name),
      equal: missing === null ? then === null : null,
      parting: then && { step: then.step, operation: then.operation },
      missing,
    }),
  );
  return { peeled, swaps };
}
