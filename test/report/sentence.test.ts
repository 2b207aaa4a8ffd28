import { describe, expect, it } from 'vitest';
import { compareSentence, compareVerdict } from '../../dist/report/sentence.js';
import { summarizeCompare } from '../../dist/report/summary.js';
import * as documents from './fixtures/documents.js';

const { makeDocument } = documents;

describe('the sentence', () => {
  it('says what usually happens', () => {
    const text = compareSentence(documents.usual());
    expect(text).toContain('In fixed order all 6 runs, at 1, 2 and 4 threads, gave the same bits in every weight.');
    expect(text).toContain(
      'In free order all 4 runs, at 2 and 4 threads, differed from fixed order from step 1 on, first in dense_1/kernel.',
    );
    expect(text).toContain('The same run, repeated, gave other bits again.');
    expect(text).toMatch(/at the end up to 99\.7 % of the weights and \d+ to \d+ of 10,000 test predictions differed/);
    expect(text).toMatch(/Fixed order took 1\.\d\d times as long as free order at 1 thread, .* \(medians\)\.$/);
    expect(text).not.toContain('FAULT');
    expect(compareVerdict(documents.usual())).toBe('The same bits in fixed order, different bits in free order');
  });

  it('gives the largest sizes and the range of changed predictions', () => {
    const document = makeDocument([
      { threads: 1, reduction: 'fixed' },
      {
        threads: 2,
        reduction: 'free',
        changes: { relativeL2: 0.25, maxAbs: 0.5, maxUlp: 70, weightsDiffer: 0.5, predictionsDiffer: 0.0007 },
      },
      {
        threads: 4,
        reduction: 'free',
        changes: { relativeL2: 0.125, maxAbs: 2, maxUlp: 9, weightsDiffer: 0.25, predictionsDiffer: 0.0003 },
      },
    ]);
    expect(document.summary.sentence).toContain(
      'At most, the weights were 0.25 apart in relative L2 distance, one weight by 2, one by 70 ULP; ' +
        'at the end up to 50 % of the weights and 3 to 7 of 10,000 test predictions differed.',
    );
  });

  it('takes the earliest first difference', () => {
    const at = (step: number, tensor: string) => ({
      changes: { firstDifference: { step, tensor, index: 0, a: 0, b: 1, aHex: '', bHex: '', ulp: 1 } },
    });
    const document = makeDocument([
      { threads: 1, reduction: 'fixed' },
      { threads: 2, reduction: 'free', ...at(9, 'late') },
      { threads: 4, reduction: 'free', ...at(3, 'early') },
    ]);
    expect(document.summary.sentence).toContain('from step 3 on, first in early.');
  });

  it('does not stage a difference where free order did not diverge', () => {
    const text = compareSentence(documents.nothingDiverged());
    expect(text).toContain('Free order did not diverge: both runs, at 2 threads, gave the bits of fixed order too.');
    expect(text).toContain('not a promise');
    expect(text).toContain(
      "At 1 thread, where free order is one chain in row order, its bits are fixed order's as well.",
    );
    expect(text).not.toMatch(/differ(ed|s)? from|At most/);
    expect(compareVerdict(documents.nothingDiverged())).toBe('The same bits in both orders this time');
  });

  it('counts the free-order runs that did not diverge', () => {
    const text = makeDocument([
      { threads: 1, reduction: 'fixed' },
      { threads: 2, reduction: 'fixed' },
      { threads: 2, reduction: 'free', apart: false },
      { threads: 2, reduction: 'free', repeat: 2 },
    ]).summary.sentence;
    expect(text).toContain('In free order 1 of 2 runs, at 2 threads, differed from fixed order');
  });

  it('does not call agreeing repeats a drift', () => {
    const text = makeDocument([
      { threads: 1, reduction: 'fixed' },
      { threads: 2, reduction: 'free', bits: 5 },
      { threads: 2, reduction: 'free', repeat: 2, bits: 5 },
    ]).summary.sentence;
    expect(text).toContain('The same run, repeated, gave the same bits this time.');
  });

  it('calls free order on one thread another order, but a repeatable one', () => {
    const text = compareSentence(documents.oneThread());
    expect(text).toContain('one chain in row order, a different order from the fixed tree');
    expect(text).toContain('it is repeatable: both runs gave the same bits');
    expect(text).not.toContain('did not diverge');
    expect(compareVerdict(documents.oneThread())).toBe(
      'The same bits in fixed order, others in free order on one thread',
    );
  });

  it('does not call both orders the same where only one chain differs', () => {
    const document = makeDocument([
      { threads: 1, reduction: 'fixed' },
      { threads: 2, reduction: 'fixed' },
      { threads: 1, reduction: 'free' },
      { threads: 2, reduction: 'free', apart: false },
    ]);
    expect(compareVerdict(document)).toBe('The same bits in fixed order, others in free order on one thread');
    expect(document.summary.sentence).toContain('Free order did not diverge: the run, at 2 threads, gave the bits');
  });

  it('calls it a fault where one chain does not repeat', () => {
    const text = makeDocument([
      { threads: 1, reduction: 'fixed' },
      { threads: 1, reduction: 'free', bits: 1 },
      { threads: 1, reduction: 'free', repeat: 2, bits: 2 },
    ]).summary.sentence;
    expect(text).toContain('FAULT: at 1 thread free order is one chain in row order and has to repeat');
  });

  it('says that no free-order run was made', () => {
    const { summary } = documents.onlyFixed();
    expect(summary.sentence).toBe(
      'In fixed order both runs, at 1 and 2 threads, gave the same bits in every weight. No free-order run was made.',
    );
    expect(summary).toMatchObject({ fixedIdentical: true, freeDiverged: false, priceOfFixedOrder: [] });
  });

  it('claims nothing of fixed order from a single run', () => {
    const text = makeDocument([{ threads: 2, reduction: 'fixed' }]).summary.sentence;
    expect(text).toContain('nothing here tests that fixed order repeats');
    expect(text).not.toContain('the same bits');
  });

  it('is loud where fixed order differs', () => {
    const document = documents.fixedDiffers();
    expect(document.summary.fixedIdentical).toBe(false);
    expect(document.summary.sentence).toMatch(
      /^FAULT: fixed order gave different bits\. 1 of 3 fixed-order runs, at 4 threads/,
    );
    expect(compareVerdict(document)).toBe('Fixed order gave different bits: this is a fault');
  });

  it('sees differing fixed-order runs even where the baseline is in free order', () => {
    const runs = documents.fixedDiffers().runs;
    const free = runs.findIndex((run) => run.reduction === 'free');
    const apart = runs.map((run, i) => ({ ...run, identical: i === free }));
    const summary = summarizeCompare({ runs: apart, baseline: free, testRows: 100 });
    expect(summary.fixedIdentical).toBe(false);
    expect(summary.sentence).toContain('FAULT');
  });

  it('names the baseline where only free order ran', () => {
    const document = documents.onlyFree();
    expect(document.summary.sentence).toMatch(
      /^No fixed-order run was made; the others are compared with a free-order run at 1 thread\./,
    );
    expect(document.summary.sentence).toContain('In free order both runs, at 2 threads, differed from the baseline');
    expect(compareVerdict(document)).toBe('Free order gave different bits');
  });

  it('writes no number where distances are not finite', () => {
    const text = compareSentence(documents.nonFinite());
    expect(text).toContain('became infinite or not a number');
    expect(text).toContain('The test loss was not finite in 1 of 3 runs');
    expect(text).not.toMatch(/NaN|Infinity|∞/);
  });

  it('names the instruction sets where there are several', () => {
    const text = makeDocument([
      { threads: 1, reduction: 'fixed', isa: 'avx2' },
      { threads: 1, reduction: 'fixed', isa: 'scalar' },
    ]).summary.sentence;
    expect(text).toContain('In fixed order both runs, at 1 thread, with avx2 and scalar, gave the same bits');
  });

  it('refuses a baseline that is not there', () => {
    const document = documents.usual();
    const facts = { ...document, summary: { ...document.summary, baseline: 99 } };
    expect(() => compareSentence(facts)).toThrow('expected an index into 12 runs, summary.baseline, received 99');
  });
});
