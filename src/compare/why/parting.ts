/** Where two runs part: the first step, and in it the first operation whose result has other bits. */

import { isTrained } from '../../model/description.js';
import { slotNames } from '../../model/optimizers.js';
import { compareOperations, type OperationDifference } from '../anatomy/compare.js';
import { type Operation, WITHOUT_EFFECT } from '../anatomy/operation.js';
import { passOperations } from '../anatomy/pass.js';
import { findParting, Replayed } from '../locate.js';
import type { Rerun } from '../task.js';
import type { FlatTensor } from '../trainee.js';

/** Steps to compare. */
export interface StepRange {
  /** The runs are equal after this step, or it is where both begin. */
  readonly from: number;
  /** Steps that are made at most. */
  readonly to: number;
}

/** Where two runs part. */
export interface PartingPlace {
  /** The step that gave other bits, counted from 1; 0 for the state in which the runs begin. */
  readonly step: number;
  /** Every operation of that step with other results, in its order; at least one. */
  readonly operations: readonly OperationDifference[];
  /** The first of them that reaches a weight. */
  readonly operation: OperationDifference;
}

/** What came of executing two runs side by side. */
export interface Compared {
  /** Null where they are equal up to the end. */
  readonly place: PartingPlace | null;
  /** The last step that was made, … */
  readonly step: number;
  /** … and the marks of all weights after it, in model order. */
  readonly marks: { readonly a: readonly bigint[]; readonly b: readonly bigint[] };
}

/**
 * Executes both runs again, side by side, until their states differ or the range ends; where they differ, takes that step
 * apart.
 *
 * @throws `signal`'s reason after an abort.
 */
export async function comparePair(
  a: Rerun,
  b: Rerun,
  range: StepRange,
  signal: AbortSignal,
  onStep?: (step: number) => void,
): Promise<Compared> {
  const scope = scopeOf(a, b);
  const runs: Replayed[] = [];
  try {
    // Gradients can be read where they were stored.
    const options = { plan: 'stored', keepPrevious: true, allowNonFinite: true } as const;
    for (const rerun of [a, b]) runs.push(new Replayed(rerun, scope, options));
    const [first, second] = runs;
    const compared = (step: number, place: PartingPlace | null): Compared => {
      return { place, step, marks: { a: first.trainee.marks(), b: second.trainee.marks() } };
    };
    if (tensorsText(first.tensors) !== tensorsText(second.tensors)) {
      return compared(first.done, otherTensors(first, second));
    }
    const parting = await findParting(first, second, range, signal, onStep);
    if (parting === null) return compared(range.to, null);
    const { step } = parting;
    if (step === range.from) return compared(step, placeOf(step, stateOperations(first), stateOperations(second)));
    const operations = [await stepOperations(a, first, step), await stepOperations(b, second, step)];
    return compared(step, placeOf(step, operations[0], operations[1]));
  } finally {
    for (const run of runs) run.dispose();
  }
}

/** Optimizers of other kinds have no state that could be compared. */
function scopeOf({ recipe: a }: Rerun, { recipe: b }: Rerun): 'weights' | 'state' {
  return slotNames(a.optimizer).join() === slotNames(b.optimizer).join() ? 'state' : 'weights';
}

function placeOf(step: number, a: readonly Operation[], b: readonly Operation[]): PartingPlace {
  const operations = compareOperations(a, b);
  const operation = operations.find(({ kind }) => !WITHOUT_EFFECT.includes(kind)) ?? operations[0];
  return { step, operations, operation };
}

/** Networks of other shapes part before their first step. */
function otherTensors(a: Replayed, b: Replayed): PartingPlace {
  const weightsOf = (run: Replayed): Operation[] => {
    run.read();
    return stateOperations(run).filter(({ kind }) => kind === 'weights');
  };
  return placeOf(0, weightsOf(a), weightsOf(b));
}

async function stepOperations(rerun: Rerun, run: Replayed, step: number): Promise<Operation[]> {
  const { recipe, data, execution } = rerun;
  const { trainee } = run;
  const weights = new Map(
    trainee.weights.map(({ name, offset, size }) => [name, run.previous.subarray(offset, offset + size)]),
  );
  const bench = { hardware: { isa: execution.isa, emulate: recipe.emulate }, threads: execution.threads };
  const subject = { recipe, data: data.train, bench, place: trainee.placeOf(step), weights };
  return [...(await passOperations(subject)), ...gradientOperations(run), ...stateOperations(run)];
}

function gradientOperations({ trainee }: Replayed): Operation[] {
  return trainee.weights.filter(isTrained).map((tensor) => ({
    ...operationOf(tensor),
    kind: 'gradient' as const,
    values: trainee.gradient(tensor),
  }));
}

/** In the order of a step: the optimizer's state, the weights that are made from it, and their averages. */
function stateOperations({ tensors, values }: Replayed): Operation[] {
  const operations = tensors.map((tensor): Operation => {
    const { slot, offset, size } = tensor;
    const kind = slot === 0 ? 'weights' : 'optimizerState';
    return { ...operationOf(tensor), kind, values: values.subarray(offset, offset + size) };
  });
  const isAverage = ({ kind, place }: Operation): boolean => kind === 'optimizerState' && place.endsWith('/average');
  const rank = (operation: Operation): number => (isAverage(operation) ? 2 : Number(operation.kind === 'weights'));
  return operations.sort((x, y) => rank(x) - rank(y));
}

function operationOf({ name, layer, kind, shape }: FlatTensor) {
  return { place: name, layer, parameter: kind, shape };
}

function tensorsText(tensors: readonly FlatTensor[]): string {
  return tensors.map(({ name, shape }) => `${name} ${shape.join()}`).join();
}
