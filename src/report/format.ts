/** How reports write numbers: as sentences do, and the ticks of axes. */
import { formatMagnitude } from '../format.js';

export * from '../format.js';

/** A power of ten as `10⁻⁷`, for the ticks of a logarithmic axis; anything else as {@link formatMagnitude} does. */
export function formatPowerOfTen(value: number): string {
  const superscript = (digit: string): string => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)));
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(value / 10 ** exponent - 1) > 1e-9) return formatMagnitude(value);
  if (exponent === 0) return '1';
  if (exponent === 1) return '10';
  return `10${Array.from(String(exponent), superscript).join('')}`;
}
