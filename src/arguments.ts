/**
 * The checks at the public border. Options are described once, as valibot schemas, and every failure becomes this
 * package's one wording: expected, name, received. A schema's message is the noun phrase after "Expected".
 */
import * as v from 'valibot';
import { expected } from './errors.js';

/** A schema whose result is `T`, whatever it takes. */
// biome-ignore lint/suspicious/noExplicitAny: valibot's input and issue types say nothing here; the result's type does.
export type Schema<T> = v.BaseSchema<any, T, any>;

/**
 * `value` as `schema` gives it, with defaults filled in.
 *
 * @param name What the caller calls it; paths inside it are appended: `layers[1].units`.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`. Unknown keys come first, with the nearest known one: a misspelled key
 * would otherwise be reported as a missing one.
 */
export function check<T>(schema: Schema<T>, value: unknown, name: string): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue: Issue = result.issues.find(isUnknownKey) ?? result.issues[0];
  const path = issue.path ?? [];
  if (isUnknownKey(issue)) {
    const { key, input } = path[path.length - 1];
    throw expected(issue.message, join(name, path.slice(0, -1)), Array.isArray(input) ? input : key);
  }
  const received = path.length === 0 ? value : path[path.length - 1].value;
  throw expected(withNearest(issue.message, received), join(name, path), received);
}

/** An object with exactly these keys. */
export function fields<E extends v.ObjectEntries>(entries: E): v.StrictObjectSchema<E, (issue: Issue) => string> {
  return v.strictObject(entries, (issue) => {
    const known = Object.keys(entries);
    const isList = Array.isArray(issue.path?.[issue.path.length - 1].input);
    if (issue.expected === 'Object' || isList) return anObjectOf(known);
    if (isUnknownKey(issue)) return knownOptions(known, lastKey(issue));
    // A missing key is reported by the object, in the words of the entry.
    const { message: phrase } = entries[lastKey(issue)] as { message?: unknown };
    return typeof phrase === 'string' ? phrase : 'a value';
  });
}

/** What JSON Schema says of a schema that only a function tests, or that looks at the value first. */
export type JsonForm = { readonly json: object } | { readonly anyOf: readonly Schema<unknown>[] };

const jsonForms = new WeakMap<object, JsonForm>();

/** The same schema, with what `npm run build` writes of it into the published JSON schemas. */
export function written<S extends object>(schema: S, form: JsonForm): S {
  jsonForms.set(schema, form);
  return schema;
}

/** What {@link written} was given, or undefined. */
export function jsonFormOf(schema: object): JsonForm | undefined {
  return jsonForms.get(schema);
}

/** Whichever of these schemas `pick` gives for the value: only its issues are told. */
export function choice<T>(alternatives: readonly Schema<T>[], pick: (value: unknown) => Schema<T>): Schema<T> {
  return written(v.lazy(pick), { anyOf: alternatives });
}

/** One of these strings; `phrase` says more than their names. */
export function oneOf<const T extends string>(
  names: readonly T[],
  phrase = `one of ${names.map(quote).join(', ')}`,
): Schema<T> {
  return written(
    v.custom<T>((value) => (names as readonly unknown[]).includes(value), phrase),
    { json: { enum: names } },
  );
}

/** Null, or what `schema` takes: {@link oneOf}, {@link integer} or another that only tests. */
export function orNull<T>(schema: Schema<T>): Schema<T | null> {
  const { message } = schema as Schema<T> & { readonly message?: string };
  return written(
    v.custom<T | null>((value) => value === null || v.is(schema, value), `${message}, or null,`),
    { anyOf: [schema, v.null()] },
  );
}

