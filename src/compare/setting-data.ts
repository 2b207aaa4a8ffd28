/** The rows that a setting trains on and is tested on. */

import type { Setting } from '../causes/cause.js';
import { chooseRows } from '../data/choose-rows.js';
import type { DataSet, DataSetRows } from '../data/data-set.js';
import type { Matrix } from '../data/matrix.js';
import { expected } from '../errors.js';
import { outputUnits } from '../model/description.js';
import { lossName } from '../model/losses.js';
import type { Recipe } from '../model/recipe.js';
import { type ComparedData, shareData } from './data.js';

/**
 * The training rows of the setting's choice, and all test rows, with targets as its loss asks for them.
 *
 * @param data Of the setting's source.
 * @throws SamebitsError where the data do not fit the recipe.
 */
export function settingData({ recipe, data: choice }: Pick<Setting, 'recipe' | 'data'>, data: DataSet): ComparedData {
  const train = chooseRows(data.train, choice);
  return shareData(recipe, {
    x: train.x,
    y: targetsFor(recipe, train.y, data.classes),
    sampleWeights: train.weights,
    xTest: data.test.x,
    yTest: targetsFor(recipe, data.test.y, data.classes),
    sampleWeightsTest: data.test.weights,
  });
}

/**
 * Labels become what the loss asks for: 0 and 1 for one output, a 1 in the label's place for several. Targets that are
 * none stay what they are.
 *
 * @param y Labels, or targets [rows, units].
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` for more classes than outputs.
 */
export function targetsFor(
  { loss, model }: Pick<Recipe, 'loss' | 'model'>,
  y: DataSetRows['y'],
  classes: number,
): Uint32Array | Matrix {
  if (!(y instanceof Uint32Array) || lossName(loss) === 'sparseCategoricalCrossentropy') return y;
  const columns = outputUnits(model);
  const data = new Float32Array(y.length * columns);
  if (columns === 1) {
    data.set(y);
  } else if (columns >= classes) {
    y.forEach((label, row) => {
      data[row * columns + label] = 1;
    });
  } else {
    const units = `at least ${classes} units, as many as there are classes,`;
    throw expected(units, 'the last layer', columns, 'ERR_SAMEBITS_SHAPE');
  }
  return { data, rows: y.length, columns };
}
