/** Full factorial: every level of each cause with every level of all others. */
import type { CauseName } from '../../causes/cause.js';
import { expected } from '../../errors.js';
import type { Conclusion, Ground, Results } from '../experiment/experiment.js';
import type { Table } from '../experiment/picture.js';
import type { TrainTask } from '../experiment/task.js';
import { effectInterval, intervalWords } from '../experiments/wording.js';
import { type VarianceComponents, type VarianceTerm, varianceComponents } from '../statistics/factorial.js';
import { outputComponents } from '../statistics/output-components.js';
import { verdict } from '../verdict.js';
import type { CauseLevels, CheckedDescription } from './description.js';
import {
  type CustomDesign,
  capital,
  claimWords,
  levelText,
  shareBars,
  shareWords,
  titleOf,
  trainOn,
  withLevels,
} from './design.js';
import { keptFor, type MeasureWords, measuresOf, metricOf } from './measure.js';

const MOST_RUNS = 1_000_000;

export const factorial: CustomDesign = {
  *plan(description, ground) {
    const runs = ground.repeats * combinationsOf(description.causes);
    if (runs > MOST_RUNS) throw expected(`at most ${MOST_RUNS} runs`, 'a factorial of all levels', runs);
    for (const { tasks } of cells(description, ground)) yield* tasks;
  },
  conclude,
  summary: ({ causes, repeats }) =>
    `${causes.map(({ levels }) => levels.length).join(' × ')} combinations of levels${repeats > 1 ? `, each ${repeats} times` : ''}`,
};

/** A combination of levels, with its runs. */
interface Cell {
  readonly levels: readonly string[];
  readonly tasks: readonly TrainTask[];
}

function* cells(description: CheckedDescription, ground: Ground): Generator<Cell> {
  const keep = keptFor(measuresOf(description, ground));
  for (const combination of combinations(description.causes)) {
    const setting = withLevels(ground.base, combination);
    yield {
      levels: combination.map(([, level]) => levelText(level)),
      tasks: Array.from({ length: ground.repeats }, (_, repeat) => trainOn(setting, keep, repeat)),
    };
  }
}

function combinationsOf(causes: readonly CauseLevels[]): number {
  return causes.reduce((product, { levels }) => product * levels.length, 1);
}

/** The last cause moves fastest. */
function* combinations(causes: readonly CauseLevels[]): Generator<readonly (readonly [CauseName, unknown])[]> {
  const total = combinationsOf(causes);
  for (let number = 0; number < total; number += 1) {
    let rest = number;
    const combination = causes
      .toReversed()
      .map(({ name, levels }): readonly [CauseName, unknown] => {
        const level = levels[rest % levels.length];
        rest = Math.floor(rest / levels.length);
        return [name, level];
      })
      .toReversed();
    yield combination;
  }
}

function conclude(description: CheckedDescription, ground: Ground, results: Results): Conclusion {
  const measures = measuresOf(description, ground);
  const [first] = measures;
  const components = componentsOf(description, ground, results, first);
  const { claim } = description;
  const part = components.parts.find(({ name }) => name === claim.cause) as VarianceComponents['parts'][number];
  const title = titleOf(claim.cause);
  return {
    verdict: verdict(part, claim),
    claim: `${capital(title)} has a share ${claimWords(claim)} in the variance of the ${first.name}, alone and with others.`,
    statement:
      components.totalSumOfSquares === 0
        ? `Nothing moved the ${first.name}: all ${components.runs} runs gave the same.`
        : `${capital(title)} has a share of ${shareWords(part.share)} in the variance of the ${first.name} over ${components.runs} runs (${intervalWords(part, shareWords)}).`,
    effect: { name: `share of the variance of the ${first.name}`, unit: '', estimate: part.share },
    interval: effectInterval(part),
    findings: [controlWords(components, ground)],
    tables: measures.map((words) =>
      componentTable(words === first ? components : componentsOf(description, ground, results, words), words),
    ),
    pictures: [
      shareBars(
        components.terms.map(({ factors, share, interval }) => ({ label: termName(factors), share, interval })),
        {
          title: `What the variance of the ${first.name} is made of`,
          caption: 'The share of each cause by itself, and of causes acting together. No bar: nothing.',
          label: 'share of the variance',
        },
      ),
    ],
  };
}

function componentsOf(
  description: CheckedDescription,
  ground: Ground,
  results: Results,
  words: MeasureWords,
): VarianceComponents {
  const factors = description.causes.map(({ name }) => name);
  // Everything in which a cause has a part.
  const parts = factors.map((name) => ({ name, of: (some: readonly string[]) => some.includes(name) }));
  const all = [...cells(description, ground)];
  if (words.measure === 'predictions') {
    const runs = all.flatMap(({ levels, tasks }) =>
      tasks.map((task) => ({ levels, values: results.get(task).predictions() })),
    );
    return outputComponents(factors, runs, { parts });
  }
  const runs = all.flatMap(({ levels, tasks }) =>
    tasks.map((task) => ({ levels, value: metricOf(results.get(task), words) })),
  );
  return varianceComponents(factors, runs, { parts });
}

/** Runs of the same levels are the control. */
function controlWords({ terms, replicates }: VarianceComponents, { base }: Ground): string {
  if (replicates === 1) {
    return base.recipe.reduction === 'fixed'
      ? 'Each combination was trained once: with all causes held, two runs are equal to the bit, so no noise hides in the shares.'
      : 'Each combination was trained once; in free order the noise of arrival hides in the last interaction.';
  }
  const residual = terms[terms.length - 1];
  return residual.sumOfSquares === 0
    ? `With all causes held, the ${replicates} runs of each combination were equal: the control's variance is 0.`
    : `With all causes held, runs still differed: a share of ${shareWords(residual.share)}.`;
}

function componentTable({ terms }: VarianceComponents, { name }: MeasureWords): Table {
  return {
    title: `Variance of the ${name}, by cause`,
    caption: 'The share of each term in the variance of runs whose levels are all drawn anew.',
    columns: [
      { name: 'cause' },
      { name: 'degrees of freedom', format: 'count' },
      { name: 'share of these runs', format: 'share' },
      { name: 'share', format: 'share' },
      { name: 'low', format: 'share' },
      { name: 'high', format: 'share' },
      { name: 'component', format: 'number' },
    ],
    rows: terms.map((term: VarianceTerm) => {
      const { low, high } = effectInterval(term.interval) ?? { low: null, high: null };
      const { factors, degreesOfFreedom, shareOfSquares, share, component } = term;
      return [termName(factors), degreesOfFreedom, shareOfSquares, share, low, high, component];
    }),
  };
}

function termName(factors: readonly string[]): string {
  if (factors.length === 0) return 'between equal runs';
  return factors.map((name) => titleOf(name as CauseName)).join(' × ');
}
