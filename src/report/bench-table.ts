/** A benchmark as a table for the terminal. */
import pico from 'picocolors';
import type { BenchCaseResult, BenchDocument } from '../bench/document.js';
import { renderPlainTable } from './columns.js';
import { formatCount, formatMagnitude, formatPercent, formatRatio } from './format.js';
import { type TableOptions, wrapText } from './table.js';

/** A time with its unit, in at most seven characters: `12.3 ms`. */
export function formatTime(seconds: number): string {
  for (const [unit, size] of [
    ['s', 1],
    ['ms', 1e-3],
    ['µs', 1e-6],
  ] as const) {
    if (seconds >= size) return `${Number((seconds / size).toPrecision(3))} ${unit}`;
  }
  return `${Number((seconds * 1e9).toPrecision(3))} ns`;
}

/** A number in at most five characters: `940`, `72.1k`, `20.4M`. */
export function formatCompact(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)}M`;
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(3))}k`;
  return formatMagnitude(value);
}

function limitsOf({ limits }: BenchDocument, isa: string): string {
  const each = (values: Readonly<Record<string, number>>, unit: string): string =>
    Object.entries(values)
      .map(([threads, value]) => `${formatMagnitude(value)}${unit} (${threads})`)
      .join(', ');
  return `${isa}: peak in GFLOP/s ${each(limits.peak[isa], '')}; fed from cache ${each(limits.peakFromCache[isa], '')}`;
}

function memoryOf({ limits }: BenchDocument): string {
  const each = (values: Readonly<Record<string, number>>): string =>
    Object.entries(values)
      .map(([threads, value]) => `${formatMagnitude(value)} (${threads})`)
      .join(', ');
  const { pingPongNanoseconds: trip } = limits;
  const pingPong = trip === null ? '' : `; ping-pong in ns ${formatCount(trip)}`;
  return `memory in GB/s ${each(limits.bandwidth)}; barrier in µs ${each(limits.barrierMicroseconds)}${pingPong}`;
}

interface Column<Row> {
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

const caseColumns: readonly Column<BenchCaseResult>[] = [
  { head: 'case', align: 'left', cell: (one) => one.name },
  { head: 'thr', align: 'right', cell: (one) => String(one.threads) },
  { head: 'order', align: 'left', cell: (one) => one.reduction },
  { head: 'time', align: 'right', cell: (one) => `${one.undisturbed ? '' : '~'}${formatTime(one.medianSeconds)}` },
  { head: '± %', align: 'right', cell: (one) => formatPercent(one.spread, 0) },
  { head: 'GFLOP/s', align: 'right', cell: (one) => formatMagnitude(one.gflops) },
  { head: 'peak %', align: 'right', cell: (one) => formatPercent(one.fractionOfPeak, 1) },
  { head: 'rows/s', align: 'right', cell: (one) => formatCompact(one.samplesPerSecond) },
  { head: 'speed', align: 'right', cell: (one) => formatRatio(one.speedUp) },
];

interface PriceLine {
  readonly name: string;
  readonly threads: number;
  readonly chain: number;
  readonly free: number | null;
}

const priceColumns: readonly Column<PriceLine>[] = [
  { head: 'price of fixed order', align: 'left', cell: (one) => one.name },
  { head: 'thr', align: 'right', cell: (one) => String(one.threads) },
  { head: 'over one chain', align: 'right', cell: (one) => formatRatio(one.chain) },
  { head: 'over free order', align: 'right', cell: (one) => (one.free === null ? '-' : formatRatio(one.free)) },
];

function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], bold: (text: string) => string): string {
  return renderPlainTable({
    rows: [columns.map(({ head }) => bold(head)), ...rows.map((row) => columns.map(({ cell }) => cell(row)))],
    aligns: columns.map(({ align }) => align),
  });
}

function legendOf({ cases }: BenchDocument): string {
  return [
    'thr: threads (and in brackets)',
    'time: median of one product, phase, step of a whole batch, or call',
    '±: interquartile range over the median',
    'peak: share of the peak of as many threads',
    'speed: against the fewest threads',
    ...(cases.some(({ undisturbed }) => !undisturbed) ? ['~: too few undisturbed samples'] : []),
  ].join('; ');
}

/** Writes limits, cases and prices in at most 80 columns. The text ends without a line break. */
export function renderBenchTable(document: BenchDocument, { color, width = 80 }: TableOptions): string {
  const { bold, dim } = pico.createColors(color);
  const room = Math.max(72, Math.min(80, width));
  const parts = [wrapText(memoryOf(document), room)];
  for (const isa of Object.keys(document.limits.peak)) {
    const cases = document.cases.filter((one) => one.isa === isa);
    parts.push('', wrapText(limitsOf(document, isa), room));
    if (cases.length > 0) parts.push(tableOf(caseColumns, cases, bold));
    const price = document.price.filter((one) => one.isa === isa);
    const lines = price.map(({ name, threads, fixedOverChain: chain, fixedOverFree: free }) => ({
      ...{ name, threads, chain, free },
    }));
    if (lines.length > 0) parts.push('', tableOf(priceColumns, lines, bold));
  }
  parts.push(dim(wrapText(legendOf(document), room)), '', wrapText(document.summary.sentence, room));
  return parts.join('\n');
}
