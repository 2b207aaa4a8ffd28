/** Experiments as users describe them: in a JSON file, or as an object. */
import * as v from 'valibot';
import { check, choice, fields, integer, oneOf, type Schema, schemaEntry } from '../../arguments.js';
import type { CauseName } from '../../causes/cause.js';
import { causeNamed } from '../../causes/causes.js';
import { namedSource } from '../../data/named-source.js';
import type { DataSource } from '../../data/source.js';
import { dataSourceSchema } from '../../data/source-schema.js';
import { expected } from '../../errors.js';
import { parseRecipe, type Recipe } from '../../model/recipe.js';
import type { Claim } from '../verdict.js';

/** How levels are combined. */
export const DESIGNS = ['oneAtATime', 'factorial', 'randomPairs'] as const;
/** Which levels of which causes run together. */
export type Design = (typeof DESIGNS)[number];

/**
 * What is compared between runs: on the test rows `accuracy`, `loss` or all `predictions`; on the training rows, in the last
 * epoch, `trainAccuracy` or `trainLoss`.
 */
export const MEASURES = ['accuracy', 'loss', 'predictions', 'trainAccuracy', 'trainLoss'] as const;
/** What is compared between runs: of the test rows `accuracy`, `loss` or `predictions`, else of the training rows. */
export type Measure = (typeof MEASURES)[number];

/** Levels of a cause, one by one; or so many seeds: 1, 2, 3, … */
export type LevelList = readonly unknown[] | { readonly seeds: number };

/** What the experiment is to decide. */
export interface CustomClaim {
  /** One of the experiment's causes. */
  readonly cause: CauseName;
  /** Instead of a threshold: another of its causes, than which `cause` has more effect. One at a time only. */
  readonly than?: CauseName;
  /** Where the effect is claimed to be. @default 'above' */
  readonly effect?: Claim['effect'];
  /** In the effect's unit. @default 0; of shares 0.5 */
  readonly threshold?: number;
}

/** An experiment of one's own. */
export interface ExperimentDescription {
  /** Letters, digits, hyphens. */
  readonly name: string;
  readonly question: string;
  /** What is usually said, where the experiment puts it to the test. */
  readonly folklore?: string;
  /** As `parseRecipe` takes it. @default one hidden layer of 128 relu units with Adam, for the data */
  readonly recipe?: unknown;
  /** `digits`, `mnist`, a folder of IDX files, or a source. @default 'digits' */
  readonly data?: string | DataSource;
  /** Train on the first rows only. @default all */
  readonly rows?: number;
  readonly design: Design;
  /** Causes by name, with their levels: at least 2, for one at a time at least 1 that the base does not have. */
  readonly causes: Readonly<Partial<Record<CauseName, LevelList>>>;
  /**
   * One at a time: seeds (`recipe.seed` from 1 on) under which every level is trained. Factorial: runs of each
   * combination. Random pairs: pairs for each cause. @default 5, 1 and 50
   */
  readonly repeats?: number;
  /** The first one decides; the others are shown. @default loss of a regression, else accuracy */
  readonly measures?: readonly Measure[];
  /** @default that the first cause has an effect above 0 (one at a time), or makes more than half of the variance */
  readonly claim?: CustomClaim;
}

/** A description with its defaults, its levels checked. */
export interface CheckedDescription {
  readonly name: string;
  readonly question: string;
  readonly folklore: string | null;
  readonly recipe: Recipe | null;
  readonly source: DataSource | null;
  readonly rows: number | null;
  readonly design: Design;
  /** In the order given. */
  readonly causes: readonly CauseLevels[];
  readonly repeats: number;
  /** Null: by the recipe's loss. */
  readonly measures: readonly [Measure, ...Measure[]] | null;
  readonly claim: { readonly cause: CauseName; readonly than: CauseName | null } & Claim;
}

/** A cause of an experiment. */
export interface CauseLevels {
  readonly name: CauseName;
  readonly levels: readonly unknown[];
}

const MOST_LEVELS = 100_000;
const MOST_CAUSES = 10;
const DEFAULT_REPEATS: Readonly<Record<Design, number>> = { oneAtATime: 5, factorial: 1, randomPairs: 50 };
/** Fewest repeats that a design can do with. */
const LEAST_REPEATS: Readonly<Record<Design, number>> = { oneAtATime: 1, factorial: 1, randomPairs: 2 };

