/** The JSON documents of `samebits why` and `samebits verify`. Plain data; non-finite numbers are strings. */
import type { DocumentHead } from '../document.js';
import type { VerifyReport } from '../verify/report.js';
import type { WhyReport } from './report.js';

/** The recipe is `{ a, b }`: that of each run. */
export type WhyDocument = Omit<DocumentHead<'why'>, 'data'> & WhyReport;

/** The contract of the head is this package's; that of the run stands under `run`. */
export type VerifyDocument = Omit<DocumentHead<'verify'>, 'data'> & {
  readonly run: VerifyReport;
};
