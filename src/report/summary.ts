import type { CompareRun, CompareSummary } from '../compare/document.js';
import { priceOfFixedOrder } from './groups.js';
import { compareSentence } from './sentence.js';

/** What {@link summarizeCompare} needs to know. */
export interface SummaryInput {
  readonly runs: readonly CompareRun[];
  /** Index into `runs`. */
  readonly baseline: number;
  readonly testRows: number;
}

/** Makes the `summary` of a document from its runs. */
export function summarizeCompare({ runs, baseline, testRows }: SummaryInput): CompareSummary {
  const fixed = runs.filter((run) => run.reduction === 'fixed');
  const facts = {
    baseline,
    fixedIdentical: fixed.every(
      (run) => run.fingerprint === fixed[0].fingerprint && (runs[baseline].reduction !== 'fixed' || run.identical),
    ),
    freeDiverged: runs.some((run) => run.reduction === 'free' && !run.identical),
    priceOfFixedOrder: priceOfFixedOrder(runs),
  };
  return { ...facts, sentence: compareSentence({ runs, data: { testRows }, summary: facts }) };
}
