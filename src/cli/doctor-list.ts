/** The checks of `samebits doctor` as a list for a terminal. */
import pico from 'picocolors';
import type { Check, DoctorDocument } from '../doctor/document.js';

/** Columns of a line, its end not counted. */
const WIDTH = 80;

/** @param color Whether marks are colored. */
export function renderDoctorList(document: DoctorDocument, { color }: { readonly color: boolean }): string {
  const { version, contract, checks } = document;
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap((check) => renderCheck(check, nameWidth, color));
  return [
    `samebits ${version}, numerics contract ${contract}`,
    '',
    ...lines,
    '',
    ...wrap(verdict(checks), WIDTH),
    '',
  ].join('\n');
}

function renderCheck({ name, ok, sentence, found, expected }: Check, nameWidth: number, color: boolean): string[] {
  const { green, red } = pico.createColors(color);
  const mark = ok ? green('✓') : red('✗');
  const indent = ' '.repeat(nameWidth + 4);
  const text = ok ? sentence : `${sentence}\nfound: ${found}\nexpected: ${expected}`;
  return text
    .split('\n')
    .flatMap((paragraph) => wrap(paragraph, WIDTH - indent.length))
    .map((line, i) => (i === 0 ? `${mark} ${name.padEnd(nameWidth)}  ${line}` : `${indent}${line}`));
}

function verdict(checks: readonly Check[]): string {
  const off = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  if (off.length === 0) return `All ${checks.length} checks are well: here, samebits computes the contract's bits.`;
  const what = `${off.length} of ${checks.length} checks ${off.length === 1 ? 'is' : 'are'} off: ${off.join(', ')}.`;
  return `${what} Don't rely on equal bits here; please report this with the document that --json prints.`;
}

/** Lines of at most `width` characters, broken between words; a longer word is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    for (; line === '' && rest.length > width; rest = rest.slice(width)) lines.push(rest.slice(0, width));
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return line === '' ? lines : [...lines, line];
}
