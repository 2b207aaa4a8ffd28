/** One at a time: each cause moves alone, from the base setting. */
import type { CauseName, Setting } from '../../causes/cause.js';
import { formatMagnitude } from '../../format.js';
import type { Conclusion, Ground, Results } from '../experiment/experiment.js';
import type { BarPicture, Table } from '../experiment/picture.js';
import type { TrainTask } from '../experiment/task.js';
import { effectInterval, intervalWords } from '../experiments/wording.js';
import { mean, meanInterval } from '../statistics/moments.js';
import type { Interval } from '../statistics/sample.js';
import { type Verdict, verdict } from '../verdict.js';
import type { CheckedDescription } from './description.js';
import { type CustomDesign, capital, levelText, titleOf, trainOn, withLevels } from './design.js';
import { distanceOf, keptFor, type MeasureWords, measuresOf, metricOf } from './measure.js';

export const oneAtATime: CustomDesign = {
  *plan(description, ground) {
    for (const { base, moved } of blocks(description, ground)) {
      yield base;
      for (const { tasks } of moved) yield* tasks;
    }
  },
  conclude,
  summary: ({ causes, repeats }) => {
    const levels = causes.reduce((sum, cause) => sum + cause.levels.length, 0);
    return `the base and ${levels} levels of ${causes.length} causes, each alone, under ${repeats} seeds`;
  },
};

/** The runs of one seed: the base, and every level of every cause. */
interface Block {
  readonly base: TrainTask;
  readonly moved: readonly { readonly cause: CauseName; readonly tasks: readonly TrainTask[] }[];
}

function* blocks(description: CheckedDescription, ground: Ground): Generator<Block> {
  const keep = keptFor(measuresOf(description, ground));
  for (const setting of startingPoints(description, ground)) {
    yield {
      base: trainOn(setting, keep),
      moved: description.causes.map(({ name, levels }) => ({
        cause: name,
        tasks: levels.map((level) => trainOn(withLevels(setting, [[name, level]]), keep)),
      })),
    };
  }
}

/** The base under several seeds of its own; as it is where the seed is a cause itself, or one seed is enough. */
function startingPoints({ causes }: CheckedDescription, { base, repeats }: Ground): readonly Setting[] {
  if (repeats === 1 || causes.some(({ name }) => name === 'seed')) return [base];
  // Texts: seeds 1, 2, 3 are what levels of other causes have, and would give the same weights.
  return Array.from({ length: repeats }, (_, i) => withLevels(base, [['seed', `repeat ${i + 1}`]]));
}

/** What moving a cause does to a measure. */
interface Moved {
  readonly cause: CauseName;
  /** Mean distance from the base, seed by seed. */
  readonly perSeed: readonly number[];
  readonly mean: number;
  readonly interval: Interval;
  readonly runs: number;
  /** Of these, with the base's weights to the bit. */
  readonly equal: number;
}

function conclude(description: CheckedDescription, ground: Ground, results: Results): Conclusion {
  const measures = measuresOf(description, ground);
  const [first] = measures;
  const moved = description.causes.map(({ name }) => movedBy(name, description, ground, results, first));
  const { claim } = description;
  const subject = moved.find(({ cause }) => cause === claim.cause) as Moved;
  const other = moved.find(({ cause }) => cause === claim.than);
  const effect =
    other === undefined ? { estimate: subject.mean, ...subject.interval } : difference(subject.perSeed, other.perSeed);
  const title = titleOf(claim.cause);
  const number = `${formatMagnitude(effect.estimate)} (${intervalWords(effect)})`;
  return {
    verdict: decided(effect, claim, other !== undefined),
    claim: `Moving ${title} alone moves the ${first.name} ${other === undefined ? amountWords(claim) : comparedWords(claim, titleOf(other.cause))}.`,
    statement:
      other === undefined
        ? `${capital(title)}, moved alone, moved the ${first.name} by ${number} on average over ${subject.runs} runs.`
        : `${capital(title)}, moved alone, moved the ${first.name} by ${formatMagnitude(subject.mean)} on average and ${titleOf(other.cause)} by ${formatMagnitude(other.mean)}: a difference of ${number}.`,
    effect: {
      name:
        other === undefined
          ? `mean absolute difference of the ${first.name} from the base`
          : `difference of the mean absolute differences of the ${first.name}`,
      unit: '',
      estimate: effect.estimate,
    },
    interval: effectInterval(effect),
    findings: moved.map(equalWords),
    tables: [
      movedTable(moved, first),
      ...measures.slice(1).map((words) =>
        movedTable(
          description.causes.map(({ name }) => movedBy(name, description, ground, results, words)),
          words,
        ),
      ),
      ...measures
        .filter(({ measure }) => measure !== 'predictions')
        .map((words) => levelTable(description, ground, results, words)),
    ],
    pictures: [movedBars(moved, first)],
  };
}

/** A mean of magnitudes of which one is not 0 is above 0: that takes no interval. */
function decided(
  effect: Interval & { readonly estimate: number },
  claim: CheckedDescription['claim'],
  compared: boolean,
): Verdict {
  if (!compared && claim.effect === 'above' && claim.threshold === 0 && effect.estimate > 0) return 'supported';
  return verdict(effect, claim);
}

