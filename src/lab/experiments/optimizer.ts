/** `optimizer`: is Adam random by itself, is it more sensitive than others, does its epsilon matter? */

import { formatList, formatMagnitude } from '../../format.js';
import { denseLayers } from '../../model/description.js';
import { adam, type Optimizer, rmsprop, sgd } from '../../model/optimizers.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { Table } from '../experiment/picture.js';
import { meanAbsoluteDifference } from '../measures/run-pairs.js';
import { type JackknifeInterval, jackknife } from '../statistics/jackknife.js';
import { mean } from '../statistics/moments.js';
import { distanceRatio, spreadQuotient } from '../statistics/pair-table.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { type Arm, measureArm, type RunGroup, tasksOf, testMetric } from './run-measures.js';
import { armTables, bar, distanceBars, metricDots } from './run-pictures.js';
import { type Levels, seedLevels, train, varied, withOptimizer } from './varied.js';
import { counted, exactly, intervalWords, times } from './wording.js';

/** With the learning rates that Keras gives them. */
const OPTIMIZERS: readonly { readonly label: string; readonly level: Optimizer }[] = [
  { label: 'SGD', level: sgd() },
  { label: 'momentum', level: sgd({ momentum: 0.9 }) },
  { label: 'RMSprop', level: rmsprop() },
  { label: 'Adam', level: adam() },
];
const ADAM = OPTIMIZERS.length - 1;
const EPSILONS = [1e-8, 1e-3];
/** Runs with everything held, at 1 and at 2 threads. */
const CONTROLS = [1, 1, 2, 2];

export const optimizer: Experiment = {
  name: 'optimizer',
  question: 'Is Adam random by itself, more sensitive than other optimizers, and does its epsilon matter?',
  folklore:
    'Adaptive optimizers such as Adam bring a randomness of their own, so results differ even with a fixed seed.',
  summary: '4 optimizers: repeats, 10 seeds, 10 flipped bits; 3 epsilons',
  repeats: 10,
  base: (choice) => baseSetting(choice),
  plan: (ground) => tasksOf(arms(ground).all),
  conclude,
};

interface Arms {
  /** By optimizer: everything held. */
  readonly held: readonly Arm[];
  /** By optimizer: seeds of the initial weights. */
  readonly seeds: readonly Arm[];
  /** By optimizer: the same seeds, each with the lowest bit of one initial weight inverted. */
  readonly flipped: readonly Arm[];
  /** Of Adam: the same seeds with other epsilons. */
  readonly epsilons: readonly Arm[];
  readonly all: readonly Arm[];
}

function arms({ base, repeats }: Ground): Arms {
  const fixed = varied(base, { reduction: 'fixed' });
  const seeds = seedLevels(repeats);
  const layers = denseLayers(base.recipe.model);
  // In the last layer: the first column of the data may be 0 in every row.
  const last = layers[layers.length - 1];
  const flippedBit = { tensor: `${last.name}/kernel`, index: 0, bit: 0 };
  const held = OPTIMIZERS.map(({ label, level }) => ({
    label: `nothing, ${label}`,
    tasks: CONTROLS.map((threads, repeat) =>
      train(varied(withOptimizer(fixed, level), { initialWeights: 1, threads }), ['predictions'], repeat),
    ),
  }));
  const overSeeds = (label: string, level: Optimizer, levels: Levels = {}): Arm => ({
    label,
    tasks: seeds.map((seed) =>
      train(varied(withOptimizer(fixed, level), { ...levels, initialWeights: seed }), ['predictions']),
    ),
  });
  const bySeed = OPTIMIZERS.map(({ label, level }) => overSeeds(label, level));
  const flipped = OPTIMIZERS.map(({ label, level }) => overSeeds(`${label}, one bit flipped`, level, { flippedBit }));
  const epsilons = EPSILONS.map((epsilon) => overSeeds(`Adam, epsilon ${epsilon}`, adam({ epsilon })));
  return { held, seeds: bySeed, flipped, epsilons, all: [...held, ...bySeed, ...flipped, ...epsilons] };
}

