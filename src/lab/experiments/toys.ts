/** The toy networks of tutorials, whose results are another each time: all that is left to chance in them, in one factorial. */

import type { CauseName, Setting } from '../../causes/cause.js';
import { CAUSES } from '../../causes/causes.js';
import { expected } from '../../errors.js';
import { formatCount } from '../../format.js';
import type { Layer } from '../../model/layers.js';
import { rescaling } from '../../model/layers.js';
import { parseRecipe } from '../../model/recipe.js';
import type { BaseChoice, Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import { type VarianceComponents, varianceComponents } from '../statistics/factorial.js';
import { verdict } from '../verdict.js';
import { BASE_SEED, baseSetting } from './base-setting.js';
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
  titleOf,
  usualParts,
  weightsOnTheSameRows,
} from './factorial-plan.js';
import { testMetric } from './run-measures.js';
import { requireCause, seedLevels } from './varied.js';
import { counted, effectInterval, exactly, intervalWords, percent } from './wording.js';

/** What one toy is. */
export interface Toy {
  readonly name: string;
  readonly question: string;
  readonly folklore: string;
  readonly summary: string;
  readonly data: NonNullable<BaseChoice['data']>;
  /** Without what scales the data. */
  readonly layers: readonly Layer[];
  /** Loss and metrics. */
  readonly objective: object;
  /** Classes that the user's data must have, 0 for a regression. */
  readonly classes: number;
}

const EPOCHS = 10;
const MOST = 0.5;

export function toyExperiment(toy: Toy): Experiment {
  const { name, question, folklore, summary } = toy;
  return {
    name,
    question,
    folklore,
    summary,
    repeats: 8,
    base: (choice) => toyBase(toy, choice),
    *plan(ground) {
      const { runs } = design(ground);
      for (const { task } of runs) yield task;
      yield* controlsOf(runs);
    },
    conclude: (ground, results) => conclude(name, ground, results),
  };
}

/** The toy itself, or the toy's network on the user's data, or the user's recipe. */
function toyBase(toy: Toy, choice: BaseChoice): Setting {
  const data = choice.data ?? toy.data;
  if (choice.recipe !== undefined) return baseSetting({ ...choice, data });
  if (data.classes !== toy.classes) {
    const what = toy.classes === 0 ? 'numbers as targets, not classes,' : `${toy.classes} classes`;
    const found = data.classes === 0 ? 'numbers' : data.classes;
    throw expected(what, `the data of ${toy.name}`, found, 'ERR_SAMEBITS_DATA');
  }
  const scale = data.scale === 1 ? [] : [rescaling({ scale: data.scale })];
  const recipe = parseRecipe({
    model: { layers: [...scale, ...toy.layers] },
    seed: BASE_SEED,
    optimizer: 'adam',
    ...toy.objective,
    fit: { epochs: EPOCHS, batchSize: 32 },
  });
  return baseSetting({ ...choice, data, recipe });
}

interface Design {
  readonly factors: readonly Factor[];
  readonly runs: readonly Combination[];
  /** The cause that draws other rows. */
  readonly rows: CauseName;
}

/** A toy makes its data up anew each time; other data are drawn from with replacement. */
function design({ base, repeats }: Ground): Design {
  requireCause(base, 'initialWeights');
  const levels = seedLevels(repeats);
  const factors: Factor[] = [
    CAUSES.dataSeed.applies(base)
      ? { cause: 'dataSeed', words: 'the data, which are made up anew', levels }
      : { cause: 'dataSubset', words: 'the rows, which are drawn anew', levels },
    { cause: 'initialWeights', words: 'the initial weights', levels },
    { cause: 'dataOrder', words: 'the order of the rows', levels },
  ];
  const moved = factors.filter(({ cause }) => CAUSES[cause].applies(base));
  return { factors: moved, runs: combinations(base, moved, []), rows: factors[0].cause };
}

function conclude(name: string, ground: Ground, results: Results): Conclusion {
  const { factors, runs, rows } = design(ground);
  const metric = testMetric(ground);
  const found = runs.map(({ levels, task }) => ({ levels, value: metric.of(results.get(task)) }));
  const components = varianceComponents(
    factors.map(({ cause }) => cause),
    found,
    {
      parts: [...usualParts(factors), weightsOnTheSameRows(rows)],
    },
  );
  const weights = factors.find(({ cause }) => cause === 'initialWeights') as Factor;
  const { share, interval: ofShare } = mainOf(components, weights);
  const held = heldRuns(results, runs);
  const sameRows = sameRowsPart(components);
  const varies = components.totalSumOfSquares > 0;
  const interval = varies ? effectInterval(ofShare) : exactly(0);
  return {
    verdict: verdict(interval ?? { low: Number.NaN, high: Number.NaN }, { effect: 'above', threshold: MOST }),
    claim: `More than half of the variance of the ${metric.name} comes from the initial weights.`,
    statement:
      `Over ${formatCount(runs.length)} runs of the toy the ${metric.name} had a standard deviation of ` +
      `${metric.differenceWords(Math.sqrt(components.variance))} around ${metric.words(components.mean)}` +
      `${varies ? `: ${wholeInWords(components, factors)}` : ''}; with all of it held, ${held.count} runs at 1 and 2 threads ` +
      `gave ${held.different === 1 ? 'the same bits' : counted(held.different, 'result')}.`,
    effect: {
      name: `share of the initial weights in the variance of the ${metric.name}`,
      unit: '',
      estimate: share,
      beside: MOST,
    },
    interval,
    findings: [
      `By themselves the initial weights made ${percent(share)} of the variance (${intervalWords(ofShare, percent)}), and ` +
        `${percent(partNamed(components, 'together').share)} arose from several causes together.`,
      `On the same rows, the initial weights alone made ${percent(sameRows.share)} of the variance that is left (${intervalWords(sameRows, percent)}).`,
      held.different === 1
        ? 'Nothing is left when all seeds are held: the variance of the control is exactly 0.'
        : 'With all seeds held something still moved: the runs are not all in fixed order.',
    ],
    tables: [
      {
        title: `Shares of the variance of the ${metric.name}`,
        caption: `Over ${formatCount(runs.length)} runs. Levels count as drawn from many. With others: all that a cause has a part in.`,
        columns: SHARE_COLUMNS,
        rows: shareRows(components, factors),
      },
    ],
    pictures: [
      {
        kind: 'bars',
        id: `${name}-shares`,
        title: `Whose is the variance of the ${metric.name}?`,
        caption: 'Share of each cause by itself, with 95 % intervals; the rest arises from several causes together.',
        value: { label: 'share of the variance', format: 'share' },
        bars: shareBars(components, factors),
      },
      {
        kind: 'dots',
        id: `${name}-runs`,
        title: `The ${metric.name} of every run`,
        caption: `By ${titleOf(factors[0])}: within a row only the other causes vary.`,
        value: { label: metric.name, format: metric.format },
        groups: factors[0].levels.map((level, i) => ({
          label: String(level),
          values: found.filter(({ levels }) => levels[0] === i).map(({ value }) => value),
        })),
      },
    ],
  };
}

/** The shares, and what is left on the same rows. */
function wholeInWords(components: VarianceComponents, factors: readonly Factor[]): string {
  return (
    `${sharesInWords(components, factors, 'of the variance ')}, ${percent(partNamed(components, 'together').share)} from ` +
    `several together; on the same rows the initial weights alone made ${percent(sameRowsPart(components).share)}`
  );
}
