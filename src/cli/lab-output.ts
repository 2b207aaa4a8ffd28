/** What `samebits lab run` and `samebits lab merge` give: files, then text or JSON. */
import { resolve } from 'node:path';
import pico from 'picocolors';
import type { LabCollection, LabDocument } from '../lab/document.js';
import { EXPERIMENTS } from '../lab/experiments/index.js';
import { type LabRequest, nameOf } from '../lab/request.js';
import { renderLabList, renderLabText } from '../report/lab-text.js';
import { nonFiniteAsText } from '../report/numbers.js';
import type { LabOutputFlags } from './lab-options.js';
import { checkPages, writePages } from './lab-pages.js';
import { ALL } from './lab-requests.js';
import { checkWritable, writeWhole } from './output-files.js';

/** Before hours of work. */
export function checkLabPaths({ report, output }: LabOutputFlags, request: LabRequest): void {
  const several = request.experiment === ALL;
  const names = several ? EXPERIMENTS.map(({ name }) => name) : [nameOf(request)];
  if (report !== undefined) checkPages(report, names, several);
  if (output !== undefined) checkWritable(output, '--output');
}

/** Files first: whoever sees the text can open the page. */
export function deliverLab(document: LabDocument | LabCollection, flags: LabOutputFlags): void {
  const json = `${JSON.stringify(document, nonFiniteAsText, 2)}\n`;
  if (flags.output !== undefined) writeWhole(flags.output, json, '--output');
  const page = flags.report === undefined ? undefined : writePages(document, flags.report);
  if (flags.json === true) {
    process.stdout.write(json);
    return;
  }
  const color = pico.isColorSupported && process.stdout.isTTY === true;
  const options = { color, width: process.stdout.columns, page };
  const text = 'experiments' in document ? renderLabList(document, options) : renderLabText(document, options);
  process.stdout.write(`${text}\n`);
  if (flags.output !== undefined) process.stdout.write(`The JSON document: ${resolve(flags.output)}\n`);
}
