/** The rows that a choice of data says, from its source. */
import { loadSource } from '../../data/load-source.js';
import type { DataChoice } from '../../data/source.js';
import type { Recipe } from '../../model/recipe.js';
import type { ComparedRows } from '../data.js';
import { settingData } from '../setting-data.js';
import { type Found, orReason, reasonOf } from './found.js';
import { asDataSet, type GivenRows, hashRows, prepareRows } from './given.js';

/** @param given Data that callers gave; those of a `given` source are among them, or missing. */
export async function loadChoice(
  choice: DataChoice,
  recipe: Recipe,
  given: readonly GivenRows[],
): Promise<Found<ComparedRows>> {
  const { source } = choice;
  if (source.kind !== 'given') {
    try {
      return { value: settingData({ recipe, data: choice }, await loadSource(source)).train };
    } catch (error) {
      return { missing: reasonOf(error) };
    }
  }
  for (const one of given) {
    if ('train' in one) {
      if (one.hash !== source.hash) continue;
      return orReason(() => settingData({ recipe, data: choice }, asDataSet(one)).train);
    }
    // Rows by themselves are all that was trained on.
    const rows = orReason(() => prepareRows(recipe, one));
    if ('value' in rows && hashRows(rows.value) === source.hash) return rows;
  }
  return { missing: 'nobody gave them' };
}
