/** Experiments as files, for tests of the command. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentDescription } from 'samebits';
import { REGRESSION, settingOn } from '../engine/experiments.js';

/** Steps that a run makes: a few milliseconds for one, half a tenth of a second for 20,000. */
export function writeExperiment(
  folder: string,
  { steps = 10, seeds = 6 }: { readonly steps?: number; readonly seeds?: number } = {},
): string {
  const { recipe } = settingOn(REGRESSION);
  const description: ExperimentDescription = {
    name: 'weights-or-order',
    question: 'Do the initial weights move the loss more than the order of the data?',
    recipe: { ...recipe, fit: { ...recipe.fit, epochs: Math.ceil(steps / 10), batchSize: 4 } },
    data: REGRESSION,
    design: 'oneAtATime',
    causes: { initialWeights: { seeds }, dataOrder: { seeds } },
    repeats: 2,
    measures: ['loss', 'predictions'],
    claim: { cause: 'initialWeights', than: 'dataOrder' },
  };
  writeFileSync(join(folder, 'experiment.json'), JSON.stringify(description));
  return 'experiment.json';
}

/** Tasks of the experiment. */
export function tasksOf(seeds: number): number {
  return 2 * (1 + 2 * seeds);
}