function conclude(ground: Ground, results: Results): Conclusion {
  const planned = arms(ground);
  const measured = (list: readonly Arm[]): RunGroup[] => list.map((arm) => measureArm(ground, results, arm));
  const [held, seeds] = [measured(planned.held), measured(planned.seeds)];
  const [flipped, epsilons] = [measured(planned.flipped), measured(planned.epsilons)];
  const metric = testMetric(ground);
  const byBit = flipped.map((group, i) => ({ label: OPTIMIZERS[i].label, ...besides(seeds[i], group) }));
  const [first, ...others] = held[ADAM].results;
  const unequal = others.filter(({ stateFingerprint }) => stateFingerprint !== first.stateFingerprint).length;
  const runs = held[ADAM].results.length;
  return {
    verdict: verdict({ low: unequal, high: unequal }, { effect: 'above', threshold: 0 }),
    claim: 'Adam gives other results when it is repeated with everything held.',
    statement:
      unequal === 0
        ? `Adam repeated ${runs} times with everything held, at ${formatList([...new Set(CONTROLS)])} threads, gave the same ` +
          'bits each time: it draws nothing at random.'
        : `Adam repeated ${runs} times with everything held gave other bits than the first time in ${counted(unequal, 'run')}.`,
    effect: { name: 'repeats of Adam with other bits than the first', unit: 'runs', estimate: unequal },
    interval: exactly(unequal),
    findings: [
      heldWords(held.slice(0, ADAM)),
      ...seeds.slice(0, ADAM).map((group) => seedWords(group, seeds[ADAM])),
      bitWords(byBit),
      ...epsilons.map((group) => epsilonWords(group, seeds[ADAM])),
    ],
    tables: [
      ...armTables(
        'Optimizers over seeds of the initial weights',
        'Default learning rates; the same seeds with each.',
        metric,
        [...seeds, ...epsilons],
      ),
      bitTable(byBit, seeds),
    ],
    pictures: [
      metricDots('optimizer-metric', 'The same seeds with each optimizer.', metric, [...seeds, ...epsilons]),
      distanceBars('optimizer-seeds', 'Two runs with other initial weights.', [...seeds, ...epsilons]),
      {
        kind: 'bars',
        id: 'optimizer-bit',
        title: 'One flipped bit of one initial weight',
        caption: 'How far predictions are from those of the same run without it.',
        value: { label: 'mean absolute difference of predictions', format: 'number' },
        bars: byBit.map(({ label, apart }) => bar(label, apart)),
      },
    ],
  };
}

/** Runs of one seed each, beside runs of the same seeds that differ in one thing. */
interface Beside {
  /** Mean difference of predictions, run by run. */
  readonly apart: JackknifeInterval;
  /** The same over the difference by another seed. */
  readonly ratio: JackknifeInterval;
}

function besides(seeds: RunGroup, other: RunGroup): Beside {
  const differences = seeds.predictions.map(({ data }, i) => meanAbsoluteDifference(data, other.predictions[i].data));
  const without = (left: number | null): number => mean(differences.filter((_, i) => i !== left));
  const apart = jackknife([differences.length], (left) => without(left?.unit ?? null));
  const ratio = jackknife(
    [differences.length],
    (left) => spreadQuotient(without(left?.unit ?? null), seeds.distances.mean(left?.unit)),
    { scale: 'log' },
  );
  return { apart: { ...apart, low: Math.max(0, apart.low) }, ratio };
}

function heldWords(held: readonly RunGroup[]): string {
  const unequal = held.filter(({ distinct }) => distinct > 1);
  const names = (indices: readonly number[]): string => formatList(indices.map((i) => OPTIMIZERS[i].label));
  const which = unequal.length === 0 ? held : unequal;
  return `${names(which.map((group) => held.indexOf(group)))} ${unequal.length === 0 ? 'gave the same bits each time, too' : 'did not give the same bits each time'}.`;
}

function seedWords(group: RunGroup, adamGroup: RunGroup): string {
  const ratio = distanceRatio(group.distances, adamGroup.distances, { paired: true });
  const told =
    ratio.low > 1
      ? 'more sensitive to the seed'
      : ratio.high < 1
        ? 'less sensitive to the seed'
        : 'no difference that these seeds can tell';
  return (
    `Another seed moved predictions ${times(ratio.estimate)} times as far with Adam as with ${group.label} ` +
    `(${intervalWords(ratio, times)}): ${told}.`
  );
}

function bitWords(byBit: readonly ({ readonly label: string } & Beside)[]): string {
  return `The lowest bit of one initial weight inverted moved predictions by ${formatList(
    byBit.map(({ label, apart }) => `${formatMagnitude(apart.estimate)} with ${label}`),
  )} on average.`;
}

function epsilonWords(group: RunGroup, seeds: RunGroup): string {
  const { apart, ratio } = besides(seeds, group);
  return (
    `${group.label} instead of 1e-7 moved predictions by ${formatMagnitude(apart.estimate)}, ` +
    `${times(ratio.estimate)} times as far as another seed does (${intervalWords(ratio, times)}).`
  );
}

function bitTable(byBit: readonly ({ readonly label: string } & Beside)[], seeds: readonly RunGroup[]): Table {
  return {
    title: 'One flipped bit against another seed',
    caption: 'Mean absolute difference of predictions; 1 would mean that one bit moves as much as another seed.',
    columns: [
      { name: 'optimizer' },
      { name: 'one bit', format: 'number' },
      { name: 'another seed', format: 'number' },
      { name: 'ratio', format: 'number' },
      { name: 'from', format: 'number' },
      { name: 'to', format: 'number' },
    ],
    rows: byBit.map(({ label, apart, ratio }, i) => [
      label,
      apart.estimate,
      seeds[i].distances.mean(),
      ratio.estimate,
      Number.isNaN(ratio.low) ? null : ratio.low,
      Number.isNaN(ratio.high) ? null : ratio.high,
    ]),
  };
}
