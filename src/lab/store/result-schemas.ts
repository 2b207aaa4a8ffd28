/** The form of kept results, checked whenever one is read: a store may come from anywhere. */
import * as v from 'valibot';
import type { Schema } from '../../arguments.js';
import { INSTRUCTION_SETS } from '../../native/instruction-set.js';
import type { FinalMetrics, ForwardResult, PairResult, StagesResult, SumResult, Task } from '../experiment/task.js';
import type { TrainRecord } from '../tasks/outcome.js';

/** Changes with the form of results or the meaning of tasks: what was kept before is then not found. */
export const RESULT_VERSION = 1;

const NON_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** A number, or the name of one that JSON has no word for. */
const number: Schema<number> = v.union([
  v.number(),
  v.pipe(
    v.string(),
    v.check((text) => Object.hasOwn(NON_FINITE, text)),
    v.transform((text) => NON_FINITE[text]),
  ),
]);
const count: Schema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.string();
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const numbers = v.array(number);
const metrics: Schema<FinalMetrics> = v.strictObject({ loss: number, accuracy: v.nullable(number) });

const train: Schema<TrainRecord> = v.strictObject({
  fingerprint: hash,
  stateFingerprint: hash,
  predictionsFingerprint: hash,
  steps: count,
  train: metrics,
  test: metrics,
  classes: v.nullable(
    v.array(v.strictObject({ class: count, rows: count, loss: v.nullable(number), accuracy: v.nullable(number) })),
  ),
  history: v.nullable(v.strictObject({ loss: numbers, accuracy: v.nullable(numbers) })),
});

const stages: Schema<StagesResult> = v.strictObject({
  fits: v.array(v.strictObject({ stage: count, fingerprint: hash, firstLoss: number, train: metrics, test: metrics })),
});

const side = v.strictObject({ fingerprint: hash, test: metrics });

const pair: Schema<PairResult> = v.strictObject({
  equalBits: v.boolean(),
  tensorNames: v.array(text),
  samples: v.array(
    v.strictObject({
      step: count,
      relativeL2: number,
      maxAbs: number,
      meanAbs: number,
      maxUlp: number,
      differing: number,
      tensors: numbers,
      reluEvents: count,
    }),
  ),
  events: v.array(v.strictObject({ step: count, layer: text, unit: count, row: count, on: v.picklist(['a', 'b']) })),
  firstDifference: v.nullable(v.strictObject({ step: count, tensor: text, ulp: number })),
  predictions: v.strictObject({ maxAbs: number, meanAbs: number, relativeL2: number, differing: v.nullable(number) }),
  a: side,
  b: side,
});

const forward: Schema<ForwardResult> = v.strictObject({
  calls: count,
  distinct: count,
  ways: v.array(v.strictObject({ threads: count, batch: count, isa: v.picklist(INSTRUCTION_SETS), distinct: count })),
});

const tenths = v.strictObject({ sum: number, equal: v.boolean() });

const sum: Schema<SumResult> = v.strictObject({
  exact: number,
  orders: v.array(v.strictObject({ float32: number, float64: number })),
  parallel: v.array(
    v.strictObject({
      workers: count,
      split: number,
      tree: number,
      free: v.array(v.strictObject({ sum: number, count: count })),
    }),
  ),
  tenths: v.strictObject({ float32: tenths, float64: tenths }),
});

/** By kind of task. */
export const resultSchemas: Readonly<Record<Task['kind'], Schema<object>>> = { train, stages, pair, forward, sum };

/** One kept result, a line of a segment. */
export interface KeptRecord {
  /** Key of the task. */
  readonly task: string;
  readonly kind: Task['kind'];
  readonly result: unknown;
  /** Where each array lies in the segment's binary file. */
  readonly arrays: readonly KeptArray[];
}

export interface KeptArray {
  readonly name: 'predictions' | 'weights';
  /** In bytes. */
  readonly offset: number;
  /** Elements, as binary32. */
  readonly length: number;
  /** SHA-256 of the bytes. */
  readonly hash: string;
}

export const recordSchema: Schema<KeptRecord> = v.strictObject({
  task: hash,
  kind: v.picklist(['train', 'stages', 'pair', 'forward', 'sum']),
  result: v.unknown(),
  arrays: v.array(v.strictObject({ name: v.picklist(['predictions', 'weights']), offset: count, length: count, hash })),
});
