/** How causes are made: a description and two functions become a lens whose levels are checked. */
import { check } from '../arguments.js';
import type { Cause, Setting } from './cause.js';
import { checkSetting } from './setting.js';

/** A cause, as this folder describes it. */
export interface CauseDescription<L>
  extends Pick<Cause<L>, 'name' | 'title' | 'description' | 'kind' | 'remedy' | 'level' | 'read'> {
  /** @default always */
  applies?(setting: Setting): boolean;
  /**
   * The setting with another level. What it gives is checked as a whole afterwards.
   *
   * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` where the setting has no place for it.
   */
  replace(setting: Setting, level: L): Setting;
}

/** A cause whose levels can also be replaced without a look at the whole. */
export interface Lens<L> extends Cause<L> {
  replace(setting: Setting, level: L): Setting;
}

export function lens<L>(description: CauseDescription<L>): Lens<L> {
  const { name, level, read, replace } = description;
  return {
    applies: () => true,
    ...description,
    write: (setting, value) => {
      const wanted = check(level, value, name);
      return sameLevel(read(setting), wanted) ? setting : checkSetting(replace(setting, wanted));
    },
  };
}

/** Whether two levels are the same: by their text as JSON. */
export function sameLevel(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function withRecipe(setting: Setting, part: Partial<Setting['recipe']>): Setting {
  return { ...setting, recipe: { ...setting.recipe, ...part } };
}

export function withFit(setting: Setting, part: Partial<Setting['recipe']['fit']>): Setting {
  return withRecipe(setting, { fit: { ...setting.recipe.fit, ...part } });
}

export function withData(setting: Setting, part: Partial<Setting['data']>): Setting {
  return { ...setting, data: { ...setting.data, ...part } };
}

export function withExecution(setting: Setting, part: Partial<Setting['execution']>): Setting {
  return { ...setting, execution: { ...setting.execution, ...part } };
}
