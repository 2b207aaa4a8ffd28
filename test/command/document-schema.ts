/** The shape of the document of `samebits compare`, key by key: nothing more, nothing less. */
import * as v from 'valibot';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const positive = v.pipe(v.number(), v.gtValue(0));
export const number = v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]);
export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const binary32 = v.pipe(v.string(), v.regex(/^0x[0-9a-f]{8}$/));

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

/** The fields with which the documents begin. */
export const headEntries = <const C extends string>(command: C) => ({
  schemaVersion: v.literal(1),
  command: v.literal(command),
  version: v.string(),
  contract: v.literal(1),
  machine: v.strictObject({
    platform: v.string(),
    arch: v.string(),
    cpu: v.string(),
    cores: positive,
    memoryBytes: positive,
    node: v.string(),
    instructionSets: v.array(v.string()),
  }),
  recipe: v.looseObject({ seed: v.union([v.number(), v.string()]), loss: v.unknown() }),
  data: v.strictObject({ name: v.string(), rows: positive, testRows: count, columns: positive, hash: sha256 }),
  commandLine: v.string(),
});

export const documentSchema = v.strictObject({
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
