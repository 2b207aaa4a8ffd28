/** Trainings of one recipe that differ in the named causes alone. */
import type { CauseName, Setting } from '../../causes/cause.js';
import { CAUSES, causeNamed } from '../../causes/causes.js';
import { expected } from '../../errors.js';
import type { Plan, Results } from '../experiment/experiment.js';
import type { TrainTask } from '../experiment/task.js';
import { baseSetting } from '../experiments/base-setting.js';
import type { SeededRun } from './documents.js';

/** Causes of noise: seeds, of which each repeat has its own. Other data are another question. */
export const NOISE_CAUSES = Object.values(CAUSES)
  .filter(({ kind, name }) => kind === 'random' && name !== 'dataSeed')
  .map(({ name }) => name);

/** Repeats unless told otherwise: enough that the deviation is known to about a third. */
export const NOISE_REPEATS = 20;

/**
 * A plan that trains a recipe once for each repeat, with the level of every named cause at 1, 2, and so on; all other
 * causes are held.
 */
export function noisePlan(name: string, causes: readonly CauseName[]): Plan {
  return {
    name,
    repeats: NOISE_REPEATS,
    base: baseSetting,
    *plan({ base, repeats }) {
      for (let seed = 1; seed <= repeats; seed += 1) yield noiseTask(base, causes, seed);
    },
  };
}

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a cause that the setting has no place for. */
function noiseTask(base: Setting, causes: readonly CauseName[], seed: number): TrainTask {
  const setting = causes.reduce((changed, name) => {
    const { title, applies, write } = causeNamed(name);
    if (!applies(base)) throw expected(`a recipe and data with a place for ${title}`, 'cause', name);
    return write(changed, seed);
  }, base);
  return { kind: 'train', setting, repeat: 0, keep: [] };
}

/** The runs of such a plan, by seed. */
export function seededRuns(
  base: Setting,
  causes: readonly CauseName[],
  repeats: number,
  results: Results,
): SeededRun[] {
  return Array.from({ length: repeats }, (_, i) => {
    const { fingerprint, test } = results.get(noiseTask(base, causes, i + 1));
    return { seed: i + 1, fingerprint, test: { ...test } };
  });
}
