/** What two runs differ in, each as something that one run can be given from the other. */
import { isDeepStrictEqual } from 'node:util';
import type { Cause, CauseName, Setting } from '../../causes/cause.js';
import { CAUSES } from '../../causes/causes.js';
import { differingCauses } from '../../causes/differing.js';
import { compiledName } from '../../metrics/names.js';
import { type Metric, metricName } from '../../model/metrics.js';
import { parseRecipe } from '../../model/recipe.js';
import { monitorOf } from '../../model/reduce-on-plateau.js';
import type { Recording } from '../../runs/recording.js';
import type { RunState } from '../trainee.js';
import type { RunLabel } from './examined.js';
import { differingPaths, pathText, withPath } from './paths.js';
import { sameState } from './state.js';

/** A run that could be made. */
export interface Candidate {
  readonly setting: Setting;
  /** Whose rows it trains on; null where the setting alone says it. */
  readonly rows: RunLabel | null;
  /** Free order: how its steps were summed, where that is known. */
  readonly recording: Recording | null;
  /** What it begins with; null for the initial weights of its recipe. */
  readonly start: RunState | null;
}

/** A cause, or another reason for two runs to differ. */
export type FactorName =
  | CauseName
  /** Both in free order: whose sums arrived when. */
  | 'arrival'
  /** The rows themselves. */
  | 'data'
  /** A model that had been trained, or given weights, before. */
  | 'start'
  /** A value of the recipe that no cause stands for, by its path: `recipe.optimizer.momentum`. */
  | `recipe.${string}`;

/** Something in which two runs differ. */
export interface Factor {
  readonly name: FactorName;
  /** For people: `order of the data`. */
  readonly title: string;
  readonly kind: Cause['kind'];
  /** What takes its effect away, as advice; null where there is none. */
  readonly remedy: string | null;
  /** The first run's level, as JSON. */
  readonly a: unknown;
  readonly b: unknown;
  /** It reaches no bit of either run: masks without dropout, threads in fixed order. */
  readonly idle: boolean;
  /** A run with the second run's level. */
  apply(to: Candidate): Candidate;
}

/** Causes that decide how sums arrive in free order: with the level goes the recording. */
const OF_RECORDINGS: readonly CauseName[] = ['reduction', 'threads', 'batchSize', 'freeGrain', 'rows', 'epochs'];

/** What reaches no bit in fixed order, by the contract. */
const EXECUTION: readonly CauseName[] = ['threads', 'isa'];

/** Beyond so many, values of a recipe are not told apart. */
const MOST_PATHS = 16;

/**
 * Everything in which `a` and `b` differ; with all of it applied, `a` is `b`.
 *
 * @param hashes Of the data of both: what a folder held may have changed between two runs.
 */
export function factorsOf(a: Candidate, b: Candidate, hashes: { readonly a: string; readonly b: string }): Factor[] {
  const { causes, idle } = differingCauses(a.setting, b.setting);
  const fixed = [a, b].every(({ setting }) => setting.recipe.reduction === 'fixed');
  const factors: Factor[] = [];
  let rest = a;
  for (const name of causes) {
    // One seed for all moves the seeds that have no value of their own: they are no causes beside it.
    if (sameLevel(name, rest, b)) continue;
    const factor = causeFactor(name, a, b, fixed && EXECUTION.includes(name));
    factors.push(factor);
    rest = orUnchanged(factor, rest);
  }
  for (const name of idle) {
    const factor = causeFactor(name, a, b, true);
    factors.push(factor);
    rest = orUnchanged(factor, rest);
  }
  factors.push(...recipeFactors(rest.setting, b.setting), ...metricsFactor(a.setting, rest.setting, b.setting));
  const sameChoice = JSON.stringify(rest.setting.data) === JSON.stringify(b.setting.data);
  const throughCauses = JSON.stringify(a.setting.data) !== JSON.stringify(rest.setting.data);
  // Without a cause that chose others, rows are what their hash says, wherever manifests say they come from.
  if (throughCauses ? !sameChoice : hashes.a !== hashes.b) factors.push(dataFactor(hashes, b));
  if (!sameStart(a.start, b.start)) factors.push(startFactor(a.start, b.start));
  const bothFree = [a, b].every(({ setting }) => setting.recipe.reduction === 'free');
  const alreadyThere = causes.some((name) => OF_RECORDINGS.includes(name));
  if (bothFree && !alreadyThere && b.recording !== null && !sameOrders(a.recording, b.recording)) {
    factors.push(arrivalFactor(b.recording));
  }
  return factors;
}