/** `by more than 0.01 on average` */
function amountWords({ effect, threshold }: CheckedDescription['claim']): string {
  if (effect === 'above' && threshold === 0) return 'at all';
  const words = { above: 'more than', beyond: 'more than', below: 'less than', within: 'at most' }[effect];
  return `by ${words} ${formatMagnitude(threshold)} on average`;
}

function comparedWords({ effect, threshold }: CheckedDescription['claim'], other: string): string {
  const than = `than moving ${other} does`;
  if (effect === 'above' || effect === 'beyond') {
    const either = effect === 'beyond' ? ' more or less' : ' more';
    return threshold === 0 ? `${either.trim()} ${than}` : `by ${formatMagnitude(threshold)}${either} ${than}`;
  }
  return effect === 'below'
    ? `less than ${formatMagnitude(threshold)} more ${than}`
    : `as moving ${other} does, to within ${formatMagnitude(threshold)}`;
}

function movedBy(
  cause: CauseName,
  description: CheckedDescription,
  ground: Ground,
  results: Results,
  words: MeasureWords,
): Moved {
  const perSeed: number[] = [];
  const single: number[] = [];
  let [runs, equal] = [0, 0];
  for (const { base, moved } of blocks(description, ground)) {
    const reference = results.get(base);
    const tasks = moved.find((one) => one.cause === cause)?.tasks ?? [];
    const distances = tasks.map((task) => {
      const result = results.get(task);
      runs += 1;
      if (result.fingerprint === reference.fingerprint) equal += 1;
      return distanceOf(reference, result, words);
    });
    perSeed.push(mean(distances));
    single.push(...distances);
  }
  // With one seed the levels are all there is to vary.
  const sample = perSeed.length > 1 ? perSeed : single;
  const { low, high, level } = intervalOf(sample);
  // Magnitudes have no mean below 0; NaN stays.
  return { cause, perSeed: sample, mean: mean(sample), interval: { low: Math.max(0, low), high, level }, runs, equal };
}

/** No interval of one value; of a cause with one level under one seed, say. */
function intervalOf(values: readonly number[]): Interval {
  return values.length > 1 ? meanInterval(values) : { low: Number.NaN, high: Number.NaN, level: 0.95 };
}

/** Of pairs, seed by seed; with one seed, of the levels in their order as far as both have them. */
function difference(a: readonly number[], b: readonly number[]): Interval & { readonly estimate: number } {
  const pairs = Array.from({ length: Math.min(a.length, b.length) }, (_, i) => a[i] - b[i]);
  return { estimate: mean(pairs), ...intervalOf(pairs) };
}

function equalWords({ cause, runs, equal }: Moved): string {
  const title = titleOf(cause);
  if (equal === runs) return `Moving ${title} changed no bit of the final weights in any of ${runs} runs.`;
  if (equal === 0) return `Moving ${title} changed the final weights in every one of ${runs} runs.`;
  return `Moving ${title} left the final weights equal to the bit in ${equal} of ${runs} runs.`;
}

function movedTable(moved: readonly Moved[], { name }: MeasureWords): Table {
  return {
    title: `How far each cause moves the ${name}`,
    caption: 'The mean absolute difference from the base with the same seed, when this cause alone moves.',
    columns: [
      { name: 'cause' },
      { name: 'runs', format: 'count' },
      { name: 'equal bits', format: 'count' },
      { name: 'mean difference', format: 'number' },
      { name: 'low', format: 'number' },
      { name: 'high', format: 'number' },
    ],
    rows: moved.map(({ cause, runs, equal, mean: average, interval }) => {
      const { low, high } = effectInterval(interval) ?? { low: null, high: null };
      return [titleOf(cause), runs, equal, average, low, high];
    }),
  };
}

function levelTable(description: CheckedDescription, ground: Ground, results: Results, words: MeasureWords): Table {
  const all = [...blocks(description, ground)];
  const averaged = (tasks: readonly TrainTask[]): number =>
    mean(tasks.map((task) => metricOf(results.get(task), words)));
  return {
    title: `${capital(words.name)} level by level`,
    caption: 'The mean over the seeds.',
    columns: [{ name: 'cause' }, { name: 'level' }, { name: words.name, format: words.format }],
    rows: [
      ['none: the base', null, averaged(all.map(({ base }) => base))],
      ...description.causes.flatMap(({ name, levels }, c) =>
        levels.map((level, i) => [
          titleOf(name),
          levelText(level),
          averaged(all.map(({ moved }) => moved[c].tasks[i])),
        ]),
      ),
    ],
  };
}

function movedBars(moved: readonly Moved[], { name }: MeasureWords): BarPicture {
  return {
    kind: 'bars',
    id: 'moved',
    title: `How far each cause moves the ${name}`,
    caption: 'Mean absolute difference from the base with the same seed, with its interval. No bar: equal bits.',
    value: { label: `mean difference of the ${name}`, format: 'number' },
    bars: moved.map(({ cause, mean: average, interval }) => {
      const bounds = effectInterval(interval);
      return { label: titleOf(cause), value: average, ...(bounds === null ? {} : { interval: bounds }) };
    }),
  };
}
