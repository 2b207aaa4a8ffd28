/** All causes in one factorial: whose is how much of the variance? */
import type { Setting } from '../../causes/cause.js';
import { CAUSES } from '../../causes/causes.js';
import { formatCount } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import { type ComponentOptions, type VarianceComponents, varianceComponents } from '../statistics/factorial.js';
import { outputComponents } from '../statistics/output-components.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import {
  type Combination,
  combinations,
  controlsOf,
  type Factor,
  heldRuns,
  mainOf,
  partNamed,
  SHARE_COLUMNS,
  sameRowsPart,
  shareBars,
  shareRows,
  sharesInWords,
  usualParts,
  weightsOnTheSameRows,
} from './factorial-plan.js';
import { testMetric } from './run-measures.js';
import { requireCause, seedLevels } from './varied.js';
import { counted, effectInterval, exactly, intervalWords, percent } from './wording.js';

const NAME = 'variance-shares';
/** Orders of the sums within a batch. */
const ROUNDINGS = 2;
/** Products of outputs that are formed: a thousand million take about a second. */
const MOST_PRODUCTS = 1e9;
/** From this share on a cause is the main one. */
const MOST = 0.5;

export const varianceShares: Experiment = {
  name: NAME,
  question: 'How much of what runs differ by comes from which cause?',
  folklore: 'Runs differ mostly because each begins with other random weights.',
  summary: '6 × 6 × 6 seeds × 2 orders of sums: 432 runs',
  repeats: 6,
  base: (choice) => baseSetting(choice),
  *plan(ground) {
    const { runs } = design(ground);
    for (const { task } of runs) yield task;
    yield* controlsOf(runs);
  },
  conclude,
};

interface Design {
  readonly factors: readonly Factor[];
  readonly runs: readonly Combination[];
}

function design(ground: Ground): Design {
  const { base, repeats } = ground;
  requireCause(base, 'initialWeights');
  const seeds = seedLevels(repeats);
  const roundings = leaves(ground);
  const factors: Factor[] = [
    { cause: 'initialWeights', words: 'the initial weights', levels: seeds },
    { cause: 'dataOrder', words: 'the order of the data', levels: seeds },
    ...drawnInSteps(base, seeds),
    { cause: 'dataSubset', words: 'the rows (a bootstrap)', levels: seeds },
    { cause: 'batchLeaf', words: 'the order of the sums', levels: roundings },
  ];
  const moved = factors.filter(({ cause, levels }) => levels.length > 1 && CAUSES[cause].applies(base));
  return { factors: moved, runs: combinations(base, moved, ['predictions']) };
}

/**
 * Dropout masks and Gaussian noise, which each step draws. Where a network has both they are moved together: by themselves, six seeds of
 * each would be 15,552 runs.
 */
function drawnInSteps(base: Setting, levels: readonly unknown[]): Factor[] {
  const masks: Factor = { cause: 'dropoutMasks', words: 'the dropout masks', levels };
  const noise: Factor = { cause: 'gaussianNoise', words: 'the noise', levels };
  if (![masks, noise].every(({ cause }) => CAUSES[cause].applies(base))) return [masks, noise];
  return [{ ...masks, beside: [noise.cause], words: 'the dropout masks and the noise' }];
}

/** Leaf lengths that sum a batch in different orders, the base's own first. */
function leaves({ base: { recipe }, data }: Ground): number[] {
  const { batchLeaf, batchSize } = recipe.fit;
  const rows = Math.min(batchSize, data.rows);
  const levels = [batchLeaf];
  for (
    let leaf = Math.floor(Math.min(batchLeaf, rows) / 2);
    leaf >= 1 && levels.length < ROUNDINGS;
    leaf = Math.floor(leaf / 2)
  ) {
    levels.push(leaf);
  }
  return levels;
}

