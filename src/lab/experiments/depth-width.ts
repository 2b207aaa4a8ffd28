/** `depth-width`: do deeper and wider networks vary more? */
import { formatCount, formatList, formatMagnitude } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { HeatMap } from '../experiment/picture.js';
import { exp, log } from '../statistics/elementary.js';
import { type JackknifeInterval, jackknife } from '../statistics/jackknife.js';
import { mean } from '../statistics/moments.js';
import { spreadQuotient } from '../statistics/pair-table.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { type Arm, measureArm, type RunGroup, tasksOf, testMetric } from './run-measures.js';
import { armTables, distanceBars, metricDots } from './run-pictures.js';
import { requireCause, seedLevels, train, varied } from './varied.js';
import { effectInterval, intervalWords, times } from './wording.js';

const DEPTHS = [1, 2, 4];
const WIDTHS = [16, 64, 256];

export const depthWidth: Experiment = {
  name: 'depth-width',
  question: 'Do deeper and wider networks vary more from run to run?',
  folklore: 'The more layers and units, the more random weights, and the more the results vary.',
  summary: '9 networks of 1 to 4 hidden layers, 10 seeds each',
  repeats: 10,
  base: (choice) => baseSetting(choice),
  plan: (ground) => tasksOf(arms(ground).map(({ arm }) => arm)),
  conclude,
};

interface Shape {
  readonly depth: number;
  readonly width: number;
  readonly arm: Arm;
}

/** All shapes, by depth, then by width; initial weights and order move together. */
function arms({ base, repeats }: Ground): Shape[] {
  requireCause(base, 'depth');
  return DEPTHS.flatMap((depth) =>
    WIDTHS.map((width) => ({
      depth,
      width,
      arm: {
        label: `${depth} × ${width}`,
        tasks: seedLevels(repeats).map((seed) =>
          train(varied(base, { depth, width, initialWeights: seed, dataOrder: seed }), ['predictions']),
        ),
      },
    })),
  );
}

/** Of each of the two growths, so that both intervals hold at once in 95 of 100 cases (Bonferroni). */
const LEVEL_OF_EACH = 0.975;

function conclude(ground: Ground, results: Results): Conclusion {
  const groups = arms(ground).map(({ depth, width, arm }) => ({
    depth,
    width,
    group: measureArm(ground, results, arm),
  }));
  const metric = testMetric(ground);
  const of = (depth: number, width: number): RunGroup =>
    (groups.find((shape) => shape.depth === depth && shape.width === width) as (typeof groups)[number]).group;
  const [shallow, deep, narrow, wide] = [DEPTHS[0], DEPTHS[DEPTHS.length - 1], WIDTHS[0], WIDTHS[WIDTHS.length - 1]];
  const deeper = growth(WIDTHS.map((width) => [of(shallow, width), of(deep, width)]));
  const wider = growth(DEPTHS.map((depth) => [of(depth, narrow), of(depth, wide)]));
  // If each interval holds its growth, then these ends hold the smaller growth.
  const both = {
    estimate: Math.min(deeper.estimate, wider.estimate),
    low: Math.min(deeper.low, wider.low),
    high: Math.min(deeper.high, wider.high),
    level: 0.95,
  };
  const all = groups.map(({ group }) => group);
  return {
    verdict: verdict(both, { effect: 'above', threshold: 1 }),
    claim: 'Predictions vary more both with more layers and with more units.',
    statement:
      `Predictions of two runs were ${times(deeper.estimate)} times as far apart with ${deep} hidden layers as with ` +
      `${shallow} (${intervalWords(deeper, times)}), and ${times(wider.estimate)} times with ${wide} units a layer ` +
      `as with ${narrow} (${intervalWords(wider, times)}).`,
    effect: {
      name: 'the smaller of both growths of the distance of two runs',
      unit: '',
      estimate: both.estimate,
      beside: 1,
    },
    interval: effectInterval(both),
    findings: [growthWords('Depth', deeper), growthWords('Width', wider), extremeWords(all)],
    tables: [
      ...armTables('By hidden layers × units', 'Initial weights and order of the data move together.', metric, all),
    ],
    pictures: [
      heatMap(of),
      metricDots('depth-width-metric', 'Every run, by hidden layers × units.', metric, all),
      distanceBars('depth-width-distance', 'By hidden layers × units.', all),
    ],
  };
}

/**
 * Geometric mean of how many times as far apart two runs of the larger network are as two of the smaller. Run i has the
 * same seeds in all networks, and is left out of all at once.
 */
function growth(pairs: readonly (readonly [smaller: RunGroup, larger: RunGroup])[]): JackknifeInterval {
  return jackknife(
    [pairs[0][0].results.length],
    (left) =>
      exp(
        mean(
          pairs.map(([smaller, larger]) =>
            log(spreadQuotient(larger.distances.mean(left?.unit), smaller.distances.mean(left?.unit))),
          ),
        ),
      ),
    { scale: 'log', level: LEVEL_OF_EACH },
  );
}

function growthWords(what: string, { low, high, estimate }: JackknifeInterval): string {
  if (low > 1) return `${what} makes runs vary more.`;
  if (high < 1) return `${what} makes runs vary less.`;
  return `Whether ${what.toLowerCase()} makes runs vary more or less these seeds cannot tell (${times(estimate)} times).`;
}

function extremeWords(groups: readonly RunGroup[]): string {
  const ordered = [...groups].sort((a, b) => a.distances.mean() - b.distances.mean());
  const [least, most] = [ordered[0], ordered[ordered.length - 1]];
  return `Two runs were nearest with ${words(least)} and furthest apart with ${words(most)}.`;
}

function words({ label, distances }: RunGroup): string {
  return `${label} (${formatMagnitude(distances.mean())})`;
}

function heatMap(of: (depth: number, width: number) => RunGroup): HeatMap {
  return {
    kind: 'heatmap',
    id: 'depth-width-heatmap',
    title: 'How far two runs are apart',
    caption: `Hidden layers (${formatList(DEPTHS)}) by units of each (${formatList(WIDTHS)}).`,
    xLabel: 'units of a layer',
    yLabel: 'hidden layers',
    columns: WIDTHS.map(formatCount),
    rows: DEPTHS.map(formatCount),
    values: DEPTHS.map((depth) => WIDTHS.map((width) => of(depth, width).distances.mean())),
    value: { label: 'mean absolute difference of predictions', format: 'number' },
  };
}
