/** Random pairs: levels are drawn for each pair, and its two runs share all causes but one, or none. */
import type { CauseName } from '../../causes/cause.js';
import type { Conclusion, Ground, Results } from '../experiment/experiment.js';
import type { Table } from '../experiment/picture.js';
import type { TrainTask } from '../experiment/task.js';
import { effectInterval, intervalWords } from '../experiments/wording.js';
import { Deviates } from '../statistics/deviates.js';
import { type PairShares, pairShares } from '../statistics/pairs.js';
import { verdict } from '../verdict.js';
import type { CheckedDescription } from './description.js';
import {
  type CustomDesign,
  capital,
  claimWords,
  shareBars,
  shareWords,
  titleOf,
  trainOn,
  withLevels,
} from './design.js';
import { keptFor, type MeasureWords, measuresOf, squaredDistanceOf } from './measure.js';

export const randomPairs: CustomDesign = {
  *plan(description, ground) {
    for (const { a, b } of pairs(description, ground)) {
      yield a;
      yield b;
    }
  },
  conclude,
  summary: ({ causes, repeats }) =>
    `${repeats} pairs for each of ${causes.length} causes, and ${repeats} that share nothing`,
};

interface Pair {
  readonly differing: readonly CauseName[];
  readonly a: TrainTask;
  readonly b: TrainTask;
}

/** The same pairs each time: levels are drawn by the name of the experiment. */
function* pairs(description: CheckedDescription, ground: Ground): Generator<Pair> {
  const { causes, name } = description;
  const keep = keptFor(measuresOf(description, ground));
  const deviates = new Deviates(name, 'random pairs');
  const draw = (count: number): number => deviates.below(count);
  const sets = [
    ...causes.map((cause) => [cause.name]),
    ...(causes.length > 1 ? [causes.map((cause) => cause.name)] : []),
  ];
  for (const differing of sets) {
    for (let repeat = 0; repeat < ground.repeats; repeat += 1) {
      const a: [CauseName, unknown][] = [];
      const b: [CauseName, unknown][] = [];
      for (const { name: cause, levels } of causes) {
        const first = draw(levels.length);
        // Drawn anew, not among the others: levels of two runs that share nothing may be equal by chance.
        const second = differing.includes(cause) ? draw(levels.length) : first;
        a.push([cause, levels[first]]);
        b.push([cause, levels[second]]);
      }
      yield { differing, a: trainOn(withLevels(ground.base, a), keep), b: trainOn(withLevels(ground.base, b), keep) };
    }
  }
}

function conclude(description: CheckedDescription, ground: Ground, results: Results): Conclusion {
  const measures = measuresOf(description, ground);
  const [first] = measures;
  const { claim } = description;
  const shares = sharesOf(description, ground, results, first);
  const title = titleOf(claim.cause);
  const { share } = shareOf(shares, claim.cause);
  const runs = 2 * [...pairs(description, ground)].length;
  return {
    verdict: verdict(share, claim),
    claim: `${capital(title)} has a share ${claimWords(claim)} in the variance of the ${first.name}, alone and with others.`,
    statement:
      shares.variance === 0
        ? `Nothing moved the ${first.name} in ${runs} runs.`
        : `${capital(title)} has a share of ${shareWords(share.estimate)} in the variance of the ${first.name} over ${runs} runs in pairs (${intervalWords(share, shareWords)}).`,
    effect: { name: `share of the variance of the ${first.name}`, unit: '', estimate: share.estimate },
    interval: effectInterval(share),
    findings: ['Shares add up to more than 1 where causes act together: each counts what it does with the others too.'],
    tables: measures.map((words) =>
      shareTable(words === first ? shares : sharesOf(description, ground, results, words), description, words),
    ),
    pictures: [
      shareBars(
        description.causes.map(({ name }) => {
          const found = shareOf(shares, name).share;
          return { label: titleOf(name), share: found.estimate, interval: found };
        }),
        {
          title: `What moves the ${first.name}`,
          caption: 'The share of the variance that a cause makes, alone and with others. No bar: nothing.',
          label: 'share of the variance',
        },
      ),
    ],
  };
}

function sharesOf(description: CheckedDescription, ground: Ground, results: Results, words: MeasureWords): PairShares {
  const names = description.causes.map(({ name }) => name);
  const found = [...pairs(description, ground)].map(({ differing, a, b }) => ({
    differing,
    squaredDifference: squaredDistanceOf(results.get(a), results.get(b), words),
  }));
  return pairShares(names, found);
}

function shareOf({ shares }: PairShares, cause: CauseName): PairShares['shares'][number] {
  return shares.find(
    ({ differing }) => differing.length === 1 && differing[0] === cause,
  ) as PairShares['shares'][number];
}

function shareTable(shares: PairShares, { causes }: CheckedDescription, { name }: MeasureWords): Table {
  return {
    title: `Variance of the ${name}, by cause`,
    caption: `Half the mean square of the differences of two runs; of runs that share nothing it is ${shares.variance.toPrecision(3)}.`,
    columns: [
      { name: 'cause that differs' },
      { name: 'pairs', format: 'count' },
      { name: 'variance', format: 'number' },
      { name: 'share', format: 'share' },
      { name: 'low', format: 'share' },
      { name: 'high', format: 'share' },
    ],
    rows: causes.map((cause) => {
      const { pairs: count, variance, share } = shareOf(shares, cause.name);
      const { low, high } = effectInterval(share) ?? { low: null, high: null };
      return [titleOf(cause.name), count, variance, share.estimate, low, high];
    }),
  };
}
