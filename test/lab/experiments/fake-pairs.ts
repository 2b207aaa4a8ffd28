/** Pairs of runs that drift apart as a test wants them to. */
import type { PairResult, PairTask, StagesResult } from '../../../dist/lab/experiment/task.js';

/** How a fake pair drifts apart. */
export interface Drift {
  /** Mean absolute difference of predictions at the end; 0 for the same bits throughout. */
  readonly distance: number;
  /** @default 14 */
  readonly doublingSteps?: number;
  /** Step after which the distance is 64 times as large at once, and a relu unit differs. @default none */
  readonly jumpAt?: number;
  /** Share of the test rows of another class. @default 0 */
  readonly differing?: number | null;
  /** @default 'dense_1/kernel' */
  readonly tensor?: string;
}

const STEPS = 200;
const TENSORS = ['dense_1/kernel', 'dense_1/bias'];

/** Samples after each second step; the first difference is after step 1. */
export function drifting({
  distance,
  doublingSteps = 14,
  jumpAt,
  differing = 0,
  tensor = TENSORS[0],
}: Drift): PairResult {
  const end = { fingerprint: 'a'.repeat(64), test: { loss: 1, accuracy: 0.5 } };
  const equal = distance === 0;
  const samples = Array.from({ length: STEPS / 2 + 1 }, (_, i) => {
    const step = 2 * i;
    const jumped = jumpAt !== undefined && step > jumpAt;
    const grown = equal || step === 0 ? 0 : 1e-8 * 2 ** (step / doublingSteps) * (jumped ? 64 : 1);
    const reluEvents = jumped && step <= jumpAt + 2 ? 1 : 0;
    const ulp = equal || step === 0 ? 0 : Math.ceil(grown * 1e8);
    return {
      step,
      relativeL2: grown,
      maxAbs: grown,
      meanAbs: grown,
      maxUlp: ulp,
      differing: equal ? 0 : 1,
      tensors: [ulp, 0],
      reluEvents,
    };
  });
  return {
    equalBits: equal,
    tensorNames: TENSORS,
    samples,
    events: jumpAt === undefined ? [] : [{ step: jumpAt + 2, layer: 'dense_1', unit: 7, row: 3, on: 'a' }],
    firstDifference: equal ? null : { step: 1, tensor, ulp: 1 },
    predictions: {
      maxAbs: distance,
      meanAbs: distance,
      relativeL2: distance,
      differing: equal && differing !== null ? 0 : differing,
    },
    a: end,
    b: end,
  };
}

/** The seed of a pair whose runs share it; null where they don't. */
export function sharedSeed({ a, b }: PairTask): number | null {
  return a.recipe.seed === b.recipe.seed ? Number(a.recipe.seed) : null;
}

/** One fit of a fake model. */
export function fakeFit(
  stage: number,
  fingerprint: string,
  firstLoss: number,
  accuracy: number,
): StagesResult['fits'][number] {
  const metrics = { loss: 1 - accuracy, accuracy };
  return { stage, fingerprint, firstLoss, train: metrics, test: metrics };
}
