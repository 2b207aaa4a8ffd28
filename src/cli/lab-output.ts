/** What `samebits lab run` and `samebits lab merge` give: files, then text or JSON. */
import { resolve } from 'node:path';
import type { LabCollection, LabDocument } from '../lab/document.js';
import { nonFiniteAsText } from '../report/numbers.js';
import type { LabOutputFlags } from './lab-options.js';
import { checkWritable, writeWhole } from './output-files.js';

/** Before hours of work. */
export function checkLabPaths({ report, output }: LabOutputFlags): void {
  if (report !== undefined) checkWritable(report, '--report');
  if (output !== undefined) checkWritable(output, '--output');
}

/** Files first: whoever sees the text can open the page. */
export function deliverLab(document: LabDocument | LabCollection, flags: LabOutputFlags): void {
  const json = `${JSON.stringify(document, nonFiniteAsText, 2)}\n`;
  if (flags.output !== undefined) writeWhole(flags.output, json, '--output');
  if (flags.json === true) {
    process.stdout.write(json);
    return;
  }
  const documents = 'experiments' in document ? document.experiments : [document];
  process.stdout.write(
    documents.map(({ experiment, verdict, statement }) => `${experiment}: ${verdict}. ${statement}\n`).join(''),
  );
  if (flags.output !== undefined) process.stdout.write(`The JSON document: ${resolve(flags.output)}\n`);
}
