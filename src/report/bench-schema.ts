/** The shape of the document of `samebits bench`. */
import * as v from 'valibot';
import { count, isa, notNegative, positive, recipe, sha256, shortHeadEntries, threadCount } from './schema-parts.js';

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
  fingerprint: v.nullable(sha256),
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

/** Of `samebits bench`. */
export const benchDocumentSchema = v.strictObject({
  ...shortHeadEntries('bench'),
  recipe: v.record(v.string(), recipe),
  limits: limitsSchema,
  cases: v.array(caseSchema),
  price: v.array(priceSchema),
  crowding: v.array(crowdingSchema),
  marking: v.array(markingSchema),
  summary: v.strictObject({ fixedIdentical: v.boolean(), samples: count, discarded: count, sentence: v.string() }),
});
