import type { CompareDocument, CompareRun, CompareSummary } from '../compare/document.js';
import { formatCount, formatList, formatMagnitude, formatRatio, formatShareInWords } from './format.js';
import { distinct, groupRuns, type RunGroup, threadCounts } from './groups.js';
import { decodeNumber } from './numbers.js';

/** The part of a document that the sentences are made from. */
export interface CompareFacts {
  readonly runs: readonly CompareRun[];
  /** Only `testRows` is read: shares of predictions become counts. */
  readonly data: Pick<CompareDocument['data'], 'testRows'>;
  readonly summary: Pick<CompareSummary, 'baseline' | 'priceOfFixedOrder'>;
}

/** Runs sorted by what may be expected of them. */
interface SortedRuns {
  readonly baseline: CompareRun;
  readonly fixed: readonly CompareRun[];
  /** Fixed-order runs that do not have the bits of the first of them: a fault wherever there is one. */
  readonly broken: readonly CompareRun[];
  /** Free order on one thread: one chain, so repeatable, but another order than the fixed tree. */
  readonly chain: readonly CompareRun[];
  /** Free order on two threads and more: the order of arrival. */
  readonly parallel: readonly CompareRun[];
}

function sortRuns(facts: CompareFacts): SortedRuns {
  const baseline = facts.runs[facts.summary.baseline];
  const fixed = facts.runs.filter((run) => run.reduction === 'fixed');
  const reference = baseline.reduction === 'fixed' ? baseline : fixed[0];
  const broken = fixed.filter(
    (run) => run.fingerprint !== reference.fingerprint || (reference === baseline && !run.identical),
  );
  const free = facts.runs.filter((run) => run.reduction === 'free');
  return {
    baseline,
    fixed,
    broken,
    chain: free.filter((run) => run.threads === 1),
    parallel: free.filter((run) => run.threads > 1),
  };
}

function threadWords(runs: readonly { readonly threads: number }[]): string {
  const counts = threadCounts(runs);
  return `${formatList(counts)} thread${counts.length === 1 && counts[0] === 1 ? '' : 's'}`;
}

/** `the run`, `both runs`, `all 6 runs`. */
function allOf(count: number, noun: string): string {
  if (count === 1) return `the ${noun}`;
  return count === 2 ? `both ${noun}s` : `all ${count} ${noun}s`;
}

function someOf(count: number, total: number): string {
  if (count === total) return allOf(total, 'run');
  return `${count} of ${total} runs`;
}

/** `at 2 and 4 threads`, and the instruction sets where there were several. */
function circumstances(runs: readonly CompareRun[]): string {
  const isas = distinct(runs.map((run) => run.isa));
  return `at ${threadWords(runs)}${isas.length > 1 ? `, with ${formatList(isas)}` : ''}`;
}

/** The earliest first difference: `from step 1 on, first in dense_1/kernel`. */
function whereFrom(runs: readonly CompareRun[]): string {
  const first = runs
    .flatMap((run) => (run.firstDifference === null ? [] : [run.firstDifference]))
    .reduce<CompareRun['firstDifference']>((least, d) => (least === null || d.step < least.step ? d : least), null);
  if (first === null) return '';
  const when = first.step === 0 ? 'in the initial weights already' : `from step ${formatCount(first.step)} on`;
  return `${when}, first in ${first.tensor}`;
}

function aboutFixed({ fixed, broken, baseline }: SortedRuns): string {
  if (fixed.length === 0) {
    return `No fixed-order run was made; the others are compared with a free-order run at ${threadWords([baseline])}.`;
  }
  if (broken.length > 0) {
    const where = baseline.reduction === 'fixed' ? whereFrom(broken) : '';
    return (
      `FAULT: fixed order gave different bits. ${broken.length} of ${fixed.length} fixed-order runs, ` +
      `${circumstances(broken)}, ended with other weights than the first${where === '' ? '' : ` (${where})`}. ` +
      'The contract rules this out: please report it, with this document.'
    );
  }
  if (fixed.length === 1) {
    return `Only one fixed-order run was made, ${circumstances(fixed)}, so nothing here tests that fixed order repeats.`;
  }
  return `In fixed order ${allOf(fixed.length, 'run')}, ${circumstances(fixed)}, gave the same bits in every weight.`;
}