function causeFactor(name: CauseName, a: Candidate, b: Candidate, idle: boolean): Factor {
  const cause = CAUSES[name] as Cause;
  const { title, kind, remedy } = cause;
  const level = cause.read(b.setting);
  const apply = (to: Candidate): Candidate => {
    const setting = cause.write(roomFor(name, to.setting, b.setting), level);
    const recording = OF_RECORDINGS.includes(name) || to.recording === null ? b.recording : to.recording;
    if (JSON.stringify(setting.data) === JSON.stringify(to.setting.data)) return { ...to, setting, recording };
    const rows = JSON.stringify(setting.data) === JSON.stringify(b.setting.data) ? b.rows : null;
    return { ...to, setting, recording, rows };
  };
  return { name, title, kind, remedy, a: cause.read(a.setting), b: level, idle, apply };
}

/** `to` as it has a place for what `from` has of a cause. */
function roomFor(name: CauseName, to: Setting, from: Setting): Setting {
  // Emulated hardware is executed by scalar code alone; that decides no bit.
  if (name === 'hardware') return { ...to, execution: { ...to.execution, isa: 'auto' } };
  // A rate that watches a metric takes it along.
  const watched = name === 'learningRate' ? watchedMetric(from.recipe) : null;
  if (watched === null) return to;
  const others = to.recipe.metrics.filter((metric) => metricName(metric) !== metricName(watched));
  return { ...to, recipe: { ...to.recipe, metrics: [...others, watched] } };
}

/** The metric that the learning rate watches, as it is compiled; null where it watches none, or a loss. */
function watchedMetric({ optimizer, metrics }: Setting['recipe']): Metric | null {
  const monitor = monitorOf(optimizer.learningRate);
  if (monitor === null) return null;
  return metrics.find((metric) => metricName(metric) === compiledName(monitor)) ?? null;
}

function sameLevel(name: CauseName, a: Candidate, b: Candidate): boolean {
  const { read } = CAUSES[name] as Cause;
  return JSON.stringify(read(a.setting)) === JSON.stringify(read(b.setting));
}

function orUnchanged(factor: Factor, candidate: Candidate): Candidate {
  try {
    return factor.apply(candidate);
  } catch {
    // A level that has no place there: what it would change is among the paths of the recipe.
    return candidate;
  }
}

function recipeFactors({ recipe: from }: Setting, { recipe: to }: Setting): Factor[] {
  const differing = differingPaths({ ...from, metrics: to.metrics }, to);
  if (differing.length > MOST_PATHS) return [recipeFactor('whole', 'the recipe', from, to, () => to)];
  return differing.map(({ path, a, b }) => {
    const text = pathText(path);
    return recipeFactor(text, `${text} of the recipe`, a, b, (recipe) => parseRecipe(withPath(recipe, path, b)));
  });
}

/** Metrics reach bits where a learning rate watches one of them. */
function metricsFactor(a: Setting, rest: Setting, b: Setting): Factor[] {
  const [from, to] = [a.recipe.metrics, b.recipe.metrics];
  if (isDeepStrictEqual(from, to)) return [];
  const factor = recipeFactor('metrics', 'metrics of the recipe', from, to, (recipe) => ({ ...recipe, metrics: to }));
  return [{ ...factor, idle: isDeepStrictEqual(watchedMetric(rest.recipe), watchedMetric(b.recipe)) }];
}

function recipeFactor(
  path: string,
  title: string,
  a: unknown,
  b: unknown,
  change: (recipe: Setting['recipe']) => Setting['recipe'],
): Factor {
  const apply = (to: Candidate): Candidate => ({
    ...to,
    setting: { ...to.setting, recipe: change(to.setting.recipe) },
  });
  const remedy = `use one value of ${path}`;
  return { name: `recipe.${path}`, title, kind: 'choice', remedy, a: a ?? null, b: b ?? null, idle: false, apply };
}

function dataFactor(hashes: { readonly a: string; readonly b: string }, b: Candidate): Factor {
  return {
    name: 'data',
    title: 'the data',
    kind: 'choice',
    remedy: 'train on the same data',
    a: hashes.a,
    b: hashes.b,
    idle: false,
    apply: (to) => ({ ...to, setting: { ...to.setting, data: b.setting.data }, rows: b.rows }),
  };
}

function startFactor(a: RunState | null, b: RunState | null): Factor {
  const text = (start: RunState | null): string => (start === null ? 'initial weights' : 'a model as it was');
  return {
    name: 'start',
    title: 'what training began with',
    kind: 'choice',
    remedy: 'begin with reset() or clone()',
    a: text(a),
    b: text(b),
    idle: false,
    apply: (to) => ({ ...to, start: b }),
  };
}

function arrivalFactor(recording: Recording): Factor {
  return {
    name: 'arrival',
    title: 'order of arrival',
    kind: 'rounding',
    remedy: "use reduction: 'fixed', or replay a recording",
    a: 'its own',
    b: 'its own',
    idle: false,
    apply: (to) => ({ ...to, recording }),
  };
}

function sameStart(a: RunState | null, b: RunState | null): boolean {
  return a === null || b === null ? a === b : sameState(a, b);
}

function sameOrders(a: Recording | null, b: Recording): boolean {
  if (a === null || a.orders.length !== b.orders.length) return false;
  return a.orders.every((word, i) => word === b.orders[i]);
}
