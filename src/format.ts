/** How sentences and reports write numbers: always in English notation, never in the locale of the machine. */

/** Groups of three digits: 1234567 becomes `1,234,567`. Not for fractions. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `NaN`, `∞` or `−∞`. */
export function formatNonFinite(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '∞' : '−∞';
}

/** Three significant digits: plain from 0.001 up to a million, else with an exponent, such as `3.4e-7`. */
export function formatMagnitude(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e6) return size >= 1000 ? formatCount(value) : String(Number(value.toPrecision(digits)));
  return value.toExponential(digits - 1).replace('e+', 'e');
}

/** At most five characters for numbers up to 1e10: `12345`, then `1.2e5`. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  const size = Math.abs(value);
  return size < 1e5 && Number.isInteger(value) ? String(value) : value.toExponential(1).replace('e+', 'e');
}

/** Seconds, without the unit: `0.0123`, `1.23`, `12.3`, `123`. */
export function formatSeconds(value: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  if (value >= 100) return formatCount(value);
  if (value >= 10) return value.toFixed(1);
  return value >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(3)));
}

/** About how long, for people, rounded up: `12 s`, `3 min`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.ceil((seconds % 3600) / 60)} min`;
}

/** A ratio with two decimals: `1.01`. */
export function formatRatio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : formatNonFinite(value);
}

/** A share from 0 to 1 as per cent, without the sign: 0.97853 becomes `97.85`. */
export function formatPercent(share: number, decimals = 2): string {
  return Number.isFinite(share) ? (share * 100).toFixed(decimals) : formatNonFinite(share);
}

/**
 * A share as per cent that never rounds something to nothing or a part to the whole:
 * 0.99999 is `more than 99.9`, 0.0000001 is `less than 0.1`.
 */
export function formatShareInWords(share: number): string {
  if (share > 0 && share < 0.001) return 'less than 0.1 %';
  if (share < 1 && share > 0.999) return 'more than 99.9 %';
  return `${Number(formatPercent(share, 1))} %`;
}

/** `1`, `1 and 2`, `1, 2 and 4`. */
export function formatList(items: readonly (string | number)[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

/** The first eight digits of a fingerprint, without a prefix such as `sha256:`. */
export function shortFingerprint(fingerprint: string, length = 8): string {
  return fingerprint.slice(fingerprint.lastIndexOf(':') + 1).slice(0, length);
}

/** A word of a command line, as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w.,/:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