function conclude(ground: Ground, results: Results): Conclusion {
  const { factors, runs } = design(ground);
  const names = factors.map(({ cause }) => cause);
  const options: ComponentOptions = {
    parts: [...usualParts(factors), weightsOnTheSameRows('dataSubset')],
  };
  const found = runs.map(({ levels, task }) => ({ levels, result: results.get(task) }));
  const chosen = outputsToTake(ground, runs.length);
  const outputs = outputComponents(
    names,
    found.map(({ levels, result }) => ({ levels, values: chosen(result.predictions()) })),
    options,
  );
  const metric = testMetric(ground);
  const ofMetric = varianceComponents(
    names,
    found.map(({ levels, result }) => ({ levels, value: metric.of(result) })),
    options,
  );
  const part = sameRowsPart(outputs);
  const held = heldRuns(results, runs);
  const interval = outputs.totalSumOfSquares === 0 ? exactly(0) : effectInterval(part);
  return {
    verdict: verdict(interval ?? { low: Number.NaN, high: Number.NaN }, { effect: 'above', threshold: MOST }),
    claim: 'On the same rows, more than half of the variance of predictions comes from the initial weights alone.',
    statement:
      outputs.totalSumOfSquares === 0
        ? `All ${formatCount(runs.length)} runs predict the same: there is no variance to share out.`
        : `Of the variance of the test predictions of ${formatCount(runs.length)} runs, ${sharesInWords(outputs, factors)}, ` +
          `and ${percent(partNamed(outputs, 'together').share)} from several together; on the same rows the initial weights ` +
          `made ${percent(part.share)} (${intervalWords(part, percent)}).`,
    effect: {
      name: 'share of the initial weights in the variance of predictions on the same rows',
      unit: '',
      estimate: part.share,
      beside: MOST,
    },
    interval,
    findings: [
      `With all causes held, ${held.count} runs at 1 and 2 threads gave ` +
        (held.different === 1
          ? 'the same bits: their variance is exactly 0.'
          : `${counted(held.different, 'result')}: something moves that is not among the causes.`),
      `The ${metric.name} was ${metric.words(ofMetric.mean)} on average, with a standard deviation of ` +
        `${metric.differenceWords(Math.sqrt(ofMetric.variance))}: ${sharesInWords(ofMetric, factors)}, and ` +
        `${percent(partNamed(ofMetric, 'together').share)} from several together.`,
      `Counting all that each has a part in: ${inAllWords(outputs, factors)}.`,
      ...besideBootstrap(outputs, factors),
      ...roundingWords(outputs, factors),
    ],
    tables: [
      {
        title: 'Shares of the variance of predictions',
        caption: `Over ${formatCount(runs.length)} runs. Levels count as drawn from many. With others: all that a cause has a part in.`,
        columns: SHARE_COLUMNS,
        rows: shareRows(outputs, factors),
      },
      {
        title: `Shares of the variance of the ${metric.name}`,
        caption: 'One number per run instead of all predictions: the same causes, known less well.',
        columns: SHARE_COLUMNS,
        rows: shareRows(ofMetric, factors),
      },
    ],
    pictures: [
      {
        kind: 'bars',
        id: 'variance-shares-predictions',
        title: 'Whose is the variance of predictions?',
        caption: 'Share of each cause by itself, with 95 % intervals; the rest arises from several causes together.',
        value: { label: 'share of the variance', format: 'share' },
        bars: shareBars(outputs, factors),
      },
      {
        kind: 'bars',
        id: 'variance-shares-metric',
        title: `Whose is the variance of the ${metric.name}?`,
        caption: 'The same of one number per run.',
        value: { label: 'share of the variance', format: 'share' },
        bars: shareBars(ofMetric, factors),
      },
      {
        kind: 'dots',
        id: 'variance-shares-runs',
        title: `The ${metric.name} of every run`,
        caption: 'By the seed of the initial weights: within a row only the other causes vary.',
        value: { label: metric.name, format: metric.format },
        groups: factors[0].levels.map((level, i) => ({
          label: `weights ${level}`,
          values: found.filter(({ levels }) => levels[0] === i).map(({ result }) => metric.of(result)),
        })),
      },
    ],
  };
}

/** Picks the outputs of test rows that lie evenly among all, as many as there is time for. */
function outputsToTake({ data }: Ground, runs: number): (predictions: Float32Array) => Float32Array {
  return (predictions) => {
    const columns = predictions.length / data.testRows;
    const rows = Math.max(1, Math.min(data.testRows, Math.floor(MOST_PRODUCTS / (runs * runs * columns))));
    if (rows === data.testRows) return predictions;
    const taken = new Float32Array(rows * columns);
    for (let i = 0; i < rows; i += 1) {
      const row = Math.floor((i * data.testRows) / rows);
      taken.set(predictions.subarray(row * columns, (row + 1) * columns), i * columns);
    }
    return taken;
  };
}

/** `44.9 % for the initial weights, 21.2 % for the order of the data` */
function inAllWords(components: VarianceComponents, factors: readonly Factor[]): string {
  return factors
    .map(({ cause, words }) => `${percent(partNamed(components, `all of ${cause}`).share)} for ${words}`)
    .join(', ');
}

function besideBootstrap(components: VarianceComponents, factors: readonly Factor[]): string[] {
  const rows = factors.find(({ cause }) => cause === 'dataSubset');
  if (rows === undefined) return [];
  const { share, interval } = mainOf(components, rows);
  return [
    `Which rows one happens to have (a bootstrap) makes ${percent(share)} of the variance of predictions ` +
      `(${intervalWords(interval, percent)}); all that varies on the same rows makes the other ${percent(1 - share)}.`,
  ];
}

function roundingWords(components: VarianceComponents, factors: readonly Factor[]): string[] {
  const leaf = factors.find(({ cause }) => cause === 'batchLeaf');
  if (leaf === undefined) return [];
  const all = partNamed(components, 'all of batchLeaf');
  return [
    `All that the order of the sums, which is rounding alone, has a part in makes ${percent(all.share)} of the variance ` +
      `(${intervalWords(all, percent)}).`,
  ];
}
