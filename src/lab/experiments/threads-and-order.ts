/** Threads and the order of reductions: rounding alone. */
import type { Setting } from '../../causes/cause.js';
import { formatList } from '../../format.js';
import { sgd } from '../../model/optimizers.js';
import type { BaseChoice, Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { Task, TrainTask } from '../experiment/task.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { partingPictures, partingTables } from './parting-pictures.js';
import {
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
} from './partings.js';
import { train, varied } from './varied.js';
import { counted, exactly, intervalWords, percent } from './wording.js';

const THREADS = [1, 2, 4, 8];
/** Runs of one seed in free order, to see whether it repeats. */
const AGAIN = 5;

/** Two hidden layers and a large step: where rounding has something to grow in, and digits are read well. */
export function restlessBase(choice: BaseChoice): Setting {
  return baseSetting(choice, { hidden: [64, 64], optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) });
}

export const threadsAndOrder: Experiment = {
  name: 'threads-and-order',
  question: 'Do the number of threads and the order in which they add change what is trained?',
  folklore: 'Training on several threads cannot be reproduced: sums are made in another order each time.',
  summary: '10 seeds at 1, 2, 4 and 8 threads, in fixed and free order',
  repeats: 10,
  base: restlessBase,
  *plan(ground): Generator<Task> {
    yield* fixedRuns(ground).flat();
    yield* freeAgain(ground).flat();
    yield* pairsOf([...freeArms(ground), otherSeeds(ground)]);
  },
  conclude,
};

function fixed(setting: Setting, threads: number): Setting {
  return varied(setting, { reduction: 'fixed', threads });
}

function free(setting: Setting, threads: number): Setting {
  return varied(setting, { reduction: 'free', threads });
}

/** For each seed a run at each number of threads. */
function fixedRuns(ground: Ground): TrainTask[][] {
  return seededBases(ground).map((setting) => THREADS.map((threads) => train(fixed(setting, threads), [])));
}

/** The first seed in free order, over and over, at each number of threads beyond 1. */
function freeAgain(ground: Ground): TrainTask[][] {
  const [setting] = seededBases(ground);
  return THREADS.slice(1).map((threads) =>
    Array.from({ length: AGAIN }, (_, repeat) => train(free(setting, threads), [], repeat)),
  );
}

function freeArms(ground: Ground): PartingArm[] {
  const bases = seededBases(ground);
  return THREADS.slice(1).map((threads) => ({
    label: `free order at ${threads} threads`,
    seeds: bases.map((setting) => [pair(fixed(setting, 1), free(setting, threads))]),
  }));
}

function conclude(ground: Ground, results: Results): Conclusion {
  const runs = fixedRuns(ground).map((tasks) => tasks.map((task) => results.get(task).fingerprint));
  const broken = runs.flatMap(([first, ...others]) => others.filter((fingerprint) => fingerprint !== first)).length;
  const compared = runs.length * (THREADS.length - 1);
  const interval = exactly(broken / compared);
  const again = freeAgain(ground).map((tasks) => new Set(tasks.map((task) => results.get(task).fingerprint)).size);
  const partings = freeArms(ground).map((arm) => measureParting(results, arm));
  const seeds = measureParting(results, otherSeeds(ground));
  return {
    verdict: verdict(interval, { effect: 'above', threshold: 0 }),
    claim: 'Training on several threads changes the bits, whatever the order of the sums.',
    statement: `${fixedWords(broken, compared, ground)}; ${freeWords(partings)}.`,
    effect: {
      name: 'share of fixed-order runs with other bits than at 1 thread',
      unit: '',
      estimate: broken / compared,
    },
    interval,
    findings: [
      `Free order, ${AGAIN} times with one seed, gave ${formatList(again.map((count) => `${counted(count, 'result')}`))} at ` +
        `${formatList(THREADS.slice(1))} threads.`,
      ...partings.map((parting) => keptWords(parting, seeds)),
      reluWords(partings),
      `For comparison, another seed: ${endWords(seeds)}.`,
    ],
    tables: partingTables('Free order against fixed order', partings, seeds),
    pictures: partingPictures('threads-and-order', partings, seeds),
  };
}

function fixedWords(broken: number, compared: number, { repeats }: Ground): string {
  const at = `at ${formatList(THREADS)} threads`;
  if (broken === 0) return `Fixed order gave the same bits ${at}, with each of ${repeats} seeds`;
  return `Fixed order gave other bits in ${broken} of ${compared} runs ${at}, which is a fault of this build`;
}

function freeWords(partings: Parameters<typeof reluWords>[0]): string {
  const parted = partings.filter(({ first }) => first !== null);
  if (parted.length === 0) return 'in free order nothing parted this time either';
  const [widest] = [...parted].sort((a, b) => a.equal - b.equal);
  return `in ${widest.label} ${partingWords(widest)}, and ${endWords(widest)}`;
}

function keptWords(parting: Parting, seeds: Parting): string {
  const { label, pairs, equal, first } = parting;
  const kept = `In ${label} ${equal} of ${counted(pairs.length, 'run')} kept fixed order's weights`;
  if (first === null) return `${kept} this time.`;
  const ratio = farAsSeed(parting, seeds);
  return (
    `${kept}; predictions ended ${percent(ratio.estimate)} as far away as those of another seed ` +
    `(${intervalWords(ratio, percent)}).`
  );
}
