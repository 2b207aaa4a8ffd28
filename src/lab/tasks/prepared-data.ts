/** The rows that a setting trains on and is tested on, prepared once for all tasks that share them. */

import type { Setting } from '../../causes/cause.js';
import type { ComparedData } from '../../compare/data.js';
import { settingData } from '../../compare/setting-data.js';
import type { DataSet } from '../../data/data-set.js';
import { outputUnits } from '../../model/description.js';
import { lossName } from '../../model/losses.js';

/** Prepared data that are kept: those of the settings that a batch of tasks goes through in turn. */
const MOST_KEPT = 4;

export class PreparedData {
  readonly #kept = new Map<string, ComparedData>();

  /**
   * @param data Of the setting's source.
   * @throws SamebitsError where the data do not fit the recipe.
   */
  of(setting: Setting, data: DataSet): ComparedData {
    const { recipe } = setting;
    const { source, ...rows } = setting.data;
    const sparse = lossName(recipe.loss) === 'sparseCategoricalCrossentropy';
    const key = JSON.stringify([data.hash, rows, sparse, outputUnits(recipe.model)]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const prepared = settingData(setting, data);
    if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
    this.#kept.set(key, prepared);
    return prepared;
  }
}
