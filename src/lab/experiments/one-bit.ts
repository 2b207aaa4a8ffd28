/** The lowest bit of one initial weight inverted: as far apart at the end as another seed? */
import type { Setting } from '../../causes/cause.js';
import { formatMagnitude } from '../../format.js';
import { parametersOf } from '../../model/description.js';
import type { FlippedBit } from '../../model/flipped-bit.js';
import { dividedRate } from '../../model/schedules.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import { Deviates } from '../statistics/deviates.js';
import { signFlipTest } from '../statistics/permutation.js';
import { superiority } from '../statistics/superiority.js';
import { verdict } from '../verdict.js';
import { partingPictures, partingTables } from './parting-pictures.js';
import {
  AS_FAR,
  endWords,
  farAsSeed,
  measureParting,
  otherSeeds,
  type Parting,
  type PartingArm,
  pair,
  pairsOf,
  partingWords,
  reluWords,
  seededBases,
  shareWords,
} from './partings.js';
import { restlessBase } from './threads-and-order.js';
import { varied } from './varied.js';
import { effectInterval, intervalWords, percent } from './wording.js';

/** Weights of each seed, one at a time. */
const FLIPS = 4;
/** The second kind of runs: with smaller steps, less grows. */
const CALMER = 10;

export const oneBit: Experiment = {
  name: 'one-bit',
  question: 'Does inverting the lowest bit of one initial weight lead as far away as another seed?',
  folklore: 'Training is chaotic: the smallest difference grows until two runs have nothing in common.',
  summary: '20 seeds, 4 flipped bits of each, at 2 learning rates',
  repeats: 20,
  base: restlessBase,
  plan: (ground) => pairsOf([...arms(ground), otherSeeds(ground)]),
  conclude,
};

function arms(ground: Ground): PartingArm[] {
  const calmer = dividedRate(ground.base.recipe.optimizer.learningRate, CALMER);
  const text = typeof calmer === 'number' ? `learning rate ${formatMagnitude(calmer)}` : 'a tenth of the learning rate';
  return [
    { label: 'one bit', seeds: flippedPairs(ground, seededBases(ground)) },
    {
      label: `one bit, ${text}`,
      seeds: flippedPairs(
        ground,
        seededBases(ground).map((setting) => varied(setting, { learningRate: calmer })),
      ),
    },
  ];
}

function flippedPairs(ground: Ground, bases: readonly Setting[]): PartingArm['seeds'] {
  return bases.map((setting, i) => {
    const whole = varied(setting, { flippedBit: null });
    return flips(ground, i + 1).map((flippedBit) => pair(whole, varied(whole, { flippedBit })));
  });
}

/** Lowest bits of weights drawn at random, from each kernel in turn. A bias begins as 0, of which a bit is next to nothing. */
function flips({ base, data }: Ground, seed: number): FlippedBit[] {
  const kernels = parametersOf(base.recipe.model, data.columns).filter(({ kind }) => kind === 'kernel');
  const deviates = new Deviates(seed, 'one bit');
  return Array.from({ length: FLIPS }, (_, i) => {
    const { name, size } = kernels[i % kernels.length];
    return { tensor: name, index: deviates.below(size), bit: 0 };
  });
}

function conclude(ground: Ground, results: Results): Conclusion {
  const [flipped, calmer] = arms(ground).map((arm) => measureParting(results, arm));
  const seeds = measureParting(results, otherSeeds(ground));
  const ratio = farAsSeed(flipped, seeds);
  const further = superiority(flipped.distances, seeds.distances);
  const alike = signFlipTest(flipped.distances, seeds.distances);
  return {
    verdict: verdict(ratio, { effect: 'above', threshold: AS_FAR }),
    claim: `One flipped bit leads as far away as another seed (at least ${100 * AS_FAR} % as far).`,
    statement:
      flipped.equal === flipped.pairs.length
        ? `None of ${flipped.pairs.length} flipped bits left a trace after ${flipped.steps} steps.`
        : `With the lowest bit of one initial weight inverted, ${endWords(flipped)}, with another seed ` +
          `${seedWords(seeds)}: predictions ended ${percent(ratio.estimate)} as far apart (${intervalWords(ratio, percent)}), ` +
          `and ${flipped.equal} of ${flipped.pairs.length} flips left no trace.`,
    effect: {
      name: 'distance of predictions after one flipped bit, over that of another seed',
      unit: '',
      estimate: Number.isFinite(ratio.estimate) ? ratio.estimate : null,
      beside: AS_FAR,
    },
    interval: effectInterval(ratio),
    findings: [
      `After a flip ${partingWords(flipped)}.`,
      `A seed's flips ended further away than another seed with probability ${formatMagnitude(further.probability, 2)} ` +
        `(${intervalWords(further, (value) => formatMagnitude(value, 2))}); the two have the same mean with p = ` +
        `${formatMagnitude(alike.p, 2)} (sign flips, seed by seed).`,
      calmerWords(calmer),
      reluWords([flipped, calmer]),
    ],
    tables: partingTables('One bit against another seed', [flipped, calmer], seeds),
    pictures: partingPictures('one-bit', [flipped, calmer], seeds),
  };
}

function seedWords({ differing, distances }: Parting): string {
  return differing === null ? `${formatMagnitude(distances[0])} in the first pair` : shareWords(differing);
}

function calmerWords(calmer: Parting): string {
  const words = `At a tenth of the learning rate ${partingWords(calmer)}, and ${endWords(calmer)}`;
  return `${words}; ${calmer.equal} of ${calmer.pairs.length} flips left no trace.`;
}
