/** What a command gives: its document as JSON, in a file or on standard output, or the same as text. */
import { resolve } from 'node:path';
import pico from 'picocolors';
import { nonFiniteAsText } from '../report/numbers.js';
import type { TableOptions } from '../report/table.js';
import { writeWhole } from './output-files.js';

export interface DocumentFlags {
  readonly json?: boolean;
  readonly output?: string;
  /** No text. */
  readonly quiet?: boolean;
}

/** The file first: whoever sees the text can open it. */
export function deliverDocument<T>(
  document: T,
  { json, output, quiet }: DocumentFlags,
  render: (document: T, options: TableOptions) => string,
): void {
  const text = `${JSON.stringify(document, nonFiniteAsText, 2)}\n`;
  if (output !== undefined) writeWhole(output, text, '--output');
  if (json === true) {
    process.stdout.write(text);
    return;
  }
  if (quiet === true) return;
  const color = pico.isColorSupported && process.stdout.isTTY === true;
  process.stdout.write(`${render(document, { color, width: process.stdout.columns })}\n`);
  if (output !== undefined) process.stdout.write(`\nThe JSON document: ${resolve(output)}\n`);
}
