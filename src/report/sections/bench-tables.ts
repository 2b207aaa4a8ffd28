import type { BenchDocument, ByThreads } from '../../bench/document.js';
import { formatTime } from '../bench-table.js';
import { renderTable } from '../chart/figure.js';
import { formatCount, formatMagnitude, formatPercent, formatRatio, shortFingerprint } from '../format.js';
import { distinct } from '../groups.js';
import { html, type Markup, nothing } from '../html.js';
import { machineEntries, pairs } from './setup.js';

/** What the machine can do at most. */
export function limitsSection({ limits }: BenchDocument): Markup {
  const { peak, peakFromCache, bandwidth, barrierMicroseconds, pingPongNanoseconds: trip } = limits;
  const threads = distinct([...Object.values(peak), bandwidth].flatMap(Object.keys)).map(Number);
  threads.sort((a, b) => a - b);
  const row = (name: string, values: ByThreads): string[] => [
    name,
    ...threads.map((count) => (values[count] === undefined ? '' : formatMagnitude(values[count]))),
  ];
  const table = renderTable({
    label: 'Limits by threads',
    head: ['limit', ...threads.map((count) => `${count} thread${count === 1 ? '' : 's'}`)],
    rows: [
      ...Object.entries(peak).map(([isa, values]) => row(`fma, ${isa}, GFLOP/s`, values)),
      ...Object.entries(peakFromCache).map(([isa, values]) => row(`the same from cache, ${isa}`, values)),
      row('triad, 10⁹ bytes/s', bandwidth),
      row('barrier, µs', barrierMicroseconds),
    ],
    textColumns: [0],
  });
  const pingPong =
    trip === null ? '' : ` Two threads that write to each other by turns take ${formatCount(trip)} ns there and back.`;
  return html`<section><h2 id="limits">The machine’s limits</h2><p>What a tenth of the repetitions beat.${pingPong} Samples are thrown away when a short look at the machine, before or after them, falls far behind these.</p>${table}</section>`;
}

/** Every case with its numbers. */
export function casesSection({ cases, crowding, marking }: BenchDocument): Markup {
  const table = renderTable({
    label: 'All cases',
    head: [
      'case',
      'work',
      'threads',
      'order',
      'isa',
      'median',
      'spread %',
      'GFLOP/s',
      'peak %',
      'from cache %',
      'rows per second',
      'speed-up',
      'efficiency',
      'samples',
      'thrown away',
      'fingerprint',
    ],
    rows: cases.map((one) => [
      one.name,
      one.work,
      one.threads,
      one.reduction,
      one.isa,
      one.undisturbed
        ? formatTime(one.medianSeconds)
        : html`<span class="differs">~${formatTime(one.medianSeconds)}</span>`,
      formatPercent(one.spread, 1),
      formatMagnitude(one.gflops),
      formatPercent(one.fractionOfPeak, 1),
      formatPercent(one.fractionOfPeakFromCache, 1),
      formatCount(one.samplesPerSecond),
      formatRatio(one.speedUp),
      formatRatio(one.efficiency),
      one.samples,
      one.discarded,
      one.fingerprint === null ? '' : html`<code>${shortFingerprint(one.fingerprint, 12)}</code>`,
    ]),
    textColumns: [0, 1, 3, 4, 15],
  });
  const crowded =
    crowding.length === 0
      ? nothing
      : html`<p>${crowding.map(({ name, threads, cores, ratio }) => `${name}: ${threads} threads take ${formatRatio(ratio)} times as long as ${cores}. `)}</p>`;
  const marked =
    marking.length === 0
      ? nothing
      : html`<p>Steps that mark all weights take, over the same without marks: ${marking.map(({ name, isa, threads, ratio }, i) => `${i === 0 ? '' : ', '}${name} on ${threads} thread${threads === 1 ? '' : 's'}, ${isa}: ${formatRatio(ratio)}`)}.</p>`;
  return html`<section><h2 id="cases">All cases</h2><p>The median is that of one product, phase, step of a whole batch, or call; spread is the interquartile range over it.</p>${crowded}${marked}${table}</section>`;
}

/** What it takes to measure the same again. */
export function benchSetupSection({ commandLine, machine, recipe }: BenchDocument): Markup {
  return html`<section><h2 id="repeat">To repeat this</h2><pre class="line">${commandLine}</pre><h3>Machine</h3>${pairs(machineEntries(machine))}<details><summary>The recipes as JSON</summary><pre tabindex="0">${JSON.stringify(recipe, null, 2)}</pre></details></section>`;
}
