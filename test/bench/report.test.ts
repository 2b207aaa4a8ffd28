import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { BenchCaseResult, BenchDocument } from '../../dist/bench/document.js';
import { renderBenchReport } from '../../dist/report/bench-report.js';
import { benchStatements, summarizeBench } from '../../dist/report/bench-sentence.js';
import { formatCompact, formatTime, renderBenchTable } from '../../dist/report/bench-table.js';
import { documentSchema } from './document-schema.js';

function result(name: string, threads: number, changes: Partial<BenchCaseResult> = {}): BenchCaseResult {
  return {
    name,
    work: `work of ${name}`,
    isa: 'avx512',
    threads,
    reduction: 'fixed',
    medianSeconds: 0.00123 / threads,
    spread: 0.02,
    gflops: 200 * threads,
    fractionOfPeak: 0.91,
    fractionOfPeakFromCache: 0.99,
    samplesPerSecond: 72_100 * threads,
    speedUp: threads,
    efficiency: 1,
    samples: 15,
    discarded: 2,
    undisturbed: true,
    fingerprint: name.startsWith('step') ? 'ab'.repeat(32) : null,
    ...changes,
  };
}

function document(cases: readonly BenchCaseResult[], changes: Partial<BenchDocument> = {}): BenchDocument {
  const measured = {
    cases,
    price: [{ name: 'step-sgd-128', isa: 'avx512', threads: 2, fixedOverChain: 1.014, fixedOverFree: 0.98 }],
    crowding: [{ name: 'crowded-32', isa: 'avx512', threads: 8, cores: 2, ratio: 1.15 }],
    marking: [
      { name: 'marks-sgd-128', isa: 'avx512', threads: 1, ratio: 1.02 },
      { name: 'marks-sgd-128', isa: 'avx512', threads: 2, ratio: 1.034 },
    ],
  };
  return {
    schemaVersion: 1,
    command: 'bench',
    version: '1.2.3',
    contract: 1,
    machine: {
      platform: 'linux',
      arch: 'x64',
      cpu: 'A processor',
      cores: 2,
      memoryBytes: 2 ** 34,
      node: 'v20.0.0',
      instructionSets: ['avx512', 'avx2'],
    },
    recipe: { 'step-sgd-128': { seed: 42, loss: 'sparseCategoricalCrossentropy' } },
    commandLine: 'samebits bench',
    limits: {
      peak: { avx512: { 1: 233, 2: 466 } },
      peakFromCache: { avx512: { 1: 210, 2: 420 } },
      bandwidth: { 1: 43, 2: 49 },
      barrierMicroseconds: { 1: 0, 2: 0.2 },
      pingPongNanoseconds: 150,
    },
    ...measured,
    summary: summarizeBench(measured),
    ...changes,
  };
}

const names = ['product-1024', 'weight-gradient-128', 'step-sgd-128', 'predict-1-idle', 'tiny'];
const usual = document(names.flatMap((name) => [result(name, 1), result(name, 2)]));

describe('the sentence', () => {
  it('names threads, prices and what was thrown away', () => {
    expect(benchStatements(usual)).toEqual([
      'Fixed order ended with the same bits on 1 and 2 threads.',
      'It takes 1.01 times the time of one chain per output and 0.98 times that of free order, at the median of 1 comparison.',
      '8 threads on 2 cores take 1.15 times as long as 2.',
      'With marks of all weights a step takes at most 1.03 times as long.',
      '20 of 170 samples were thrown away: the machine was disturbed around them.',
    ]);
    expect(usual.summary).toMatchObject({ fixedIdentical: true, samples: 150, discarded: 20 });
  });

  it('says which case ended with different bits, and which lines are not to be relied on', () => {
    const cases = [
      result('step-sgd-128', 1),
      result('step-sgd-128', 2, { fingerprint: 'cd'.repeat(32) }),
      result('tiny', 1, { undisturbed: false, discarded: 0 }),
    ];
    const summary = summarizeBench({ cases, price: [], crowding: [], marking: [] });
    expect(summary.fixedIdentical).toBe(false);
    expect(summary.sentence).toMatch(/^Fixed order gave different bits in step-sgd-128: that must not be\./);
    expect(summary.sentence).toMatch(/1 of 3 lines had too few undisturbed samples/);
    expect(renderBenchReport(document(cases, { summary }))).toContain(
      '<h1 class="fault">Fixed order gave different bits',
    );
  });
});

describe('the table', () => {
  it('stays within 80 columns and has every case and price', () => {
    const long = result('weight-gradient-256', 256, {
      isa: 'avx512',
      medianSeconds: 123.4,
      samplesPerSecond: 123_456_789,
      gflops: 98_765,
      undisturbed: false,
      fractionOfPeak: 1.2345,
      speedUp: 250.123,
    });
    const text = renderBenchTable(document([...usual.cases, long]), { color: false });
    expect(Math.max(...text.split('\n').map((line) => Array.from(line).length))).toBeLessThanOrEqual(80);
    for (const name of names) expect(text).toContain(name);
    expect(text).toContain('~123 s');
    expect(text).toMatch(/step-sgd-128 +2 +1\.01 +0\.98/);
  });

  it('writes times and counts briefly', () => {
    expect([1.5, 0.0123, 0.000_072_1, 4e-8].map(formatTime)).toEqual(['1.5 s', '12.3 ms', '72.1 µs', '40 ns']);
    expect([12, 940, 72_100, 20_400_000].map(formatCompact)).toEqual(['12', '940', '72.1k', '20.4M']);
  });
});

describe('the page', () => {
  it('carries the document, every case, and a point for each in the charts', () => {
    const page = renderBenchReport(usual);
    const embedded = /<script type="application\/json" id="document">(.*?)<\/script>/s.exec(page);
    expect(v.parse(documentSchema, JSON.parse(embedded![1]))).toEqual(usual);
    for (const name of names) expect(page).toContain(`<td class="text">${name}</td>`);
    for (const id of ['products-share', 'training-speed-up', 'prediction-share', 'price-chain', 'price-free']) {
      expect(page).toContain(`id="${id}-wide"`);
    }
    expect(page).toMatch(/data-name="step-sgd-128".*?data-x="2" data-y="91"/s);
    expect(page).toContain('marks-sgd-128 on 1 thread, avx512: 1.02, marks-sgd-128 on 2 threads, avx512: 1.03.');
  });

  it('leaves out charts of what was not measured', () => {
    const page = renderBenchReport(document([result('predict-1', 1)], { price: [], crowding: [], marking: [] }));
    expect(page).toContain('id="figure-prediction"');
    for (const id of ['figure-products', 'figure-training', 'figure-price']) expect(page).not.toContain(id);
  });

  it('escapes what a document brings along', () => {
    const page = renderBenchReport(
      document([result('step-<script>alert(1)</script>', 1)], { commandLine: '<img src=x>' }),
    );
    expect(page).not.toContain('<script>alert(1)');
    expect(page).not.toContain('<img src=x>');
  });
});
