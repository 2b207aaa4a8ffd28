/** How cells of the lab's tables are written, on pages and in terminals alike. */
import type { Cell, Column } from '../lab/experiment/picture.js';
import { formatCount, formatMagnitude, formatNonFinite, formatShare } from './format.js';
import { decodeNumber } from './numbers.js';

const nonFinite = ['NaN', 'Infinity', '-Infinity'];

/** A cell as its column wants it: `–` for nothing, `yes` and `no`, numbers with three significant digits at most. */
export function formatCell(cell: Cell, { format }: Column): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'string' && !(format !== undefined && nonFinite.includes(cell))) return cell;
  return formatNumber(decodeNumber(cell), format);
}

function formatNumber(value: number, format: Column['format']): string {
  switch (format) {
    case 'count':
      return formatCount(value);
    case 'share':
      return formatShare(value);
    case 'exact':
      return Number.isFinite(value) ? String(value) : formatNonFinite(value);
    case 'number':
      return formatMagnitude(value);
    default:
      return Number.isInteger(value) ? String(value) : formatMagnitude(value);
  }
}

/** Whether a column holds words, so that it is set to the left. */
export function isTextColumn(column: Column, cells: readonly Cell[]): boolean {
  return column.format === undefined && cells.some((cell) => typeof cell === 'string' || typeof cell === 'boolean');
}
