/** How well a model does on rows that it was not trained on: k-fold cross-validation. */
import { mean, sampleStandardDeviation } from 'simple-statistics';
import * as v from 'valibot';
import { check, type Schema } from '../arguments.js';
import { prepareFor, targetOf } from '../data/prepare/known-target.js';
import type { PrepareOptions } from '../data/prepare/options.js';
import { type FoldOptions, kFold } from '../data/split/folds.js';
import { Table } from '../data/table/table.js';
import { withoutWeights } from '../data/table-weights.js';
import { expected } from '../errors.js';
import type { TableFitOptions } from './fit-options.js';
import type { Metrics, Predictions } from './run.js';
import { Sequential } from './sequential.js';

/** Options of {@link crossValidate}. */
export interface CrossValidationOptions extends FoldOptions {
  /** Name of the column that is to be predicted. */
  readonly target: string;
  /** How the columns become features; learned anew in each fold, of its training rows alone. @default {} */
  readonly prepare?: Omit<PrepareOptions, 'target'>;
  /** How the model is trained in each fold. @default {} */
  readonly fit?: Omit<
    TableFitOptions,
    'target' | 'prepare' | 'validationData' | 'validationSplit' | 'folder' | 'dataSource' | 'record' | 'replay'
  >;
}

/** One fold. */
export interface Fold {
  /** Rows that were trained on, and rows that were not, by their numbers in the table. */
  readonly train: Uint32Array;
  readonly test: Uint32Array;
  /** Of the test rows. */
  readonly metrics: Metrics;
  /** Of the weights. */
  readonly fingerprint: string;
}

/** What {@link crossValidate} gives. */
export interface CrossValidation {
  readonly folds: readonly Fold[];
  /** Of the folds' metrics. */
  readonly mean: Metrics;
  /** Of the folds' metrics, with a divisor of one less than their number. */
  readonly standardDeviation: Metrics;
  /** Outputs for the rows in {@link rows}, each from the model of the fold that it was kept out of. */
  readonly predictions: Predictions;
  /** Numbers of the rows that were tested, ascending: all, but for method `time`, which never tests the first of its blocks. */
  readonly rows: Uint32Array;
}

const anObject: Schema<object> = v.custom<object>((value) => typeof value === 'object' && value !== null, 'an object');
const schema = v.looseObject({
  target: v.string('a text'),
  prepare: v.optional(anObject, {}),
  fit: v.optional(anObject, {}),
});
/** Everything else is what folds are made by, which they check themselves. */
const NOT_HERE = ['target', 'prepare', 'validationData', 'validationSplit', 'folder', 'dataSource', 'record', 'replay'];

/**
 * Trains a fresh copy of a compiled model in each fold and evaluates it on the rows that were kept out; the model itself stays as it
 * is. What is learned of the columns is learned of the fold's training rows; classes are those of the whole table.
 *
 * Without `method`, folds are stratified by the target where it has classes, as scikit-learn's are, and random otherwise; without
 * `seed` they are the model's.
 *
 * @example
 * const { mean } = await crossValidate(model, table, { target: 'species', folds: 5, fit: { epochs: 50 } });
 *
 * @throws SamebitsError as `kFold`, `prepare`, `fit` and `evaluate` do; `ERR_SAMEBITS_STATE` before `compile`
 */
export async function crossValidate(
  model: Sequential,
  table: Table,
  options: CrossValidationOptions,
): Promise<CrossValidation> {
  if (!(model instanceof Sequential)) throw expected('a model', 'model', model);
  if (!(table instanceof Table)) throw expected('a Table', 'table', table);
  const { target, prepare, fit, ...folding } = check(schema, options, 'crossValidate') as CrossValidationOptions;
  const stray = NOT_HERE.find((name) => fit !== undefined && name in fit);
  if (stray !== undefined) throw expected('options of fit that a fold can have', `crossValidate.fit.${stray}`, fit);
  const { task, ...given } = prepare ?? {};
  const sampleWeights = fit?.sampleWeights;
  const columns = withoutWeights(given, sampleWeights ?? null, target);
  const fitted = targetOf(table, target, task ?? null);
  const { blueprint, compiled } = model.parts;
  const stratified = { method: 'stratified', by: target } as const;
  const parts = kFold(table, {
    seed: blueprint.seed,
    ...(folding.method === undefined && fitted.classes !== null ? stratified : {}),
    ...folding,
  });

  const folds: Fold[] = [];
  const outputs = new Map<number, Float32Array>();
  for (const { train, test } of parts) {
    const rows = { train: table.take(train), test: table.take(test) };
    const copy = new Sequential({ ...blueprint, preparation: prepareFor(fitted, rows.train, columns) });
    try {
      copy.compile(compiled);
      const { fingerprint } = await copy.fit(rows.train, { ...fit, target });
      folds.push({ train, test, metrics: await copy.evaluate(rows.test, { sampleWeights }), fingerprint });
      const { data, columns: units } = await copy.predict(rows.test);
      test.forEach((row, i) => {
        outputs.set(row, data.subarray(i * units, (i + 1) * units));
      });
    } finally {
      copy.dispose();
    }
  }
  const tested = Uint32Array.from(outputs.keys()).sort();
  const data = new Float32Array(tested.length * model.units);
  tested.forEach((row, i) => {
    data.set(outputs.get(row) as Float32Array, i * model.units);
  });
  return {
    folds,
    mean: overFolds(folds, mean),
    standardDeviation: overFolds(folds, sampleStandardDeviation),
    predictions: { data, rows: tested.length, columns: model.units },
    rows: tested,
  };
}

function overFolds(folds: readonly Fold[], statistic: (values: number[]) => number): Metrics {
  const names = Object.keys(folds[0].metrics) as (keyof Metrics)[];
  const of = (name: keyof Metrics): number => statistic(folds.map(({ metrics }) => metrics[name] as number));
  return Object.fromEntries(names.map((name) => [name, of(name)])) as unknown as Metrics;
}
