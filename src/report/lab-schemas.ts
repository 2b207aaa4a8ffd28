/** The shapes of the documents of `samebits lab`. */
import * as v from 'valibot';
import {
  count,
  dataEntries,
  headEntries,
  notNegative,
  number,
  positive,
  recipe,
  seed,
  sha256,
  share,
  shortHeadEntries,
} from './schema-parts.js';

const format = v.optional(v.picklist(['count', 'share', 'number', 'exact']));
const axis = v.strictObject({
  label: v.string(),
  scale: v.optional(v.picklist(['linear', 'log'])),
  format,
});
const pictureHead = { id: v.string(), title: v.string(), caption: v.string() };
const pair = v.strictTuple([number, number]);

const picture = v.variant('kind', [
  v.strictObject({
    ...pictureHead,
    kind: v.literal('dots'),
    value: axis,
    groups: v.array(v.strictObject({ label: v.string(), values: v.array(number) })),
    reference: v.optional(v.strictObject({ label: v.string(), value: number })),
  }),
  v.strictObject({
    ...pictureHead,
    kind: v.literal('bars'),
    value: axis,
    bars: v.array(
      v.strictObject({
        label: v.string(),
        value: number,
        interval: v.optional(v.strictObject({ low: number, high: number, level: v.optional(share) })),
      }),
    ),
  }),
  v.strictObject({
    ...pictureHead,
    kind: v.literal('lines'),
    x: axis,
    y: axis,
    series: v.array(
      v.strictObject({
        name: v.string(),
        points: v.array(pair),
        band: v.optional(v.array(v.strictTuple([number, number, number]))),
      }),
    ),
    events: v.optional(v.array(v.strictObject({ x: number, label: v.string() }))),
  }),
  v.strictObject({
    ...pictureHead,
    kind: v.literal('heatmap'),
    xLabel: v.string(),
    yLabel: v.string(),
    columns: v.array(v.string()),
    rows: v.array(v.string()),
    values: v.array(v.array(v.nullable(number))),
    value: axis,
  }),
]);

const table = v.strictObject({
  title: v.string(),
  caption: v.string(),
  columns: v.array(v.strictObject({ name: v.string(), format })),
  rows: v.array(v.array(v.nullable(v.union([v.string(), v.number(), v.boolean()])))),
});

const tested = v.strictObject({ loss: number, accuracy: v.nullable(number) });
const verdict = v.picklist(['supported', 'not supported', 'cannot tell']);

const conclusionEntries = {
  verdict,
  claim: v.string(),
  statement: v.string(),
  effect: v.strictObject({
    name: v.string(),
    unit: v.string(),
    estimate: v.nullable(number),
    beside: v.optional(number),
  }),
  interval: v.nullable(v.strictObject({ low: number, high: number, level: share })),
  findings: v.array(v.string()),
  tables: v.array(table),
  pictures: v.array(picture),
};

/** What an experiment concludes: the middle of its document. */
export const conclusionSchema = v.strictObject(conclusionEntries);

const labEntries = {
  ...shortHeadEntries('lab'),
  recipe: v.nullable(recipe),
  data: v.nullable(v.strictObject(dataEntries)),
  experiment: v.string(),
  question: v.string(),
  folklore: v.nullable(v.string()),
  repeats: positive,
  ...conclusionEntries,
  tasks: count,
  runs: v.array(
    v.strictObject({
      task: sha256,
      kind: v.picklist(['train', 'stages', 'pair']),
      repeat: v.nullable(count),
      changes: v.record(v.string(), v.unknown()),
      fingerprint: sha256,
      test: tested,
    }),
  ),
};
const labDocument = v.strictObject(labEntries);

/** Of `samebits lab run`: one experiment, or all of them. */
export const labDocumentSchema = v.union([
  labDocument,
  v.strictObject({ ...shortHeadEntries('lab'), experiments: v.array(labDocument) }),
]);

const metric = v.picklist(['accuracy', 'loss']);
const causes = v.array(v.string());
const seededRun = v.strictObject({ seed, fingerprint: sha256, test: tested });
const interval = { low: number, high: number, level: share };
const band = v.strictObject({ low: number, high: number, falseAlarm: share });

const sampleEntries = <const C extends string>(command: C) => ({
  ...headEntries(command),
  metric,
  causes,
  runs: v.array(seededRun),
  differentBits: count,
  sentence: v.string(),
});

/** Of `samebits lab noise`. */
export const labNoiseDocumentSchema = v.strictObject({
  ...sampleEntries('lab noise'),
  report: v.strictObject({
    kind: v.literal('noise'),
    runs: count,
    mean: number,
    standardDeviation: notNegative,
    deviationInterval: v.strictObject(interval),
    least: number,
    most: number,
    range: notNegative,
    criticalDifference: notNegative,
    pairsBeyond: share,
    band,
  }),
});

/** Of `samebits lab tolerance`. */
export const labToleranceDocumentSchema = v.strictObject({
  ...sampleEntries('lab tolerance'),
  report: v.strictObject({
    kind: v.literal('tolerance'),
    runs: count,
    mean: number,
    standardDeviation: notNegative,
    aroundMean: notNegative,
    betweenRuns: notNegative,
    band,
  }),
});

const contestant = v.strictObject({ name: v.string(), recipe: v.nullable(recipe), runs: v.array(seededRun) });
const sample = v.strictObject({ runs: count, mean: number, standardDeviation: notNegative });

/** Of `samebits lab versus`. */
export const labVersusDocumentSchema = v.strictObject({
  ...shortHeadEntries('lab versus'),
  data: v.strictObject(dataEntries),
  metric,
  a: contestant,
  b: contestant,
  causes: v.nullable(causes),
  report: v.strictObject({
    kind: v.literal('versus'),
    a: sample,
    b: sample,
    paired: v.boolean(),
    higherIsBetter: v.boolean(),
    worth: notNegative,
    improvement: number,
    interval: v.strictObject(interval),
    p: number,
    permutationP: number,
    better: v.strictObject({ ...interval, probability: share }),
    verdict,
    criticalDifference: notNegative,
    showsInSingleRuns: v.boolean(),
    runsNeeded: v.nullable(count),
    moreRuns: v.nullable(count),
  }),
  sentence: v.string(),
});
