/** What classes weigh in training, as a recipe says it. */
import * as v from 'valibot';
import { choice, real, type Schema } from '../arguments.js';
import { expected, SamebitsError } from '../errors.js';
import type { Loss } from '../native/network-description.js';
import { decisionsOf, lossName } from './losses.js';

/** A weight of at least 0 for each class by its number, 1 for those without; or weights by which all classes count alike. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

const PHRASE =
  "'balanced', or an object with a weight of at least 0 for each class by its number, such as { 0: 1, 1: 5 },";
const weight = real('a number of at least 0', (value) => value >= 0);
const classNumber = v.pipe(v.string(PHRASE), v.regex(/^(0|[1-9]\d{0,9})$/, PHRASE));

const byClass = v.record(classNumber, weight, PHRASE);
const balanced = v.literal('balanced', PHRASE);

export const classWeightsSchema: Schema<ClassWeights> = choice<ClassWeights>([balanced, byClass], (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? byClass : balanced,
);

/** Whether each row of targets is of a class. */
export function hasClasses(loss: Loss, units: number): boolean {
  const decisions = decisionsOf(loss);
  return decisions === 'row' || (decisions === 'unit' && units === 1);
}

/**
 * Refuses class weights where targets have no classes, and of classes that there are not.
 *
 * @throws SamebitsError `ERR_SAMEBITS_LOSS` or `ERR_SAMEBITS_ARGUMENT`, with what to change.
 */
export function checkClassWeights(weights: ClassWeights | undefined, loss: Loss, units: number): void {
  if (weights === undefined) return;
  const decisions = decisionsOf(loss);
  if (!hasClasses(loss, units)) {
    throw new SamebitsError(
      'ERR_SAMEBITS_LOSS',
      `Expected no classWeights for loss '${lossName(loss)}'${decisions === null ? '' : ` of ${units} units`}: its targets ` +
        'have no classes that could weigh something; give rows weights with sampleWeights',
    );
  }
  const classes = decisions === 'unit' ? 2 : units;
  if (weights === 'balanced') return;
  const unknown = Object.keys(weights).find((name) => Number(name) >= classes);
  if (unknown !== undefined) throw expected(`classes from 0 to ${classes - 1}`, 'classWeights', unknown);
}
