/** The shapes of the documents of `samebits why` and `samebits verify`. */
import * as v from 'valibot';
import { binary32, contract, count, number, positive, recipe, seed, sha256, shortHeadEntries } from './schema-parts.js';

const label = v.picklist(['a', 'b']);
const status = v.picklist(['running', 'interrupted', 'failed', 'complete']);

const operation = v.strictObject({
  kind: v.picklist([
    'order',
    'data',
    'targets',
    'mask',
    'noise',
    'statistics',
    'forward',
    'loss',
    'penalty',
    'outputGradient',
    'inputGradient',
    'activationGradient',
    'gradient',
    'optimizerState',
    'weights',
  ]),
  place: v.string(),
  layer: v.nullable(count),
  parameter: v.nullable(v.string()),
  shape: v.array(count),
  otherShape: v.nullable(v.array(count)),
  differing: count,
  elements: count,
  first: v.nullable(
    v.strictObject({
      index: count,
      at: v.array(count),
      a: number,
      b: number,
      aHex: v.optional(binary32),
      bHex: v.optional(binary32),
      ulp: v.optional(number),
    }),
  ),
  maxUlp: v.nullable(number),
  rank: v.number(),
});

const whyRun = v.strictObject({
  path: v.string(),
  status,
  contract,
  versions: v.array(v.string()),
  machine: v.string(),
  threads: positive,
  isa: v.string(),
  reduction: v.picklist(['fixed', 'free']),
  steps: count,
  fingerprint: v.nullable(sha256),
  trace: v.nullable(v.picklist(['epoch', 'step'])),
  checkpoints: v.array(count),
  dataHash: sha256,
});

/** Of `samebits why`. */
export const whyDocumentSchema = v.strictObject({
  ...shortHeadEntries('why'),
  recipe: v.strictObject({ a: recipe, b: recipe }),
  verdict: v.picklist(['equal', 'explained', 'not explained', 'cannot tell']),
  runs: v.strictObject({ a: whyRun, b: whyRun }),
  factors: v.array(
    v.strictObject({
      name: v.string(),
      title: v.string(),
      kind: v.picklist(['rounding', 'random', 'choice']),
      remedy: v.nullable(v.string()),
      a: v.unknown(),
      b: v.unknown(),
      effect: v.picklist(['explains', 'none', 'unknown']),
    }),
  ),
  equalUpTo: v.nullable(count),
  parting: v.nullable(
    v.strictObject({
      step: count,
      epoch: count,
      batch: count,
      tensor: v.nullable(v.string()),
      seenIn: v.picklist(['files', 'execution']),
      operation: v.nullable(operation),
      operations: v.array(operation),
    }),
  ),
  swaps: v.array(
    v.strictObject({
      changed: label,
      factor: v.string(),
      held: v.array(v.string()),
      equal: v.nullable(v.boolean()),
      parting: v.nullable(v.strictObject({ step: count, operation: v.nullable(operation) })),
      missing: v.nullable(v.string()),
    }),
  ),
  through: v.nullable(count),
  rows: v.nullable(
    v.strictObject({
      rows: count,
      row: count,
      column: v.nullable(count),
      a: v.nullable(number),
      b: v.nullable(number),
    }),
  ),
  damage: v.array(
    v.strictObject({
      run: label,
      file: v.string(),
      problem: v.string(),
      elements: v.nullable(
        v.strictObject({
          elements: count,
          tensor: v.string(),
          index: count,
          found: number,
          foundHex: binary32,
          computed: number,
          computedHex: binary32,
          bit: v.nullable(count),
        }),
      ),
    }),
  ),
  missing: v.array(v.string()),
  sentence: v.string(),
});

const found = v.nullable(v.union([number, v.string()]));

/** Of `samebits verify`. */
export const verifyDocumentSchema = v.strictObject({
  ...shortHeadEntries('verify'),
  recipe,
  run: v.strictObject({
    verdict: v.picklist(['verified', 'differs', 'cannot tell']),
    path: v.string(),
    status,
    contract,
    steps: count,
    fingerprint: v.nullable(sha256),
    seed: v.nullable(seed),
    stretches: v.array(v.strictObject({ from: count, to: count, equal: v.boolean() })),
    compared: v.strictObject({
      steps: count,
      marks: count,
      checkpoints: count,
      epochs: count,
      weights: v.boolean(),
    }),
    difference: v.nullable(
      v.strictObject({
        step: count,
        file: v.string(),
        name: v.nullable(v.string()),
        index: v.nullable(count),
        found,
        computed: found,
        foundHex: v.nullable(binary32),
        computedHex: v.nullable(binary32),
        bit: v.nullable(count),
        problem: v.string(),
      }),
    ),
    skipped: v.array(v.string()),
    missing: v.nullable(v.string()),
    sentence: v.string(),
  }),
});
