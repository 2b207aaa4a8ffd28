/** Metrics of how well scores order rows: one class against the rest. Formulas: docs/metrics.md. */
import { check, fields } from '../arguments.js';
import { type Column, type PositiveOptions, positiveClass, positiveEntry, readClasses } from './inputs.js';

/**
 * Area under the receiver operating characteristic: the share of pairs of a positive and another row in which the positive
 * one has the greater score; pairs of equal scores count half. NaN where all rows are positive, or none is.
 *
 * @param targets Labels, or one-hot rows or shares.
 * @param predictions Scores of class 1, [rows], or of each class, [rows, classes], of which that of the positive class is taken.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function rocAuc(targets: Column, predictions: Column, options: PositiveOptions = {}): number {
  const { ties, positives, others } = rank(targets, predictions, options, 'rocAuc');
  // Twice the pairs, an integer.
  let pairs = 0;
  let seen = 0;
  for (const tie of ties) {
    pairs += tie.others * (2 * seen + tie.positives);
    seen += tie.positives;
  }
  return pairs / (2 * positives * others);
}

/**
 * Area under the curve of precision over recall, as average precision: the sum over thresholds, each a score that occurs, of
 * the gain in recall times precision. Nothing is interpolated. 0 where no row is positive.
 *
 * @param targets Labels, or one-hot rows or shares.
 * @param predictions Scores of class 1, [rows], or of each class, [rows, classes], of which that of the positive class is taken.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function averagePrecision(targets: Column, predictions: Column, options: PositiveOptions = {}): number {
  const { ties, positives } = rank(targets, predictions, options, 'averagePrecision');
  if (positives === 0) return 0;
  let sum = 0;
  let hits = 0;
  let said = 0;
  for (const tie of ties) {
    hits += tie.positives;
    said += tie.positives + tie.others;
    sum += (tie.positives * hits) / said;
  }
  return sum / positives;
}

/** Rows of one score. */
interface Tie {
  positives: number;
  others: number;
}

interface Ranking {
  /** From the greatest score to the least. */
  readonly ties: readonly Tie[];
  readonly positives: number;
  readonly others: number;
}

const rankSchema = fields({ positive: positiveEntry });

function rank(targets: Column, predictions: Column, options: PositiveOptions, name: string): Ranking {
  const { positive } = check(rankSchema, options, name);
  const { outputs, labels, classes } = readClasses(targets, predictions);
  const { data, rows, columns } = outputs;
  const chosen = positiveClass(positive, classes);
  // One column has the scores of class 1; of class 0 they are its negatives.
  const sign = columns === 1 && chosen === 0 ? -1 : 1;
  const column = columns === 1 ? 0 : chosen;
  const scores = Float32Array.from({ length: rows }, (_, row) => sign * data[row * columns + column]);
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => scores[b] - scores[a]);
  const ties: Tie[] = [];
  let positives = 0;
  for (const [i, row] of order.entries()) {
    if (i === 0 || scores[row] !== scores[order[i - 1]]) ties.push({ positives: 0, others: 0 });
    const isPositive = labels[row] === chosen;
    ties[ties.length - 1][isPositive ? 'positives' : 'others'] += 1;
    positives += Number(isPositive);
  }
  return { ties, positives, others: rows - positives };
}
