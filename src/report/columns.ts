/** Plain tables in a terminal: ruled above and below, columns as wide as they need. */
import Table from 'cli-table3';

/** Spaces between columns. */
export const columnGap = 2;

/** Rows of cells that are as wide as their columns allow. */
export interface PlainTable {
  readonly rows: readonly (readonly string[])[];
  readonly aligns: readonly ('left' | 'right')[];
  /** Without, each column is as wide as its widest cell. */
  readonly widths?: readonly number[];
  /** Break words where a cell is wider than its column. @default false: cells are cut */
  readonly wrap?: boolean;
}

/** @returns lines without a line break at the end */
export function renderPlainTable({ rows, aligns, widths, wrap = false }: PlainTable): string {
  const none = { mid: '', 'mid-mid': '', 'left-mid': '', 'right-mid': '', left: '', right: '' };
  const corners = { 'top-left': '', 'top-right': '', 'bottom-left': '', 'bottom-right': '' };
  const rule = '─'.repeat(columnGap);
  const rules = { top: '─', 'top-mid': rule, bottom: '─', 'bottom-mid': rule };
  const table = new Table({
    chars: { ...none, ...corners, ...rules, middle: ' '.repeat(columnGap) },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    ...(widths === undefined ? {} : { colWidths: [...widths] }),
    colAligns: [...aligns],
    wordWrap: wrap,
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
