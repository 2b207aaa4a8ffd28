/** From a base setting to the settings of an experiment's runs: levels of causes, written through their lenses. */
import type { CauseName, Setting } from '../../causes/cause.js';
import { CAUSES, causeNamed, type Level } from '../../causes/causes.js';
import { expected } from '../../errors.js';
import type { Optimizer } from '../../model/optimizers.js';
import type { Kept, TrainTask } from '../experiment/task.js';

/** Levels by cause. */
export type Levels = { readonly [N in CauseName]?: Level<N> };

/** The setting with other levels of some causes, written in the order given. */
export function varied(setting: Setting, levels: Levels): Setting {
  return Object.entries(levels).reduce((changed, [name, level]) => causeNamed(name).write(changed, level), setting);
}

/** The setting with an optimizer, its learning rate and its epsilon: three causes. */
export function withOptimizer(setting: Setting, { learningRate, ...options }: Optimizer): Setting {
  if (options.name === 'sgd') return varied(setting, { optimizer: options, learningRate });
  const { epsilon, ...optimizer } = options;
  return varied(setting, { optimizer, learningRate, epsilon });
}

/**
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` where a setting has no place for a cause that the experiment moves.
 */
export function requireCause(setting: Setting, name: CauseName): void {
  const { title, applies } = CAUSES[name];
  if (!applies(setting)) throw expected(`a recipe with a place for ${title}`, 'recipe.model', setting.recipe.model);
}

/** A setting that shuffles, for experiments that move the order: the setting itself, if it does. */
export function shuffled(setting: Setting): Setting {
  return setting.recipe.fit.shuffle === false ? varied(setting, { shuffle: true }) : setting;
}

/** Seeds 1 to `count`. */
export function seedLevels(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** One training. */
export function train(setting: Setting, keep: readonly Kept[], repeat = 0): TrainTask {
  return { kind: 'train', setting, repeat, keep };
}
