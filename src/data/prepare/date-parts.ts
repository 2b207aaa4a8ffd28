/** Parts of a date in UTC, in the Gregorian calendar: integers, but for `time`. */

export const DATE_PARTS = ['year', 'month', 'day', 'weekday', 'dayOfYear', 'hour', 'minute', 'second', 'time'] as const;

/**
 * `month` and `day` from 1, `weekday` from 1 (Monday) to 7 (ISO 8601), `dayOfYear` from 1; `time` in days since
 * 1970-01-01T00:00Z, with a fraction.
 */
export type DatePart = (typeof DATE_PARTS)[number];

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** @param time Milliseconds since 1970-01-01T00:00Z. */
export function datePart(time: number, part: DatePart): number {
  const days = Math.floor(time / DAY);
  const inDay = time - days * DAY;
  switch (part) {
    case 'year':
      return civil(days).year;
    case 'month':
      return civil(days).month;
    case 'day':
      return civil(days).day;
    case 'weekday':
      // 1970-01-01 was a Thursday.
      return ((((days + 3) % 7) + 7) % 7) + 1;
    case 'dayOfYear':
      return days - Math.floor(Date.UTC(civil(days).year, 0, 1) / DAY) + 1;
    case 'hour':
      return Math.floor(inDay / HOUR);
    case 'minute':
      return Math.floor((inDay % HOUR) / MINUTE);
    case 'second':
      return Math.floor((inDay % MINUTE) / 1000);
    case 'time':
      return time / DAY;
  }
}

interface CivilDay {
  readonly days: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The parts of a date, and rows that follow each other, are often of one day. */
let lastDay: CivilDay = { days: Number.NaN, year: Number.NaN, month: Number.NaN, day: Number.NaN };

function civil(days: number): CivilDay {
  if (days !== lastDay.days) lastDay = civilOf(days);
  return lastDay;
}

/** Richards, "Mapping Time", 1998, in years that begin in March, so that a leap day is the last. */
function civilOf(days: number): CivilDay {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  return { days, year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
