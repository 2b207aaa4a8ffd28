/** The rows that a setting trains on and is tested on, prepared once for all tasks that share them. */
import type { DataChoice, Setting } from '../../causes/cause.js';
import { type ComparedData, shareData } from '../../compare/data.js';
import { bootstrapRows } from '../../data/bootstrap.js';
import type { DataSet, DataSetRows } from '../../data/data-set.js';
import type { Matrix } from '../../data/matrix.js';
import { expected } from '../../errors.js';
import { outputUnits } from '../../model/description.js';
import type { Recipe } from '../../model/recipe.js';

/** Prepared data that are kept: those of the settings that a batch of tasks goes through in turn. */
const MOST_KEPT = 4;

export class PreparedData {
  readonly #kept = new Map<string, ComparedData>();

  /**
   * @param data Of the setting's source.
   * @throws SamebitsError where the data do not fit the recipe.
   */
  of({ recipe, data: choice }: Setting, data: DataSet): ComparedData {
    const units = outputUnits(recipe.model);
    const { source, ...rows } = choice;
    const key = JSON.stringify([data.hash, rows, recipe.loss === 'sparseCategoricalCrossentropy', units]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const prepared = prepare(recipe, chosenRows(data.train, choice), data);
    if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
    this.#kept.set(key, prepared);
    return prepared;
  }
}

function prepare(recipe: Recipe, train: DataSetRows, data: DataSet): ComparedData {
  return shareData(recipe, {
    x: train.x,
    y: targetsFor(recipe, train, data.classes),
    xTest: data.test.x,
    yTest: targetsFor(recipe, data.test, data.classes),
  });
}

/** Labels become what the loss asks for: 0 and 1 for one output, a 1 in the label's place for several. */
function targetsFor({ loss, model }: Recipe, { y }: DataSetRows, classes: number): Uint32Array | Matrix {
  if (!(y instanceof Uint32Array) || loss === 'sparseCategoricalCrossentropy') return y;
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

function chosenRows({ x, y }: DataSetRows, { rows, bootstrap }: DataChoice): DataSetRows {
  if (rows !== null && rows > x.rows) throw expected(`at most the ${x.rows} training rows of the data`, 'rows', rows);
  const count = rows ?? x.rows;
  if (bootstrap !== null) return gathered({ x, y }, bootstrapRows(bootstrap, count));
  if (count === x.rows) return { x, y };
  const first = (matrix: Matrix): Matrix => ({
    ...matrix,
    data: matrix.data.subarray(0, count * matrix.columns),
    rows: count,
  });
  // On the same memory.
  return { x: first(x), y: y instanceof Uint32Array ? y.subarray(0, count) : first(y) };
}

function gathered({ x, y }: DataSetRows, order: Uint32Array): DataSetRows {
  const gather = ({ data, columns }: Matrix): Matrix => {
    const chosen = new (data instanceof Uint8Array ? Uint8Array : Float32Array)(order.length * columns);
    order.forEach((row, i) => {
      chosen.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
    });
    return { data: chosen, rows: order.length, columns };
  };
  return { x: gather(x), y: y instanceof Uint32Array ? order.map((row) => y[row]) : gather(y) };
}
