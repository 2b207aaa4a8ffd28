/** Values of options: text from the command line, checked before any work starts. */
import { expected } from '../errors.js';

/** The number that `text` writes in decimal notation, or the text itself, so that a refusal shows what was typed. */
function numberOrText(text: string): number | string {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : text;
}

/** An integer from `least` to `most`. */
export function integerOption(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = numberOrText(text);
    if (isIntegerWithin(value, least, most)) return value;
    throw expected(`an integer from ${least} to ${most}`, name, value);
  };
}

/** Integers from `least` to `most`, separated by commas; repeated ones count once where `distinct` is set. */
export function integersOption(
  name: string,
  least: number,
  most: number,
  { distinct }: { readonly distinct: boolean },
): (text: string) => number[] {
  return (text) => {
    const values = text.split(',').map((part) => {
      const value = numberOrText(part);
      if (isIntegerWithin(value, least, most)) return value;
      throw expected(`integers from ${least} to ${most}, separated by commas,`, name, value);
    });
    return distinct ? [...new Set(values)] : values;
  };
}

const MOST_UNITS = 1_000_000;
const MOST_LAYERS = 100;

/** Units of layers, separated by commas. */
export function layersOption(name: string): (text: string) => number[] {
  return (text) => {
    const units = integersOption(name, 1, MOST_UNITS, { distinct: false })(text);
    if (units.length <= MOST_LAYERS) return units;
    throw expected(`at most ${MOST_LAYERS} layers`, name, units.length);
  };
}

/** A number above 0 and below infinity, in binary32 too. */
export function rateOption(name: string): (text: string) => number {
  const isRate = (value: number): boolean => Math.fround(value) > 0 && Number.isFinite(Math.fround(value));
  return numberOption(name, 'a number above 0', isRate);
}

/** A number that `test` accepts. @param what E.g. `a number of at least 0`. */
export function numberOption(name: string, what: string, test: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = numberOrText(text);
    if (typeof value === 'number' && Number.isFinite(value) && test(value)) return value;
    throw expected(what, name, value);
  };
}

/** One of these names. */
export function nameOption<const T extends string>(name: string, names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((known) => known === text);
    if (found === undefined) throw expected(`one of ${names.join(', ')}`, name, text);
    return found;
  };
}

/** Some of these names, separated by commas, each once. */
export function namesOption<const T extends string>(name: string, names: readonly T[]): (text: string) => T[] {
  const one = nameOption(name, names);
  return (text) => [...new Set(text.split(',').map((part) => one(part.trim())))];
}

/** A folder, by its path; an empty one would be the folder that one happens to be in. */
export function folderOption(name: string): (text: string) => string {
  return (text) => {
    if (text === '') throw expected('a folder', name, text);
    return text;
  };
}

/** A seed: an integer from 0 to 2^53 − 1, or any other text that is no number. */
export function seedOption(name: string): (text: string) => number | string {
  return (text) => {
    const value = numberOrText(text);
    if (typeof value === 'string') {
      if (value !== '') return value;
    } else if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) {
      // 007 is a text of its own: as a number it would be 7.
      return String(value) === text ? value : text;
    }
    throw expected('an integer from 0 to 9007199254740991, or a text,', name, value);
  };
}

function isIntegerWithin(value: number | string, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
