/** How reports write numbers: as sentences do, and the ticks of axes. */
import { formatMagnitude, formatNonFinite } from '../format.js';

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

/** A share in percent with two decimals, or with as many as it takes not to become 0 or 100: `97.85 %`, `0.0031 %`. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return formatNonFinite(share);
  const percent = share * 100;
  const rest = Math.min(Math.abs(percent), Math.abs(100 - percent));
  if (rest === 0) return `${percent} %`;
  return `${rest < 0.01 ? formatMagnitude(percent, Math.abs(percent) < 1 ? 2 : 7) : Number(percent.toFixed(2))} %`;
}
