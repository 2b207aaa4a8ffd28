/** `mini-batches`: do larger batches make runs more alike? */
import { expected } from '../../errors.js';
import { formatCount, formatMagnitude } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { LinePicture } from '../experiment/picture.js';
import { distanceRatio } from '../statistics/pair-table.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { type Arm, measureArm, type RunGroup, tasksOf, testMetric } from './run-measures.js';
import { armTables, distanceSeries, metricDots } from './run-pictures.js';
import { seedLevels, shuffled, train, varied } from './varied.js';
import { effectInterval, intervalWords, times } from './wording.js';

export const miniBatches: Experiment = {
  name: 'mini-batches',
  question: 'Do larger batches make runs more alike?',
  folklore: 'Mini-batches make gradients noisy; larger batches make training stable and its results repeatable.',
  summary: '10 draws of the batches at each of 4 batch sizes',
  repeats: 10,
  base: (choice) => baseSetting(choice),
  plan: (ground) => tasksOf(sizes(ground).flatMap(({ epochs, steps }) => [epochs, steps])),
  conclude,
};

/** Over the recipe's own batch size: of 32 rows 8, 32, 128 and 512. */
const FACTORS = [1 / 4, 1, 4, 16];

interface Size {
  readonly rows: number;
  /** As many epochs as the recipe has. */
  readonly epochs: Arm;
  /** About as many steps as the recipe makes: other epochs. */
  readonly steps: Arm;
}

/** Batches of up to all rows; each size with the same seeds of the order, the initial weights held. */
function sizes({ base, data, repeats }: Ground): Size[] {
  const rows = batchSizes(base.recipe.fit.batchSize, data.rows);
  const setting = shuffled(base);
  const { epochs, batchSize } = base.recipe.fit;
  const arm = (label: string, levels: { readonly batchSize: number; readonly epochs: number }): Arm => ({
    label,
    tasks: seedLevels(repeats).map((seed) => train(varied(setting, { ...levels, dataOrder: seed }), ['predictions'])),
  });
  const stepsPerEpoch = (size: number): number => Math.ceil(data.rows / size);
  const steps = epochs * stepsPerEpoch(batchSize);
  return rows.map((size) => ({
    rows: size,
    epochs: arm(`${formatCount(size)} rows`, { batchSize: size, epochs }),
    steps: arm(`${formatCount(size)} rows, as many steps`, {
      batchSize: size,
      epochs: Math.max(1, Math.round(steps / stepsPerEpoch(size))),
    }),
  }));
}

function batchSizes(own: number, all: number): number[] {
  const rows = [...new Set(FACTORS.map((factor) => Math.min(all, Math.max(1, Math.round(factor * own)))))];
  if (rows.length > 1) return rows;
  throw expected('more training rows than one batch', 'data', `${all} rows`, 'ERR_SAMEBITS_DATA');
}

interface MeasuredSize {
  readonly rows: number;
  readonly epochs: RunGroup;
  readonly steps: RunGroup;
}

function conclude(ground: Ground, results: Results): Conclusion {
  const measured = sizes(ground).map(
    ({ rows, epochs, steps }): MeasuredSize => ({
      rows,
      epochs: measureArm(ground, results, epochs),
      steps: measureArm(ground, results, steps),
    }),
  );
  const metric = testMetric(ground);
  const [smallest, largest] = [measured[0], measured[measured.length - 1]];
  // The same seeds of the order at every size: a seed is left out at all of them.
  const ratio = distanceRatio(smallest.epochs.distances, largest.epochs.distances, { paired: true });
  const groups = measured.flatMap(({ epochs, steps }) => [epochs, steps]);
  return {
    verdict: verdict(ratio, { effect: 'below', threshold: 1 }),
    claim: `Batches of ${formatCount(largest.rows)} rows make the predictions of two runs more alike than batches of ${formatCount(smallest.rows)} do.`,
    statement:
      `With only the draw of the batches varied, predictions of two runs were ${apart(smallest.epochs)} apart on average ` +
      `with ${formatCount(smallest.rows)} rows a batch and ${apart(largest.epochs)} with ${formatCount(largest.rows)}: ` +
      `${times(ratio.estimate)} times as far (${intervalWords(ratio, times)}).`,
    effect: {
      name: 'difference of predictions with the largest batches over that with the smallest',
      unit: '',
      estimate: ratio.estimate,
      beside: 1,
    },
    interval: effectInterval(ratio),
    findings: [stepsWords(smallest, largest), ...fullBatchWords(largest, ground.data.rows)],
    tables: [
      ...armTables(
        'By rows of a batch',
        'Larger batches make fewer steps in as many epochs; beside them, runs with as many steps.',
        metric,
        groups,
      ),
    ],
    pictures: [lines(measured), metricDots('mini-batches-metric', 'Every draw of the batches.', metric, groups)],
  };
}

function apart({ distances }: RunGroup): string {
  return formatMagnitude(distances.mean());
}

function stepsWords(smallest: MeasuredSize, largest: MeasuredSize): string {
  const ratio = distanceRatio(smallest.steps.distances, largest.steps.distances, { paired: true });
  return (
    'As many epochs are fewer steps with larger batches; with other epochs for about as many steps ' +
    `(${formatCount(largest.steps.results[0].steps)} and ${formatCount(smallest.steps.results[0].steps)}), predictions ` +
    `were ${times(ratio.estimate)} times as far apart with ${formatCount(largest.rows)} rows a batch as with ` +
    `${formatCount(smallest.rows)} (${intervalWords(ratio, times)}).`
  );
}

function fullBatchWords({ rows, epochs }: MeasuredSize, all: number): string[] {
  if (rows < all) return [];
  return [
    `A batch of all ${formatCount(all)} rows leaves nothing to draw; other orders of the rows in it round otherwise, and set ` +
      `predictions ${apart(epochs)} apart on average.`,
  ];
}

function lines(measured: readonly MeasuredSize[]): LinePicture {
  return {
    kind: 'lines',
    id: 'mini-batches-distance',
    title: 'How far two runs are apart, by rows of a batch',
    caption: 'Do the lines fall?',
    x: { label: 'rows of a batch', scale: 'log', format: 'count' },
    y: { label: 'mean absolute difference of predictions', format: 'number' },
    series: [
      distanceSeries(
        'as many epochs',
        measured.map(({ rows, epochs }) => ({ x: rows, group: epochs })),
      ),
      distanceSeries(
        'as many steps',
        measured.map(({ rows, steps }) => ({ x: rows, group: steps })),
      ),
    ],
  };
}
