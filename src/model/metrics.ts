/** Metrics that a model is compiled with, and what each asks of the loss and of the last layer. */
import * as v from 'valibot';
import { choice, fields, integer, oneOf, type Schema } from '../arguments.js';
import { expected, SamebitsError } from '../errors.js';
import type { AveragedName, EvaluatedMetric, RankedName } from '../metrics/evaluated.js';
import {
  compiledName,
  EVALUATED_NAMES,
  type EvaluatedName,
  isOfValidation,
  type MetricName,
  validationName,
} from '../metrics/names.js';
import type { Loss } from '../native/network-description.js';
import { decisionsOf, lossName, lossRules } from './losses.js';

/**
 * What is computed beside the loss: `'accuracy'` of each step, epoch and evaluation; the others, functions of `samebits/metrics`, of
 * rows that are evaluated, which are those of validation and of `evaluate`. A name, or `{ name, …options }`.
 */
export type Metric = 'accuracy' | EvaluatedMetric;

const NAMES = ['accuracy', ...EVALUATED_NAMES] as const;
const AVERAGED = ['precision', 'recall', 'f1'] as const satisfies readonly AveragedName[];
const RANKED = ['rocAuc', 'averagePrecision'] as const satisfies readonly RankedName[];
const OF_NUMBERS: readonly EvaluatedName[] = ['meanSquaredError', 'rootMeanSquaredError', 'meanAbsoluteError', 'r2'];
const OF_PROBABILITIES: readonly EvaluatedName[] = ['logLoss', 'brierScore'];

const PHRASE = `one of ${NAMES.map((name) => `'${name}'`).join(', ')}, or { name, …options } of one,`;

const PLAIN = ['accuracy', ...OF_NUMBERS, ...OF_PROBABILITIES] as const;

const positive = v.optional(integer(0));
const average = v.optional(oneOf(['binary', 'macro', 'micro'] as const));

const byName: Schema<Metric> = oneOf(NAMES, PHRASE);
const byOptions: Schema<Metric> = v.pipe(
  v.variant(
    'name',
    [
      fields({ name: v.literal('topKAccuracy'), k: v.optional(integer(1)) }),
      fields({ name: v.picklist(AVERAGED), average, positive }),
      fields({ name: v.picklist(RANKED), positive }),
      fields({ name: v.picklist(PLAIN) }),
    ],
    PHRASE,
  ),
  v.transform((given): Metric => {
    const kept = Object.entries(given).filter(([, value]) => value !== undefined);
    return kept.length === 1 ? given.name : (Object.fromEntries(kept) as Exclude<Metric, string>);
  }),
);
const metricSchema: Schema<Metric> = choice([byName, byOptions], (value) =>
  typeof value === 'object' && !Array.isArray(value) ? byOptions : byName,
);

export const metricsSchema: Schema<readonly Metric[]> = v.array(
  metricSchema,
  "an array of metrics, such as [] or ['accuracy'],",
);

export function metricName(metric: Metric): 'accuracy' | EvaluatedName {
  return typeof metric === 'string' ? metric : metric.name;
}

/** Those that are computed of outputs: all but accuracy, which is counted while they are made. */
export function evaluatedMetrics(metrics: readonly Metric[]): readonly EvaluatedMetric[] {
  return metrics.filter((metric): metric is EvaluatedMetric => metricName(metric) !== 'accuracy');
}

/** Whether it is of the classes of rows, whatever the outputs are beside. */
export function isOfClasses(metric: EvaluatedMetric): boolean {
  return !OF_NUMBERS.includes(metricName(metric) as EvaluatedName);
}

/** @param validated Whether epochs have metrics of validation. */
export function epochMetrics(metrics: readonly Metric[], validated: boolean): readonly MetricName[] {
  const trained: ('loss' | 'accuracy')[] = metrics.includes('accuracy') ? ['loss', 'accuracy'] : ['loss'];
  if (!validated) return trained;
  const evaluated = [...trained, ...evaluatedMetrics(metrics).map(metricName)];
  return [...trained, ...evaluated.map((name) => validationName(name))];
}

/**
 * Refuses to watch what no epoch will have.
 *
 * @param validated Whether epochs have metrics of validation.
 * @param place What the caller calls the metric.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, with what is missing
 */
