/** Whether two runs are wrong about the same things. */
import { decisionsOf } from '../../model/losses.js';
import type { Loss } from '../../native/network-description.js';
import { type Correlation, correlation } from '../statistics/correlation.js';
import { checkSameShape, type PredictionMatrix } from './predictions.js';
import { checkTargets, mistakes, type TargetArray } from './targets.js';

/** How often two classifiers are right and wrong, together and apart. */
export interface MistakeTable {
  readonly bothRight: number;
  /** Right in b, wrong in a. */
  readonly onlyAWrong: number;
  /** Right in a, wrong in b. */
  readonly onlyBWrong: number;
  readonly bothWrong: number;
}

/** Correlation of the errors of two runs. */
export interface ErrorCorrelation extends Correlation {
  /** Rows or outputs it is taken over. */
  readonly decisions: number;
  /** null where the loss has no accuracy. */
  readonly table: MistakeTable | null;
}

/**
 * Correlation of the errors of two runs on the same rows: of mistakes (0 or 1), which is φ, with a crossentropy (G. U.
 * Yule, "On the Methods of Measuring Association between Two Attributes", 1912); of residuals, over all outputs, with
 * another loss. 1: the runs fail alike, and averaging them removes nothing; 0: they fail independently.
 *
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE`; `ERR_SAMEBITS_DATA` for residuals that are not finite.
 */
export function errorCorrelation(
  a: PredictionMatrix,
  b: PredictionMatrix,
  targets: TargetArray,
  loss: Loss,
): ErrorCorrelation {
  checkSameShape(a, b);
  if (decisionsOf(loss) === null) {
    checkTargets(a, targets, loss);
    const residuals = ({ data }: PredictionMatrix): Float64Array =>
      Float64Array.from(data, (value, i) => value - targets[i]);
    return { ...correlate(residuals(a), residuals(b)), decisions: a.data.length, table: null };
  }
  const wrongA = mistakes(a, targets, loss);
  const wrongB = mistakes(b, targets, loss);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < wrongA.length; i += 1) counts[wrongA[i] + 2 * wrongB[i]] += 1;
  const [bothRight, onlyAWrong, onlyBWrong, bothWrong] = counts;
  const table = { bothRight, onlyAWrong, onlyBWrong, bothWrong };
  return { ...correlate(wrongA, wrongB), decisions: wrongA.length, table };
}

function correlate(x: Float64Array | Uint8Array, y: Float64Array | Uint8Array): Correlation {
  return x.length < 2 ? { r: null, interval: null, p: null } : correlation(x, y);
}
