/** From a description to an experiment. */
import { causeNamed } from '../../causes/causes.js';
import { expected } from '../../errors.js';
import type { Experiment, Ground } from '../experiment/experiment.js';
import { baseSetting } from '../experiments/base-setting.js';
import { type CheckedDescription, checkDescription, type Design } from './description.js';
import type { CustomDesign } from './design.js';
import { factorial } from './factorial.js';
import { oneAtATime } from './one-at-a-time.js';
import { randomPairs } from './random-pairs.js';

const DESIGNS: Readonly<Record<Design, CustomDesign>> = { oneAtATime, factorial, randomPairs };

/**
 * Makes an experiment of a description.
 *
 * @throws SamebitsError as {@link checkDescription} does.
 */
export function customExperiment(value: unknown): Experiment {
  const description = checkDescription(value);
  const { name, question, folklore, recipe, source, rows, repeats } = description;
  const design = DESIGNS[description.design];
  return {
    name,
    question,
    folklore,
    summary: design.summary(description),
    repeats,
    defaults: { source, rows },
    base: (choice) => baseSetting({ ...choice, recipe: choice.recipe ?? recipe ?? undefined }),
    plan: (ground) => {
      checkCauses(description.causes, ground);
      return design.plan(description, ground);
    },
    conclude: (ground, results) => design.conclude(description, ground, results),
  };
}

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a cause that the base has no place for. */
function checkCauses(causes: CheckedDescription['causes'], { base }: Ground): void {
  for (const { name } of causes) {
    const { title, applies } = causeNamed(name);
    if (!applies(base)) throw expected(`a setting with a place for ${title}`, `experiment.causes.${name}`, base);
  }
}
