import type { CompareDocument, CompareRun } from '../../compare/document.js';
import { faultStyle, type SeriesStyle, seriesStyle } from '../chart/style.js';
import { formatList } from '../format.js';
import { distinct, threadCounts } from '../groups.js';

/** Runs that a chart draws as one line, because they have the same bits. */
export interface Strand {
  readonly name: string;
  readonly style: SeriesStyle;
  readonly runs: readonly CompareRun[];
  /** Whether the bits are the baseline's. */
  readonly identical: boolean;
}

function threadWords(threads: number): string {
  return `${threads} thread${threads === 1 ? '' : 's'}`;
}

/** `run`, `both runs`, `all 6 runs`, `2 runs` of more. */
function runWords(some: number, all: number): string {
  if (some === 1) return 'run';
  if (some < all) return `${some} runs`;
  return all === 2 ? 'both runs' : `all ${all} runs`;
}

/** `free, 2 threads, avx2, run 1`, without what all runs have in common. */
export function runName(run: CompareRun, document: CompareDocument): string {
  const severalIsas = distinct(document.runs.map((other) => other.isa)).length > 1;
  const repeats = document.runs.some(
    (other) =>
      other !== run && other.threads === run.threads && other.reduction === run.reduction && other.isa === run.isa,
  );
  return [
    run.reduction,
    threadWords(run.threads),
    ...(severalIsas ? [run.isa] : []),
    ...(repeats ? [`run ${run.repeat}`] : []),
  ].join(', ');
}

/**
 * Cuts the runs into strands: all runs of one order that have the baseline's bits are one, each other run is one, except
 * that repeats with the same bits share theirs. Colors and markers stand for the number of threads, dashes for repeats.
 * A fixed-order run that left the baseline is a fault, and has the color of text.
 */
export function strandsOf(document: CompareDocument): Strand[] {
  const strands: Strand[] = [];
  const allCounts = threadCounts(document.runs);
  for (const reduction of ['fixed', 'free'] as const) {
    const runs = document.runs.filter((run) => run.reduction === reduction);
    const identical = runs.filter((run) => run.identical);
    if (identical.length > 0) {
      const counts = threadCounts(identical);
      const where = counts.length === 1 ? threadWords(counts[0]) : `${formatList(counts)} threads`;
      const name = `${reduction} order, ${runWords(identical.length, runs.length)} at ${where}`;
      strands.push({ name, style: seriesStyle(reduction === 'fixed' ? 0 : 5), runs: identical, identical: true });
    }
    const apart = runs.filter((run) => !run.identical);
    for (const threads of allCounts) {
      const atThreads = apart.filter((run) => run.threads === threads);
      distinct(atThreads.map((run) => run.fingerprint)).forEach((bits, i) => {
        const members = atThreads.filter((run) => run.fingerprint === bits);
        const style = reduction === 'fixed' ? faultStyle(i) : seriesStyle(1 + (allCounts.indexOf(threads) % 4), i);
        const name =
          members.length === 1
            ? runName(members[0], document)
            : `${reduction}, ${threadWords(threads)}, ${members.length} runs with the same bits`;
        strands.push({ name, style, runs: members, identical: false });
      });
    }
  }
  return strands;
}
