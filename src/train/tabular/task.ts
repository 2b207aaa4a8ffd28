/** What a preparation's target asks of loss and last layer, and its targets as that loss takes them. */
import type { Matrix } from '../../data/matrix.js';
import type { Preparation } from '../../data/prepare/preparation.js';
import { SamebitsError } from '../../errors.js';
import { type ModelDescription, outputUnits } from '../../model/description.js';
import { lossName, lossRules } from '../../model/losses.js';
import type { Loss } from '../../native/network-description.js';

/** The end of a model: its loss, and the units of its last layer. */
export interface ModelEnd {
  readonly loss: Loss;
  readonly units: number;
}

/** What rows of a table have to fit. */
export interface ModelEnds extends ModelEnd {
  readonly model: ModelDescription;
}

export function endsOf(model: ModelDescription, loss: Loss): ModelEnds {
  return { model, loss, units: outputUnits(model) };
}

/** Losses of shares and sides, with one unit for the second of two classes. */
const OF_TWO = ['binaryCrossentropy', 'hinge'];
/** Losses of a share for each class. */
const OF_SHARES = ['categoricalCrossentropy', 'klDivergence', 'binaryCrossentropy'];

/**
 * Refuses a loss or a last layer that does not fit what is to be predicted.
 *
 * @throws SamebitsError `ERR_SAMEBITS_LOSS`, with what to change; `ERR_SAMEBITS_STATE` for a preparation without a target
 */
export function checkTask({ task, target, classes }: Preparation, { loss, units }: ModelEnd): void {
  if (task === null) {
    throw new SamebitsError(
      'ERR_SAMEBITS_STATE',
      'Expected a preparation with a target, to train and evaluate on tables',
    );
  }
  const what = `the target ${JSON.stringify(target)}`;
  const name = lossName(loss);
  if (task === 'regression') {
    const fits = ['numbers', 'counts'].includes(lossRules(loss).targets);
    if (fits && units === 1) return;
    const wanted = fits
      ? `1 unit in the last layer`
      : `a loss of numbers, such as 'meanSquaredError' or 'huber', and 1 unit`;
    throw unfit(`${wanted} for ${what}, a regression,`, name, units);
  }
  const count = (classes as readonly unknown[]).length;
  const oneUnit = task === 'binary' && units === 1 && OF_TWO.includes(name);
  const perClass = units === count && (lossRules(loss).targets === 'labels' || OF_SHARES.includes(name));
  if (oneUnit || perClass) return;
  const many = `${count} units with activation 'softmax' and loss 'sparseCategoricalCrossentropy'`;
  const two = "1 unit with activation 'sigmoid' and loss 'binaryCrossentropy'";
  throw unfit(`${task === 'binary' ? `${two}, or ${many},` : many} for ${what} of ${count} classes`, name, units);
}

function unfit(wanted: string, name: string, units: number): SamebitsError {
  return new SamebitsError(
    'ERR_SAMEBITS_LOSS',
    `Expected ${wanted} but received loss '${name}' and ${units} unit${units === 1 ? '' : 's'}: change the last layer or ` +
      'compile with another loss',
  );
}

/** Targets as a preparation gives them, for a loss that {@link checkTask} has let through. */
export function targetsFor(y: Uint32Array | Matrix, { loss, units }: ModelEnd): Uint32Array | Matrix {
  if (!(y instanceof Uint32Array) || lossRules(loss).targets === 'labels') return y;
  const data = new Float32Array(y.length * units);
  if (units === 1) data.set(y);
  else for (let row = 0; row < y.length; row += 1) data[row * units + y[row]] = 1;
  return { data, rows: y.length, columns: units };
}
