/** The pages of experiments: one file, or a folder with a list and a page for each. */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { expected } from '../errors.js';
import type { LabCollection, LabDocument } from '../lab/document.js';
import { labPageName, renderLabIndex } from '../report/lab-index.js';
import { renderLabReport } from '../report/lab-report.js';
import { checkApart, checkWritable, isDirectory, writeWhole } from './output-files.js';

const OPTION = '--report';
const INDEX = 'index.html';

/** Whether `--report` names a folder: one that is there, or nothing that is called like a page. */
function isFolder(report: string): boolean {
  return isDirectory(report) || !/\.html?$/i.test(report);
}

/** The file that `--report` means: the page of one experiment, or the list of several, which has theirs beside it. */
function mainPage(report: string, experiments: readonly string[], several: boolean): string {
  if (!isFolder(report)) return report;
  return join(report, several ? INDEX : labPageName(experiments[0]));
}

/**
 * Refuses, before hours of work, pages that could not be written afterwards; makes the folder that they go to.
 *
 * @param experiments Names; a list is made where `several` is set, even of one.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`, `ERR_SAMEBITS_ARGUMENT`
 */
export function checkPages(report: string, experiments: readonly string[], several: boolean): void {
  const page = mainPage(report, experiments, several);
  if (page !== report) {
    checkApart(report, report, OPTION);
    try {
      mkdirSync(report, { recursive: true });
    } catch {
      // What is in the way, the check says.
    }
  }
  checkWritable(page, OPTION);
  if (several && experiments.some((name) => labPageName(name) === basename(page))) {
    throw expected('a file that is not the page of an experiment', OPTION, report);
  }
}

/**
 * Writes the page of an experiment; of a collection a page for each and, at last, the list.
 *
 * @returns the path of the page, or of the list
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export function writePages(document: LabDocument | LabCollection, report: string): string {
  if (!('experiments' in document)) {
    const page = mainPage(report, [document.experiment], false);
    writeWhole(page, renderLabReport(document), OPTION);
    return resolve(page);
  }
  const index = mainPage(
    report,
    document.experiments.map(({ experiment }) => experiment),
    true,
  );
  for (const one of document.experiments) {
    const page = join(dirname(index), labPageName(one.experiment));
    writeWhole(page, renderLabReport(one, { index: basename(index) }), OPTION);
  }
  writeWhole(index, renderLabIndex(document), OPTION);
  return resolve(index);
}
