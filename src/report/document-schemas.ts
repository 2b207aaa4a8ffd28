/**
 * The shapes of the documents that commands write, key by key: what tests hold them to, and what `npm run build` publishes as
 * JSON schemas.
 */
import * as v from 'valibot';
import { EVALUATED_NAMES } from '../metrics/names.js';
import {
  binary32,
  count,
  dataEntries,
  headEntries,
  number,
  positive,
  sha256,
  share,
  shortHeadEntries,
} from './schema-parts.js';

const firstDifference = v.strictObject({
  step: count,
  tensor: v.string(),
  index: count,
  a: number,
  b: number,
  aHex: binary32,
  bHex: binary32,
  ulp: number,
});

const run = v.strictObject({
  threads: positive,
  reduction: v.picklist(['fixed', 'free']),
  isa: v.picklist(['scalar', 'avx2', 'avx512', 'neon']),
  repeat: positive,
  seconds: positive,
  samplesPerSecond: positive,
  fingerprint: sha256,
  identical: v.boolean(),
  firstDifference: v.nullable(firstDifference),
  maxUlp: number,
  maxAbs: number,
  relativeL2: number,
  weightsDiffer: share,
  predictionsDiffer: share,
  ulpHistogram: v.array(v.strictObject({ upTo: v.union([v.number(), v.string()]), count })),
  metrics: v.strictObject({ loss: number, accuracy: number }),
  lossCurve: v.array(v.strictObject({ step: positive, loss: number })),
  distance: v.array(v.strictObject({ step: positive, maxAbs: number, relativeL2: number, maxUlp: number })),
});

/** Of `samebits compare`. */
export const compareDocumentSchema = v.strictObject({
  ...headEntries('compare'),
  steps: positive,
  runs: v.array(run),
  summary: v.strictObject({
    baseline: count,
    fixedIdentical: v.boolean(),
    freeDiverged: v.boolean(),
    priceOfFixedOrder: v.array(v.strictObject({ threads: positive, ratio: positive })),
    sentence: v.string(),
  }),
});

/** Of `samebits train`. */
export const trainDocumentSchema = v.strictObject({
  ...headEntries('train'),
  data: v.strictObject({ ...dataEntries, hash: v.nullable(sha256) }),
  fingerprint: sha256,
  epochs: positive,
  stopped: v.boolean(),
  best: v.nullable(v.strictObject({ metric: v.string(), epoch: count, value: number })),
  seconds: v.pipe(v.number(), v.minValue(0)),
  metrics: v.record(v.string(), number),
  model: v.nullable(v.string()),
});

const model = v.strictObject({ path: v.string(), fingerprint: sha256 });
const task = v.picklist(['regression', 'binary', 'multiclass']);
const classValue = v.union([v.string(), v.number(), v.boolean()]);

/** Of `samebits predict --json`. */
export const predictDocumentSchema = v.strictObject({
  ...shortHeadEntries('predict'),
  model,
  data: v.strictObject({ name: v.string() }),
  task,
  classes: v.nullable(v.array(classValue)),
  predictions: v.array(
    v.union([number, v.array(number), v.strictObject({ class: classValue, outputs: v.array(number) })]),
  ),
  rows: positive,
});

/** Of `samebits evaluate`. */
export const evaluateDocumentSchema = v.strictObject({
  ...shortHeadEntries('evaluate'),
  model,
  data: v.strictObject({ name: v.string(), rows: positive }),
  task,
  loss: v.nullable(v.strictObject({ name: v.string(), value: number })),
  metrics: v.record(v.string(), number),
  compiled: v.array(
    v.strictObject({
      name: v.picklist(EVALUATED_NAMES),
      k: v.optional(positive),
      average: v.optional(v.picklist(['binary', 'macro', 'micro'])),
      positive: v.optional(count),
      value: number,
    }),
  ),
  confusion: v.nullable(v.strictObject({ classes: v.array(classValue), counts: v.array(v.array(count)) })),
});

const inspectHead = <const K extends string>(kind: K) => ({
  ...shortHeadEntries('inspect'),
  kind: v.literal(kind),
  path: v.string(),
});

const inspectedColumn = v.strictObject({
  name: v.string(),
  type: v.picklist(['number', 'category', 'boolean', 'date']),
  missing: count,
  range: v.nullable(v.pipe(v.array(v.number()), v.length(2))),
  different: v.nullable(count),
  more: v.boolean(),
  examples: v.array(v.string()),
  task: v.nullable(task),
  classes: v.nullable(count),
});

/** Of `samebits inspect`. */
export const inspectDocumentSchema = v.variant('kind', [
  v.strictObject({
    ...inspectHead('table'),
    rows: positive,
    columns: v.array(inspectedColumn),
    first: v.array(v.array(v.nullable(classValue))),
  }),
  v.strictObject({
    ...inspectHead('dataSet'),
    data: v.strictObject(dataEntries),
    classes: count,
  }),
  v.strictObject({
    ...inspectHead('run'),
    recipe: v.looseObject({ seed: v.union([v.number(), v.string()]), loss: v.unknown() }),
    status: v.picklist(['running', 'interrupted', 'failed', 'complete']),
    data: v.strictObject({
      rows: positive,
      columns: positive,
      hash: sha256,
      choice: v.looseObject({ source: v.unknown() }),
    }),
    validationRows: v.nullable(positive),
    metrics: v.array(v.record(v.string(), number)),
    checkpoints: v.array(count),
    steps: v.strictObject({ perEpoch: positive, all: positive }),
    sessions: v.array(v.strictObject({ startedAt: v.string(), threads: positive, isa: v.string() })),
    fingerprint: v.nullable(sha256),
    hasModel: v.boolean(),
  }),
  v.strictObject({
    ...inspectHead('model'),
    name: v.string(),
    inputs: positive,
    summary: v.string(),
    parameters: positive,
    compiled: v.nullable(v.looseObject({ loss: v.unknown() })),
    preparation: v.nullable(v.looseObject({ format: v.string() })),
    fingerprint: sha256,
    trained: v.strictObject({ steps: count, epochs: count }),
    optimizerState: v.boolean(),
  }),
]);