const NAME = 'a name of letters, digits and hyphens';
const sentence = v.pipe(v.string('a text'), v.minLength(1, 'a text of at least 1 character'));
const LEVELS = `an array of 1 to ${MOST_LEVELS} levels, or { seeds: count }`;
const levelArray = v.pipe(v.array(v.unknown()), v.minLength(1, LEVELS), v.maxLength(MOST_LEVELS, LEVELS));
const levelCount = v.strictObject({ seeds: integer(1, MOST_LEVELS) }, LEVELS);
const levelList: Schema<LevelList> = choice<LevelList>([levelArray, levelCount], (value) =>
  Array.isArray(value) ? levelArray : levelCount,
);

const claimSchema = fields({
  cause: sentence,
  than: v.optional(sentence),
  effect: v.optional(oneOf(['above', 'below', 'within', 'beyond'] as const), 'above'),
  threshold: v.optional(v.pipe(v.number('a number'), v.finite('a finite number'))),
});

/** A file with an experiment. */
export const experimentSchema = fields({
  $schema: schemaEntry,
  name: v.pipe(v.string(NAME), v.regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, NAME)),
  question: sentence,
  folklore: v.optional(sentence),
  recipe: v.optional(v.unknown()),
  data: v.optional(
    choice<string | DataSource>([sentence, dataSourceSchema], (value) =>
      typeof value === 'string' ? sentence : dataSourceSchema,
    ),
  ),
  rows: v.optional(integer(1)),
  design: oneOf(DESIGNS),
  causes: v.record(v.string(), levelList, 'causes by name, with their levels'),
  repeats: v.optional(integer(1, 1_000_000)),
  measures: v.optional(
    v.pipe(v.array(oneOf(MEASURES), 'an array of measures'), v.minLength(1, 'at least one measure')),
  ),
  claim: v.optional(claimSchema),
});

/**
 * Checks a description from a file or a caller.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, also for unknown keys and causes, with the nearest known one; as
 * `parseRecipe` does.
 */
export function checkDescription(value: unknown): CheckedDescription {
  const { name, question, folklore, recipe, data, rows, design, causes, repeats, measures, claim } = check(
    experimentSchema,
    value,
    'experiment',
  );
  const levels = Object.entries(causes).map(([cause, list]) => levelsOf(cause, list, design));
  if (levels.length === 0 || levels.length > MOST_CAUSES) {
    throw expected(`1 to ${MOST_CAUSES} causes`, 'experiment.causes', levels.length);
  }
  const count = repeats ?? DEFAULT_REPEATS[design];
  if (count < LEAST_REPEATS[design]) throw expected(`at least ${LEAST_REPEATS[design]}`, 'experiment.repeats', count);
  return {
    name,
    question,
    folklore: folklore ?? null,
    recipe: recipe === undefined ? null : parseRecipe(recipe),
    source: data === undefined ? null : typeof data === 'string' ? namedSource(data) : data,
    rows: rows ?? null,
    design,
    causes: levels,
    repeats: count,
    measures: (measures as CheckedDescription['measures'] | undefined) ?? null,
    claim: checkClaim(claim, levels, design),
  };
}

function levelsOf(cause: string, list: LevelList, design: Design): CauseLevels {
  const { name, level } = causeNamed(cause);
  const at = `experiment.causes.${name}`;
  const given = 'seeds' in list ? Array.from({ length: list.seeds }, (_, i) => i + 1) : (list as readonly unknown[]);
  const levels = given.map((one, i) => check(level, one, `${at}[${i}]`));
  const different = new Set(levels.map((one) => JSON.stringify(one))).size;
  if (different < levels.length) throw expected('levels that are all different', at, given);
  if (design !== 'oneAtATime' && levels.length < 2) throw expected('at least 2 levels', at, given);
  return { name, levels };
}

function checkClaim(
  claim: v.InferOutput<typeof claimSchema> | undefined,
  causes: readonly CauseLevels[],
  design: Design,
): CheckedDescription['claim'] {
  const threshold = design === 'oneAtATime' ? 0 : 0.5;
  if (claim === undefined) return { cause: causes[0].name, than: null, effect: 'above', threshold };
  const known = (name: string, at: string): CauseName => {
    const found = causes.find((one) => one.name === name);
    if (found !== undefined) return found.name;
    throw expected(`one of ${causes.map((one) => one.name).join(', ')}`, `experiment.claim.${at}`, name);
  };
  if (claim.than !== undefined && design !== 'oneAtATime') {
    throw expected("no cause to compare with, unless the design is 'oneAtATime',", 'experiment.claim.than', claim.than);
  }
  return {
    cause: known(claim.cause, 'cause'),
    than: claim.than === undefined ? null : known(claim.than, 'than'),
    effect: claim.effect,
    threshold: claim.threshold ?? (claim.effect === 'above' ? threshold : 0),
  };
}
