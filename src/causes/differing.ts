/** What two settings differ in: as causes, and whatever no cause covers. */
import { SamebitsError } from '../errors.js';
import { SEED_USES, seedOf } from '../model/seeds.js';
import type { CauseName, Setting } from './cause.js';
import { CAUSE_NAMES, LENSES } from './causes.js';
import { type Lens, sameLevel } from './lens.js';
import { plainSeed } from './seeds.js';

/** A value in which two settings differ, by its path: `recipe.loss`. */
export interface SettingDifference {
  readonly path: string;
  /** JSON; undefined where the setting has nothing there. */
  readonly a: unknown;
  readonly b: unknown;
}

/** What two settings differ in. */
export interface DifferingCauses {
  /** Causes whose levels differ and that have a place in one of the settings at least. */
  readonly causes: readonly CauseName[];
  /** Causes whose levels differ where they do nothing: masks without dropout, the grain of free order in fixed order. */
  readonly idle: readonly CauseName[];
  /** What is left when one setting is given all these levels of the other. */
  readonly rest: readonly SettingDifference[];
}

/**
 * What `a` and `b` differ in. With nothing in `causes` and in `rest` they give the same bits, in free order only with a
 * recording.
 */
export function differingCauses(a: Setting, b: Setting): DifferingCauses {
  const differing = CAUSE_NAMES.filter(
    (name) => speaksOf(name, a, b) && !sameLevel(lensOf(name).read(a), lensOf(name).read(b)),
  );
  const acts = (name: CauseName): boolean => lensOf(name).applies(a) || lensOf(name).applies(b);
  let moved = a;
  // In the order of the causes: a network has its depth before its layers have their widths.
  for (const name of differing) moved = withLevelOf(lensOf(name), moved, b);
  return {
    causes: differing.filter(acts),
    idle: differing.filter((name) => !acts(name)),
    rest: differences(plainSeeds(moved), plainSeeds(b), ''),
  };
}

/** Recipes without noise do not speak of it: there its seed is no more than the model's. */
function speaksOf(name: CauseName, ...settings: readonly Setting[]): boolean {
  if (name !== 'gaussianNoise') return true;
  return settings.some((setting) => setting.recipe.seeds.noise !== undefined || lensOf(name).applies(setting));
}

function lensOf(name: CauseName): Lens<unknown> {
  return LENSES[name] as Lens<unknown>;
}

/** `setting` with the level of `other`, if it has a place for it. */
function withLevelOf(lens: Lens<unknown>, setting: Setting, other: Setting): Setting {
  const level = lens.read(other);
  if (sameLevel(lens.read(setting), level)) return setting;
  try {
    return lens.replace(setting, level);
  } catch (error) {
    if (error instanceof SamebitsError) return setting;
    throw error;
  }
}

/** Every seed that decides something in its place and in its plain form: two ways to say the same are the same. */
function plainSeeds(setting: Setting): object {
  const { recipe } = setting;
  const seeds = Object.fromEntries(SEED_USES.map((use) => [use, plainSeed(seedOf(recipe, use))]));
  return { ...setting, recipe: { ...recipe, seed: plainSeed(recipe.seed), seeds } };
}

function differences(a: unknown, b: unknown, path: string): SettingDifference[] {
  if (isTree(a) && isTree(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    const step = (key: string): string => (Array.isArray(a) ? `[${key}]` : `${path === '' ? '' : '.'}${key}`);
    return keys.flatMap((key) => differences(member(a, key), member(b, key), path + step(key)));
  }
  return Object.is(a, b) ? [] : [{ path, a, b }];
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function member(tree: object, key: string): unknown {
  return Object.hasOwn(tree, key) ? (tree as Record<string, unknown>)[key] : undefined;
}
