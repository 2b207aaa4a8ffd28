/** What the files of two runs say of each other before anything is executed. */
import { monitorOf } from '../../model/reduce-on-plateau.js';
import type { RunState } from '../trainee.js';
import { type ExaminedRun, readState } from './examined.js';
import { compareMarks } from './marks.js';
import { sameState, withoutObserved } from './state.js';

export interface Known {
  /** Steps that both have made. */
  readonly common: number;
  /** The last step up to which they are equal, as far as was written down; null where nothing says so. */
  readonly equalUpTo: number | null;
  /** The first step after which they are known to differ, and in which tensors (none where only the whole is known). */
  readonly different: { readonly step: number; readonly tensors: readonly string[] } | null;
  /** The newest checkpoint that both have, before any difference: all that training goes on from is equal there. */
  readonly start: RunState | null;
  /** The newest checkpoint of each up to the last step that is equal; null for its beginning. */
  readonly own: { readonly a: number | null; readonly b: number | null };
}

export async function compareFiles(a: ExaminedRun, b: ExaminedRun): Promise<Known> {
  const common = Math.min(a.steps, b.steps);
  const marks = compareMarks(a.marks, b.marks);
  let different = marks?.different ?? null;
  let equalUpTo = marks?.equalAt ?? null;
  let start: RunState | null = null;
  const differs = (step: number, tensors: readonly string[]): void => {
    if (different === null || step < different.step) different = { step, tensors };
  };
  for (const step of a.checkpoints.filter((each) => each > 0 && b.checkpoints.includes(each))) {
    if (different !== null && step >= different.step) break;
    const [ours, theirs] = [await readState(a, step), await readState(b, step)];
    if (sameState(ours, theirs)) {
      start = ours;
      equalUpTo = Math.max(equalUpTo ?? 0, step);
    } else if (!sameState(withoutObserved(ours), withoutObserved(theirs))) differs(step, []);
  }
  if (different === null && a.steps > 0) {
    const end = await sameEnd(a, b, common);
    if (end === true) equalUpTo = common;
    if (end === false) differs(common, []);
  }
  const newest = ({ checkpoints }: ExaminedRun): number | null => {
    return checkpoints.findLast((step) => step > 0 && step <= (equalUpTo ?? 0)) ?? null;
  };
  return { common, equalUpTo, different, start, own: { a: newest(a), b: newest(b) } };
}

/** Whether the states after `step`, the end of one run at least, are equal; null where that was not written down. */
async function sameEnd(a: ExaminedRun, b: ExaminedRun, step: number): Promise<boolean | null> {
  if (a.folder.manifest.contract !== b.folder.manifest.contract) return null;
  // What a schedule has observed shows in the first step whose rate is another, which they have not made.
  const scope = [a, b].some(({ setting }) => monitorOf(setting.recipe.optimizer.learningRate) !== null)
    ? 'fingerprint'
    : 'stateFingerprint';
  const [ours, theirs] = [await fingerprintAt(a, step, scope), await fingerprintAt(b, step, scope)];
  return ours === null || theirs === null ? null : ours === theirs;
}

/** Fingerprint after a step, where it was written down. */
async function fingerprintAt(
  { folder, steps, checkpoints }: ExaminedRun,
  step: number,
  scope: 'fingerprint' | 'stateFingerprint',
): Promise<string | null> {
  const { result } = folder.manifest;
  if (result !== null && step === steps) return result[scope];
  if (scope === 'fingerprint') return null;
  return checkpoints.includes(step) ? (await folder.checkpoint(step)).fingerprint : null;
}
