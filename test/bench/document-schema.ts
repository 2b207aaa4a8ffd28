/** The shape of the document of `samebits bench`, key by key: nothing more, nothing less. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.gtValue(0));
const notNegative = v.pipe(v.number(), v.minValue(0));
const isa = v.picklist(['scalar', 'avx2', 'avx512', 'neon']);
const threadCount = v.pipe(v.string(), v.regex(/^[1-9]\d*$/));
const byThreads = v.record(threadCount, positive);

export const limitsSchema = v.strictObject({
  peak: v.record(isa, byThreads),
  peakFromCache: v.record(isa, byThreads),
  bandwidth: byThreads,
  barrierMicroseconds: v.record(threadCount, notNegative),
  pingPongNanoseconds: v.nullable(positive),
});

export const caseSchema = v.strictObject({
  name: v.string(),
  work: v.string(),
  isa,
  threads: positive,
  reduction: v.picklist(['fixed', 'free']),
  medianSeconds: positive,
  spread: notNegative,
  gflops: positive,
  fractionOfPeak: positive,
  fractionOfPeakFromCache: positive,
  samplesPerSecond: positive,
  speedUp: positive,
  efficiency: positive,
  samples: positive,
  discarded: count,
  undisturbed: v.boolean(),
  fingerprint: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
});

export const priceSchema = v.strictObject({
  name: v.string(),
  isa,
  threads: positive,
  fixedOverChain: positive,
  fixedOverFree: v.nullable(positive),
});

export const crowdingSchema = v.strictObject({
  name: v.string(),
  isa,
  threads: positive,
  cores: positive,
  ratio: positive,
});

export const markingSchema = v.strictObject({ name: v.string(), isa, threads: positive, ratio: positive });

export const documentSchema = v.strictObject({
  schemaVersion: v.literal(1),
  command: v.literal('bench'),
  version: v.string(),
  contract: v.literal(1),
  machine: v.looseObject({ cpu: v.string(), cores: positive, instructionSets: v.array(v.string()) }),
  recipe: v.record(v.string(), v.looseObject({ seed: v.number(), loss: v.string() })),
  commandLine: v.string(),
  limits: limitsSchema,
  cases: v.array(caseSchema),
  price: v.array(priceSchema),
  crowding: v.array(crowdingSchema),
  marking: v.array(markingSchema),
  summary: v.strictObject({ fixedIdentical: v.boolean(), samples: count, discarded: count, sentence: v.string() }),
});