/** Whether repeats of the same free-order execution agreed with each other; empty where nothing was repeated. */
function aboutRepeats(groups: readonly RunGroup[]): string {
  const repeated = groups.filter((group) => group.runs.length > 1);
  if (repeated.length === 0) return '';
  const agreeing = repeated.filter((group) => distinct(group.runs.map((run) => run.fingerprint)).length === 1);
  if (agreeing.length === 0) return 'The same run, repeated, gave other bits again.';
  if (agreeing.length === repeated.length) return 'The same run, repeated, gave the same bits this time.';
  return `The same run, repeated, agreed at ${threadWords(agreeing)} this time and nowhere else.`;
}

function aboutParallel({ parallel, chain, baseline }: SortedRuns): string {
  const others = parallel.filter((run) => run !== baseline);
  if (others.length === 0) {
    return chain.length + parallel.length === 0 ? 'No free-order run was made.' : '';
  }
  const apart = others.filter((run) => !run.identical);
  const target = baseline.reduction === 'fixed' ? 'fixed order' : 'the baseline';
  if (apart.length === 0) {
    return (
      `Free order did not diverge: ${allOf(others.length, 'run')}, ${circumstances(others)}, gave the bits of ` +
      `${target} too. That is this time's result, not a promise.`
    );
  }
  const from = whereFrom(apart);
  return [
    `In free order ${someOf(apart.length, others.length)}, ${circumstances(apart)}, differed from ${target}` +
      `${from === '' ? '' : ` ${from}`}.`,
    aboutRepeats(groupRuns(parallel)),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function aboutChain({ chain, baseline }: SortedRuns): string {
  const others = chain.filter((run) => run !== baseline);
  if (others.length === 0) return '';
  const prints = distinct(chain.map((run) => run.fingerprint)).length;
  if (prints > 1) {
    return (
      'FAULT: at 1 thread free order is one chain in row order and has to repeat, but its ' +
      `${chain.length} runs gave ${prints} different results.`
    );
  }
  if (others.every((run) => run.identical)) {
    const owner = baseline.reduction === 'fixed' ? "fixed order's" : "the baseline's";
    return `At 1 thread, where free order is one chain in row order, its bits are ${owner} as well.`;
  }
  const from = whereFrom(others);
  const repeats =
    chain.length > 1 ? `repeatable: ${allOf(chain.length, 'run')} gave the same bits` : 'repeatable by definition';
  const other = baseline.reduction === 'fixed' ? 'the fixed tree' : "the baseline's";
  return (
    `At 1 thread free order is one chain in row order, a different order from ${other}, so its bits differ` +
    `${from === '' ? '' : ` (${from})`}, but it is ${repeats}.`
  );
}

/** How far runs went from the baseline, over all that left it. */
function aboutSize(runs: readonly CompareRun[], testRows: number): string {
  if (runs.length === 0) return '';
  const largest = (read: (run: CompareRun) => unknown): number =>
    Math.max(...runs.map((run) => decodeNumber(read(run))));
  const shares = runs.map((run) => run.predictionsDiffer);
  const counts = shares.map((share) => Math.round(share * testRows));
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const range = least === most ? formatCount(most) : `${formatCount(least)} to ${formatCount(most)}`;
  const predictions =
    most === 0
      ? `none of the ${formatCount(testRows)} test predictions`
      : `${range} of ${formatCount(testRows)} test predictions`;
  const [relativeL2, maxAbs, maxUlp] = [
    largest((run) => run.relativeL2),
    largest((run) => run.maxAbs),
    largest((run) => run.maxUlp),
  ];
  const distance = [relativeL2, maxAbs, maxUlp].every(Number.isFinite)
    ? `At most, the weights were ${formatMagnitude(relativeL2)} apart in relative L2 distance, one weight by ` +
      `${formatMagnitude(maxAbs)}, one by ${formatMagnitude(maxUlp)} ULP`
    : 'The distance of the weights from the baseline became infinite or not a number';
  return (
    `${distance}; at the end up to ${formatShareInWords(Math.max(...runs.map((run) => run.weightsDiffer)))} of the ` +
    `weights and ${predictions} differed.`
  );
}

function aboutPrice(facts: CompareFacts): string {
  const prices = facts.summary.priceOfFixedOrder;
  if (prices.length === 0) return '';
  const each = prices.map(
    ({ threads, ratio }, i) =>
      `${formatRatio(ratio)} times${i === 0 ? ' as long as free order' : ''} at ${threadWords([{ threads }])}`,
  );
  const repeated = groupRuns(facts.runs).some((group) => group.runs.length > 1);
  return `Fixed order took ${formatList(each)} (${repeated ? 'medians' : 'single runs'}).`;
}

function aboutNonFinite(runs: readonly CompareRun[]): string {
  const bad = runs.filter(({ metrics }) => !Number.isFinite(decodeNumber(metrics.loss)));
  if (bad.length === 0) return '';
  return (
    `The test loss was not finite in ${someOf(bad.length, runs.length)}: training left the range of binary32 there, ` +
    'and distances are of little meaning; whether bits are the same still is.'
  );
}

/**
 * The result of a comparison in plain English, one statement each for: fixed order, free order on several threads, free
 * order on one thread, the size of the differences, values that are not finite, and the measured price of fixed order.
 * What did not occur is left out; what did not diverge is said not to have.
 *
 * @throws TypeError where `summary.baseline` is not an index into `runs`
 */
export function compareStatements(facts: CompareFacts): string[] {
  if (facts.runs[facts.summary.baseline] === undefined) {
    throw new TypeError(
      `expected an index into ${facts.runs.length} runs, summary.baseline, received ${facts.summary.baseline}`,
    );
  }
  const sorted = sortRuns(facts);
  const apart = facts.runs.filter((run) => run !== sorted.baseline && !run.identical);
  return [
    aboutFixed(sorted),
    aboutParallel(sorted),
    aboutChain(sorted),
    aboutSize(apart, facts.data.testRows),
    aboutNonFinite(facts.runs),
    aboutPrice(facts),
  ].filter((statement) => statement !== '');
}

/** {@link compareStatements} as one text: the `summary.sentence` of a document. */
export function compareSentence(facts: CompareFacts): string {
  return compareStatements(facts).join(' ');
}

/** The result in one line, for the head of a page. */
export function compareVerdict(facts: CompareFacts): string {
  const { fixed, broken, chain, parallel, baseline } = sortRuns(facts);
  if (broken.length > 0) return 'Fixed order gave different bits: this is a fault';
  const parallelApart = parallel.some((run) => !run.identical);
  const chainApart = chain.some((run) => !run.identical);
  if (baseline.reduction === 'free' && fixed.length === 0) {
    if (facts.runs.length === 1) return 'One run, and nothing to compare it with';
    return parallelApart || chainApart ? 'Free order gave different bits' : 'Free order gave the same bits this time';
  }
  if (fixed.length === 1) {
    if (facts.runs.length === 1) return 'One run, and nothing to compare it with';
    return parallelApart || chainApart
      ? 'Free order has other bits than fixed order'
      : 'The same bits in both orders this time';
  }
  const same = fixed.length === facts.runs.length ? 'The same bits in every run' : 'The same bits in fixed order';
  if (parallelApart) return `${same}, different bits in free order`;
  if (chainApart) return `${same}, others in free order on one thread`;
  if (fixed.length === facts.runs.length) return same;
  return 'The same bits in both orders this time';
}