/** An integer from `least` to `most`; without `most`, to 2^53 - 1. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return written(
    v.custom<number>(
      (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
      `an integer ${range}`,
    ),
    { json: { type: 'integer', minimum: least, maximum: most } },
  );
}

/** A number that stays finite in binary32 and passes `test`. */
export function real(phrase = 'a finite number', test: (value: number) => boolean = () => true): Schema<number> {
  return written(
    v.custom<number>(
      (value) => typeof value === 'number' && Number.isFinite(Math.fround(value)) && test(value),
      phrase,
    ),
    { json: { type: 'number', description: phrase } },
  );
}

export const flag: Schema<boolean> = v.boolean('true or false');

/** A function of any signature. */
export function callback<T>(): Schema<T> {
  return v.custom<T>((value) => typeof value === 'function', 'a function');
}

/** What other libraries call what has another name here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  acc: 'accuracy',
  auc: 'rocAuc',
  bce: 'binaryCrossentropy',
  crossentropy: 'sparseCategoricalCrossentropy',
  callback: 'callbacks',
  inputdim: 'inputShape',
  lr: 'learningRate',
  mae: 'meanAbsoluteError',
  mse: 'meanSquaredError',
  prauc: 'averagePrecision',
  rmse: 'rootMeanSquaredError',
  rocaucscore: 'rocAuc',
  sampleweight: 'sampleWeights',
  swish: 'silu',
  topkcategoricalaccuracy: 'topKAccuracy',
};

/** What names of metrics of validation begin with: who says `auc` where they are known means `val_rocAuc`. */
const VALIDATION = 'val_';

/** The known name nearest to `name`, or what is called so elsewhere, if it is near enough to be what was meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const isValidation = name.startsWith(VALIDATION);
  const plain = isValidation ? name.slice(VALIDATION.length) : name;
  const word = plain.toLowerCase().replace(/[-_ ]/g, '');
  const here = Object.hasOwn(ELSEWHERE, word) ? ELSEWHERE[word] : plain;
  const meant = (isValidation ? [] : [here]).concat(VALIDATION + here).find((candidate) => known.includes(candidate));
  if (meant !== undefined) return meant;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** What valibot says about a value that does not fit. */
export interface Issue {
  readonly type: string;
  readonly expected: string | null;
  readonly message: string;
  readonly path?: readonly { readonly key: unknown; readonly value: unknown; readonly input: unknown }[] | undefined;
}

function isUnknownKey(issue: Issue): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}

function lastKey(issue: Issue): string {
  return String(issue.path?.[issue.path.length - 1]?.key);
}

/** How many options a message names that asks for an object of them. */
const MOST_OPTIONS = 8;

function anObjectOf(known: readonly string[]): string {
  const shown = known.slice(0, MOST_OPTIONS).join(', ');
  return `an object of options, { ${shown}${known.length > MOST_OPTIONS ? ', …' : ''} },`;
}

/** The phrase, with that of the names in quotes that is nearest to a text that was given instead. */
function withNearest(phrase: string, received: unknown): string {
  if (typeof received !== 'string') return phrase;
  const names = Array.from(phrase.matchAll(/'(\w+)'/g), ([, name]) => name);
  const near = names.includes(received) ? undefined : nearest(received, names);
  if (near === undefined) return phrase;
  const hint = `(did you mean '${near}'?)`;
  return phrase.endsWith(',') ? `${phrase.slice(0, -1)} ${hint},` : `${phrase} ${hint}`;
}

function knownOptions(known: readonly string[], received: string): string {
  const near = nearest(received, known);
  return `one of the options ${known.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}

function join(name: string, path: readonly { readonly key: unknown }[]): string {
  let joined = name;
  for (const { key } of path) joined += typeof key === 'number' ? `[${key}]` : `${joined === '' ? '' : '.'}${key}`;
  return joined;
}

function quote(name: string): string {
  return `'${name}'`;
}

/** Levenshtein distance: insertions, deletions and substitutions that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[j] + 1, current[j - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
}

/** What a file says of its own schema, for editors; it decides nothing, and is forgotten. */
export const schemaEntry = v.optional(v.string('the address of a JSON schema'));
