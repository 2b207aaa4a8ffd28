/** What a text stands for: numbers, booleans and dates in one notation each, in no locale. */

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal number, such as `-1.5e3`, as the nearest binary64; NaN for any other text, and for what is too large. */
export function numberOf(text: string): number {
  if (!NUMBER.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** `true` or `false` in small or capital letters, or with a capital first one; null for any other text. */
export function booleanOf(text: string): boolean | null {
  if (text === 'true' || text === 'True' || text === 'TRUE') return true;
  return text === 'false' || text === 'False' || text === 'FALSE' ? false : null;
}

const DATE =
  /^([1-9]\d{3})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/;
const MINUTE = 60_000;

/**
 * ISO 8601, `2024-02-29` or `2024-02-29T13:45:00.250+01:00` (a space may stand for T; seconds, their fraction and the
 * offset may be missing; without an offset it is UTC), in milliseconds since 1970-01-01T00:00Z. Digits behind
 * milliseconds are cut off. NaN for any other text, and for days that no calendar has.
 */
export function dateOf(text: string): number {
  const match = DATE.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', sign, offsetHour, offsetMinute] =
    match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(midnight);
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return Number.NaN;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const time = (Number(hour) * 60 + Number(minute)) * MINUTE + Number(second) * 1000 + milliseconds;
  if (sign === undefined) return midnight + time;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return Number.NaN;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * MINUTE;
  return midnight + time - (sign === '+' ? offset : -offset);
}