export function checkWatched(metric: MetricName, metrics: readonly Metric[], validated: boolean, place: string): void {
  const known = epochMetrics(metrics, validated);
  if (known.includes(metric)) return;
  const needed = epochMetrics(metrics, true).includes(metric)
    ? 'validationData'
    : `metrics: ['${compiledName(metric)}']${isOfValidation(metric) && !validated ? ' and validationData' : ''}`;
  throw expected(`${needed}, or one of the metrics ${known.join(', ')},`, place, metric);
}

/** What the last layer is to metrics. */
export interface LastLayer {
  readonly units: number;
}

/** Between how many classes rows are decided; null: the targets have none, or several each. */
function classesOf(loss: Loss, { units }: LastLayer): number | null {
  const decisions = decisionsOf(loss);
  if (decisions === 'row') return units;
  const isOne = units === 1 && (decisions === 'unit' || lossRules(loss).targets === 'sides');
  return isOne ? 2 : null;
}

/** Above which a single output says the second of two classes; without a loss 1/2. */
export function thresholdOf(loss: Loss | null): number {
  return loss !== null && lossRules(loss).targets === 'sides' ? 0 : 0.5;
}

/**
 * Refuses metrics that are not defined on the targets of a loss, or on so many outputs.
 *
 * @param place What the caller calls the metrics.
 * @throws SamebitsError `ERR_SAMEBITS_LOSS` with what to change; `ERR_SAMEBITS_ARGUMENT` for two of one name and for options that do not
 * fit the classes
 */
export function checkMetrics(metrics: readonly Metric[], loss: Loss, last: LastLayer, place: string): void {
  const names = metrics.map(metricName);
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0) throw expected('each metric once', `${place}[${twice}]`, names[twice]);
  for (const [index, metric] of metrics.entries()) {
    const name = metricName(metric);
    const problem = name === 'accuracy' ? accuracyProblem(loss) : evaluatedProblem(name, loss, last);
    if (problem !== null) {
      throw new SamebitsError(
        'ERR_SAMEBITS_LOSS',
        `Expected metrics without '${name}' for loss '${lossName(loss)}' but received ${list(names)}: ${problem}`,
      );
    }
    checkOptions(metric, classesOf(loss, last), `${place}[${index}]`);
  }
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}

function accuracyProblem(loss: Loss): string | null {
  if (decisionsOf(loss) !== null) return null;
  if (lossRules(loss).targets === 'sides')
    return "only crossentropies count it; take 'f1' or another metric of classes";
  return 'a number that is near its target is neither a hit nor a miss; compare losses, or train with a crossentropy';
}

function evaluatedProblem(name: EvaluatedName, loss: Loss, last: LastLayer): string | null {
  if (isOneOf(OF_NUMBERS, name)) {
    if (!['labels', 'sides'].includes(lossRules(loss).targets)) return null;
    return "its targets are no numbers that outputs come near to; take 'f1' or another metric of classes";
  }
  const classes = classesOf(loss, last);
  if (classes === null) {
    return decisionsOf(loss) === 'unit'
      ? `with ${last.units} units each row has a decision for each; take the columns of predict one by one, with samebits/metrics`
      : `its targets have no classes; take a metric of numbers, ${list(OF_NUMBERS)}`;
  }
  if (isOneOf(OF_PROBABILITIES, name) && !lossRules(loss).takesLogits) {
    return 'its outputs are not probabilities of classes; train with a crossentropy';
  }
  if (name === 'topKAccuracy' && last.units === 1) return "one unit names one of two classes; take 'accuracy'";
  return null;
}

function checkOptions(metric: Metric, classes: number | null, place: string): void {
  const name = metricName(metric);
  const { average: how, positive: chosen } = typeof metric === 'object' ? (metric as AverageChoice) : {};
  if (how !== undefined && how !== 'binary' && chosen !== undefined) {
    throw expected(`no positive class, with average '${how}',`, `${place}.positive`, chosen);
  }
  if (classes === null) return;
  if (chosen !== undefined && chosen >= classes) {
    throw expected(`a class from 0 to ${classes - 1}`, `${place}.positive`, chosen);
  }
  const needsOne = isOneOf(RANKED, name) || how === 'binary';
  if (needsOne && classes > 2 && chosen === undefined) {
    throw expected(
      `a class from 0 to ${classes - 1} that is set against the rest, as { name: '${name}', positive: 1 },`,
      `${place}.positive`,
      chosen,
    );
  }
}

interface AverageChoice {
  readonly average?: 'binary' | 'macro' | 'micro';
  readonly positive?: number;
}
