/** Rows as JSON, one on each line (jsonlines.org): objects, or arrays. */

import { SamebitsError } from '../../errors.js';
import { type ByteSource, checkedUtf8, isRepeatable, nameOf, readBytes } from './bytes.js';
import { expectedAt } from './cell-error.js';
import type { CellSource } from './cells.js';
import { openRows, type RowBatch } from './rows.js';

const MOST_LINE_BYTES = 1 << 24;
/** Characters up to which a line takes little memory, whatever it is. */
const LONG_LINE = 1 << 16;
const DEEPEST = 200;
const LINE_FEED = 10;

export function jsonLinesCells(source: ByteSource): CellSource {
  const name = nameOf(source);
  return {
    name,
    repeatable: isRepeatable(source),
    open: (_, sampleRows) => openRows(readRows(source, name), name, sampleRows),
  };
}

async function* readRows(source: ByteSource, name: string): AsyncGenerator<RowBatch, void, undefined> {
  let row = 0;
  let line = 0;
  for await (const texts of readLines(source, name, () => line)) {
    const rows: unknown[] = [];
    const lines: number[] = [];
    const lengths: number[] = [];
    for (const text of texts) {
      line += 1;
      if (/^\s*$/.test(text)) continue;
      rows.push(parseLine(text, name, row, line));
      lines.push(line);
      lengths.push(text.length);
      row += 1;
    }
    if (rows.length > 0) yield { rows, lines, lengths };
  }
}

function parseLine(text: string, source: string, row: number, line: number): unknown {
  if (text.length > LONG_LINE && isDeep(text)) {
    throw expectedAt(`at most ${DEEPEST} levels of JSON`, { source, row, line }, text, 'ERR_SAMEBITS_FILE');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw expectedAt('JSON', { source, row, line }, text, 'ERR_SAMEBITS_FILE');
  }
}

/** Whether brackets stand in brackets beyond any use; each level takes many times the memory of its bracket. */
function isDeep(text: string): boolean {
  let levels = 0;
  for (let i = 0; i < text.length; i += 1) {
    const mark = text[i];
    if (mark === '"') i = endOfString(text, i);
    else if (mark === '[' || mark === '{') levels += 1;
    else if (mark === ']' || mark === '}') levels -= 1;
    if (levels > DEEPEST) return true;
  }
  return false;
}

/** The quote that ends the string which begins at `start`; the text's end where it does not. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

/** The lines that end in each piece of the source. */
async function* readLines(
  source: ByteSource,
  name: string,
  lineOf: () => number,
): AsyncGenerator<string[], void, undefined> {
  let open: Buffer[] = [];
  let openBytes = 0;
  let isFirst = true;
  for await (const piece of checkedUtf8(readBytes(source), name)) {
    const end = piece.lastIndexOf(LINE_FEED);
    if (end >= 0) {
      let text = Buffer.concat([...open, piece.subarray(0, end)]).toString('utf8');
      if (isFirst) text = withoutMark(text);
      isFirst = false;
      yield text.split('\n');
      open = [];
      openBytes = 0;
    }
    const rest = piece.subarray(end + 1);
    openBytes += rest.length;
    if (openBytes > MOST_LINE_BYTES) {
      const place = `line ${lineOf() + 1} of ${name}`;
      throw new SamebitsError(
        'ERR_SAMEBITS_FILE',
        `Expected at most ${MOST_LINE_BYTES} bytes for ${place} but received more`,
      );
    }
    // A copy: a stream may use its memory again.
    if (rest.length > 0) open.push(Buffer.from(rest));
  }
  const last = Buffer.concat(open).toString('utf8');
  if (last !== '') yield [isFirst ? withoutMark(last) : last];
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
