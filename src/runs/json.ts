/** JSON from files that are not trusted, and numbers in it. */
import * as v from 'valibot';
import type { Schema } from '../arguments.js';
import { damaged, inFile } from './file-errors.js';

/** Deeper nesting is no file of ours. */
const DEEPEST = 200;

/** A number as JSON can carry it: those that JSON has no word for, or would change, are strings. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity' | '-0';

/** Any value that JSON has. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * The value of a JSON text in UTF-8.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` also for a key that an object has twice, for `__proto__`, and for nesting
 * beyond 200 levels.
 */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  return inFile(file, () => jsonOf(bytes, file));
}

/** As {@link parseJson}; what the text is no JSON for is the parser's own error. */
export function jsonOf(bytes: Uint8Array, file: string): unknown {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const value: unknown = JSON.parse(text);
  checkKeys(text, file);
  return value;
}

/** The keys that an object's text has had so far; null for an array. */
type Level = Set<string> | null;

/** Refuses what `JSON.parse` lets pass in silence, in a text that it has parsed. */
function checkKeys(text: string, file: string): void {
  const levels: Level[] = [];
  let string = '';
  for (let i = 0; i < text.length; ) {
    const mark = text[i];
    const next = mark === '"' ? endOfString(text, i) : i + 1;
    if (mark === '"') string = text.slice(i, next);
    else if (mark === '{') levels.push(new Set());
    else if (mark === '[') levels.push(null);
    else if (mark === '}' || mark === ']') levels.pop();
    // Strings that no colon follows are values.
    else if (mark === ':') addKey(levels[levels.length - 1], string, file);
    if (levels.length > DEEPEST) throw damaged(`at most ${DEEPEST} levels of JSON`, file, 'more');
    i = next;
  }
}

/** Behind the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

function addKey(level: Level | undefined, token: string, file: string): void {
  const key = JSON.parse(token) as string;
  if (key === '__proto__') throw damaged('keys of data', file, key);
  if (level?.has(key)) throw damaged('each key of an object once', file, key);
  level?.add(key);
}

/** A number for {@link JSON.stringify}, exact for every binary64. */
export function toJsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

const SPECIAL: readonly unknown[] = ['NaN', 'Infinity', '-Infinity', '-0'];

/** What {@link toJsonNumber} gave, as the number that it was. */
export const jsonNumber: Schema<number> = v.pipe(
  v.custom<JsonNumber>(
    (value) => typeof value === 'number' || SPECIAL.includes(value),
    "a number, 'NaN', 'Infinity', '-Infinity' or '-0'",
  ),
  v.transform(Number),
);

/** 64 hexadecimal digits: a SHA-256. */
export const digest: Schema<string> = v.custom<string>(
  (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  '64 hexadecimal digits',
);

/** A string of at most `most` characters. */
export function text(most: number): Schema<string> {
  return v.custom<string>(
    (value) => typeof value === 'string' && value.length <= most,
    `a string of at most ${most} characters`,
  );
}
