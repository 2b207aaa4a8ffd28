/** Metrics that a model is compiled with, beside its accuracy: of the outputs for rows and their targets. */
import type { Matrix } from '../data/matrix.js';
import { type AverageOptions, f1, precision, recall, type TopKOptions, topKAccuracy } from './decided.js';
import { decisions, type PositiveOptions } from './inputs.js';
import type { EvaluatedName } from './names.js';
import { meanAbsoluteError, meanSquaredError, r2, rootMeanSquaredError } from './numeric.js';
import { brierScore, logLoss } from './probable.js';
import { averagePrecision, rocAuc } from './ranked.js';

/** Metrics of a class, or of all classes together. */
export type AveragedName = 'precision' | 'recall' | 'f1';
/** Metrics of the order in which scores put the rows. */
export type RankedName = 'rocAuc' | 'averagePrecision';

/** A metric by name, with its function's defaults, or with options. */
export type EvaluatedMetric =
  | EvaluatedName
  | { readonly name: EvaluatedName }
  | ({ readonly name: 'topKAccuracy' } & TopKOptions)
  | ({ readonly name: AveragedName } & Pick<AverageOptions, 'average' | 'positive'>)
  | ({ readonly name: RankedName } & PositiveOptions);

/** Rows that were evaluated. */
export interface EvaluatedRows {
  /** A label for each row, or [rows, outputs]. */
  readonly targets: Uint32Array | Matrix;
  readonly outputs: Matrix;
  /** With one output of two classes: above it, it says the second. */
  readonly threshold: number;
}

type Options = Pick<AverageOptions, 'average' | 'positive'> & TopKOptions;

/**
 * Its value. Of more than two classes precision, recall and F1 are the mean over classes, unless the options say otherwise.
 *
 * @throws SamebitsError as the function of its name
 */
export function evaluatedMetric(metric: EvaluatedMetric, { targets, outputs, threshold }: EvaluatedRows): number {
  const { name, ...options }: { name: EvaluatedName } & Options =
    typeof metric === 'string' ? { name: metric } : { ...metric };
  const averaged = (): AverageOptions => {
    const isOne = outputs.columns <= 2 || options.positive !== undefined;
    return { average: isOne ? 'binary' : 'macro', ...options, threshold };
  };
  switch (name) {
    case 'topKAccuracy':
      return topKAccuracy(targets, outputs, options);
    case 'precision':
      return precision(classesOf(targets), outputs, averaged());
    case 'recall':
      return recall(classesOf(targets), outputs, averaged());
    case 'f1':
      return f1(classesOf(targets), outputs, averaged());
    case 'rocAuc':
      return rocAuc(classesOf(targets), outputs, options);
    case 'averagePrecision':
      return averagePrecision(classesOf(targets), outputs, options);
    case 'logLoss':
      return logLoss(targets, outputs);
    case 'brierScore':
      return brierScore(targets, outputs);
    case 'meanSquaredError':
      return meanSquaredError(targets, outputs);
    case 'rootMeanSquaredError':
      return rootMeanSquaredError(targets, outputs);
    case 'meanAbsoluteError':
      return meanAbsoluteError(targets, outputs);
    case 'r2':
      return r2(targets, outputs);
  }
}

/** A target of one output is a share or a side, and above 1/2 of the second class, as class weights count it. */
function classesOf(targets: EvaluatedRows['targets']): EvaluatedRows['targets'] {
  return targets instanceof Uint32Array || targets.columns > 1 ? targets : decisions(targets, 0.5);
}
