import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type BenchProgress, runBench } from '../../dist/bench/bench.js';
import { type BenchCase, CASES, type StepCase } from '../../dist/bench/cases.js';
import { casesThatDiffer } from '../../dist/bench/results.js';
import { addon } from '../../dist/native/addon.js';
import { caseSchema, crowdingSchema, limitsSchema, markingSchema, priceSchema } from './document-schema.js';

const effort = { samples: 2, sampleSeconds: 0.0005, bandwidthFloats: 1 << 12, limitRepetitions: 3, peakTries: 1 };
const isas = addon().instructionSets().available;
const step: StepCase = {
  kind: 'step',
  name: 'small',
  work: '12-20-3, batch 90',
  sizes: [12, 20, 3],
  optimizer: 'adam',
  batchSize: 90,
  rows: 200,
};
const tiny = { ...CASES.find((one) => one.kind === 'fit')!, rows: 20 } as BenchCase;

describe('a benchmark', () => {
  it('measures every case on every instruction set and number of threads, in both orders', async () => {
    const { limits, cases, price, recipes } = await runBench({
      cases: [step, tiny],
      threads: [1, 3],
      reductions: ['fixed', 'free'],
      isas,
      effort,
    });
    v.parse(limitsSchema, limits);
    expect(Object.keys(limits.peak)).toEqual(isas);
    v.parse(v.array(caseSchema), cases);
    expect(cases).toHaveLength(2 * isas.length * 2 * 2);
    v.parse(v.array(priceSchema), price);
    expect(price).toHaveLength(2 * isas.length * 2);
    expect(Object.keys(recipes)).toEqual(['small', 'tiny']);
  });

  it('ends with the same bits in fixed order on all threads and instruction sets, and gives none for free order', async () => {
    const { cases } = await runBench({
      cases: [step],
      threads: [1, 2, 5],
      reductions: ['fixed', 'free'],
      isas,
      effort,
    });
    const fixed = cases.filter(({ reduction }) => reduction === 'fixed');
    expect(new Set(fixed.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(fixed[0].fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(casesThatDiffer(cases)).toEqual([]);
    for (const free of cases.filter(({ reduction }) => reduction === 'free')) expect(free.fingerprint).toBeNull();
  });

  it('gives no price without fixed order, and none over free order without that', async () => {
    const options = { cases: [step], threads: [1], isas: isas.slice(-1), effort };
    const free = await runBench({ ...options, reductions: ['free'] });
    expect(free.price).toEqual([]);
    expect(free.cases.map(({ reduction }) => reduction)).toEqual(['free']);
    const fixed = await runBench({ ...options, reductions: ['fixed'] });
    expect(fixed.price.map(({ fixedOverFree }) => fixedOverFree)).toEqual([null]);
  });

  it.each(['product', 'forward', 'inputGradient', 'weightGradient'] as const)(
    'times the phase %s on shapes that fill no tile',
    async (phase) => {
      const one: BenchCase = {
        kind: 'phase',
        name: phase,
        work: '',
        phase,
        rows: 7,
        inputs: 37,
        units: 21,
        update: 'adam',
      };
      const { cases, price } = await runBench({ cases: [one], threads: [1, 4], reductions: ['fixed'], isas, effort });
      v.parse(v.array(caseSchema), cases);
      expect(cases).toHaveLength(2 * isas.length);
      expect(price).toEqual([]);
    },
  );

  it('predicts, also after a pause', async () => {
    const predict = (name: string, rows: number, idleMilliseconds: number): BenchCase => ({
      ...{ kind: 'predict', name, work: '', sizes: [12, 20, 3], rows, idleMilliseconds },
    });
    const { cases } = await runBench({
      cases: [predict('many', 9, 0), predict('one', 1, 1)],
      threads: [2],
      reductions: ['fixed'],
      isas,
      effort,
    });
    v.parse(v.array(caseSchema), cases);
    expect(cases.map(({ name }) => name)).toEqual(isas.flatMap(() => ['many']).concat(isas.flatMap(() => ['one'])));
  });

  it('compares more threads than cores with as many as there are', async () => {
    const crowded: BenchCase = { kind: 'crowded', name: 'crowd', work: '', step, crowding: 3 };
    const { cases, crowding } = await runBench({
      cases: [crowded],
      threads: [1],
      reductions: ['fixed'],
      isas: isas.slice(-1),
      effort,
    });
    v.parse(v.array(crowdingSchema), crowding);
    expect(crowding).toHaveLength(1);
    expect(crowding[0].threads).toBe(3 * crowding[0].cores);
    expect(cases[0].threads).toBe(crowding[0].threads);
  });

  it('compares steps that mark their weights with steps that do not', async () => {
    const marked: BenchCase = { kind: 'marked', name: 'marks', work: '', step };
    const { cases, marking, price } = await runBench({
      cases: [step, marked],
      threads: [1, 2],
      reductions: ['fixed'],
      isas: isas.slice(-1),
      effort,
    });
    v.parse(v.array(markingSchema), marking);
    expect(marking.map(({ name, threads }) => `${name} ${threads}`)).toEqual(['marks 1', 'marks 2']);
    expect(price.map(({ name }) => name)).toEqual([step.name, step.name]);
    expect(new Set(cases.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it('tells how far it is, part by part, to the end', async () => {
    const told: BenchProgress[] = [];
    await runBench({
      cases: [step],
      threads: [1, 2],
      reductions: ['fixed'],
      isas: isas.slice(-1),
      effort,
      onProgress: (progress) => told.push(progress),
    });
    expect(told.filter(({ done }) => done).map(({ part, parts }) => `${part}/${parts}`)).toEqual(['1/3', '2/3', '3/3']);
    expect(told.every(({ round, rounds }) => round <= rounds)).toBe(true);
  });

  it('ends with the reason of an abort', async () => {
    const controller = new AbortController();
    const running = runBench({
      cases: [step],
      threads: [1],
      reductions: ['fixed'],
      isas: isas.slice(-1),
      effort,
      signal: controller.signal,
      onProgress: ({ part }) => {
        if (part === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
  });
});

describe('native timing', () => {
  const isa = isas[isas.length - 1];

  it('gives the seconds of each repetition', async () => {
    const native = addon();
    const all = await Promise.all([
      native.timeFmaChains({ isa, threads: 2, rounds: 10, repetitions: 5, fed: false }),
      native.timeFmaChains({ isa, threads: 2, rounds: 100, repetitions: 5, fed: true }),
      native.timeTriad({ threads: 3, floats: 100, repetitions: 5 }),
      native.timeBarriers({ threads: 4, barriers: 3, repetitions: 5 }),
      native.timePingPong({ trips: 10, repetitions: 5 }),
    ]);
    for (const seconds of all) {
      expect(seconds).toBeInstanceOf(Float64Array);
      expect(seconds).toHaveLength(5);
      expect(seconds.every((value) => value >= 0 && value < 60)).toBe(true);
    }
    expect(native.fmaFlopsPerRound(isa) % 32).toBe(0);
  });

  it.each([
    [{ rounds: 0 }, 'rounds'],
    [{ repetitions: 0 }, 'repetitions'],
    [{ threads: 0 }, 'threads'],
    [{ isa: 'mmx' }, 'isa'],
    [{ fed: 1 }, 'fed'],
  ])('refuses %o', (wrong, name) => {
    const job = { isa, threads: 1, rounds: 1, repetitions: 1, fed: false, ...wrong } as never;
    expect(() => addon().timeFmaChains(job)).toThrow(name);
  });

  it.each([
    { phase: 'backward' },
    { rows: 0 },
    { update: 'lion' },
    { batchLeaf: 0 },
    { rows: 1 << 20, inputs: 1 << 20 },
  ])('refuses a phase with %o', (wrong) => {
    const phase = { phase: 'forward', rows: 1, inputs: 1, units: 1, update: 'sgd', batchLeaf: 64, warmUps: 0 };
    const job = { isa, threads: 1, repetitions: 1, ...phase, ...wrong } as never;
    expect(() => addon().timePhase(job)).toThrow(/Expected/);
  });
});
