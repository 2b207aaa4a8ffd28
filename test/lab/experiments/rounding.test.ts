import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../dist/lab/experiment/experiment.js';
import type { PairTask, TrainTask } from '../../../dist/lab/experiment/task.js';
import { instructionSet } from '../../../dist/lab/experiments/instruction-set.js';
import { oneBit } from '../../../dist/lab/experiments/one-bit.js';
import { otherHardware } from '../../../dist/lab/experiments/other-hardware.js';
import { threadsAndOrder } from '../../../dist/lab/experiments/threads-and-order.js';
import { type Drift, drifting, sharedSeed } from './fake-pairs.js';
import { fakeGround, fakeResults } from './fake-results.js';

/** Distances of other seeds: 1 give or take. */
const OTHER_SEEDS = [0.9, 1.1, 1, 0.95, 1.05, 1.02, 0.98, 1, 0.93, 1.07];

/** `ofSeed` says how the pair of one seed drifts; pairs of two seeds end about 1 apart. */
function conclude(
  experiment: Experiment,
  ofSeed: (seed: number, task: PairTask) => Drift,
  fingerprint: (task: TrainTask) => string = ({ setting }) => String(setting.recipe.seed),
) {
  const ground = fakeGround(experiment, { repeats: 10, data: { columns: 64, classes: 10, testRows: 4 } });
  const results = fakeResults(experiment, ground, {
    train: (task) => ({ fingerprint: fingerprint(task), steps: 200 }),
    pair: (task) => {
      const seed = sharedSeed(task);
      if (seed !== null) return drifting(ofSeed(seed, task));
      return drifting({ distance: OTHER_SEEDS[Number(task.a.recipe.seed) - 1], differing: 0.04 });
    },
  });
  return experiment.conclude(ground, results);
}

/** A distance about `center`, of which seeds differ by a tenth. */
const around =
  (center: number) =>
  (seed: number): Drift => ({ distance: center * (1 + (seed % 2 ? 0.1 : -0.1)) });

describe('threads-and-order', () => {
  it('is not supported, exactly, where fixed order has the same bits, and says how free order drifts', () => {
    const found = conclude(threadsAndOrder, (_, { b }) => ({
      distance: b.execution.threads === 8 ? 0.1 : 0,
      differing: 0.014,
    }));
    expect(found).toMatchObject({
      verdict: 'not supported',
      effect: { estimate: 0 },
      interval: { low: 0, high: 0, level: 1 },
    });
    expect(found.statement).toBe(
      'Fixed order gave the same bits at 1, 2, 4 and 8 threads, with each of 10 seeds; in free order at 8 threads the ' +
        'weights parted at step 1 in dense_1/kernel by 1 ULP, their distance doubled every 14 steps, and after 200 steps ' +
        '1.4 % of the test rows were read differently.',
    );
    expect(found.findings[0]).toContain('gave 1 result, 1 result and 1 result at 2, 4 and 8 threads');
    expect(found.findings[1]).toBe("In free order at 2 threads 10 of 10 runs kept fixed order's weights this time.");
    expect(found.findings[3]).toMatch(/0 of 10 runs kept .* ended 10\.0 % as far/);
    expect(found.pictures.map(({ kind }) => kind)).toEqual(['lines', 'heatmap', 'dots']);
  });

  it('is supported, as a fault, where one number of threads has other bits', () => {
    const found = conclude(
      threadsAndOrder,
      () => ({ distance: 0 }),
      ({ setting }) =>
        `${setting.recipe.seed} ${setting.execution.threads === 4 && setting.recipe.reduction === 'fixed'}`,
    );
    expect(found).toMatchObject({ verdict: 'supported', effect: { estimate: 1 / 3 }, interval: { level: 1 } });
    expect(found.statement).toContain('Fixed order gave other bits in 10 of 30 runs');
    expect(found.statement).toContain('in free order nothing parted this time either');
    expect(found.pictures.map(({ kind }) => kind)).toEqual(['lines', 'dots']);
  });

  it('counts the results of free order', () => {
    const found = conclude(
      threadsAndOrder,
      () => ({ distance: 0 }),
      ({ setting, repeat }) =>
        `${setting.recipe.seed} ${setting.recipe.reduction === 'free' ? repeat % setting.execution.threads : ''}`,
    );
    expect(found.verdict).toBe('not supported');
    expect(found.findings[0]).toContain('gave 2 results, 4 results and 5 results at 2, 4 and 8 threads');
  });

  it('marks jumps, and says what relu units have to do with them', () => {
    const found = conclude(threadsAndOrder, () => ({ distance: 0.1, jumpAt: 60, doublingSteps: 20 }));
    expect(found.findings.at(-2)).toMatch(
      /^Distances jumped 30 times\. At 100\.0 % of the jumps .* elsewhere in the growth at 0 % .* unit 7 of dense_1 at test row 3, by step 62, as the distance grew 6[34]-fold/,
    );
    const [lines] = found.pictures;
    expect(lines).toMatchObject({ kind: 'lines', y: { scale: 'log' } });
    expect(lines.kind === 'lines' && lines.events?.[0]).toEqual({ x: 62, label: '×64, dense_1 unit 7' });
  });
});

describe('instruction-set', () => {
  it('is not supported where all have the same bits', () => {
    const found = conclude(instructionSet, () => ({ distance: 0 }));
    expect(found).toMatchObject({ verdict: 'not supported', effect: { estimate: 0 }, interval: { level: 1 } });
    expect(found.statement).toBe('Runs on scalar and avx2 gave the same bits with each of 10 seeds, after 200 steps.');
  });

  it('is supported, as a fault, where one has others', () => {
    const found = conclude(
      instructionSet,
      () => ({ distance: 0 }),
      ({ setting }) => `${setting.recipe.seed} ${setting.execution.isa === 'avx2' && Number(setting.recipe.seed) <= 3}`,
    );
    expect(found).toMatchObject({ verdict: 'supported', effect: { estimate: 0.3 } });
    expect(found.statement).toContain('other bits in 3 of 10 runs');
  });

  it('cannot tell on a machine with one', () => {
    const alone = { ...fakeGround(instructionSet, { repeats: 2 }), isas: ['scalar' as const] };
    const found = instructionSet.conclude(alone, fakeResults(instructionSet, alone, { train: () => ({}) }));
    expect(found).toMatchObject({ verdict: 'cannot tell', effect: { estimate: null }, interval: null });
  });
});

describe.each([
  ['one-bit', oneBit, 'leads as far away as another seed'],
  ['other-hardware', otherHardware, 'leads as far away as another seed'],
])('%s', (_, experiment, claim) => {
  it('is not supported where runs end a fifth as far apart as those of another seed', () => {
    const found = conclude(experiment, around(0.2));
    expect(found.claim).toContain(claim);
    expect(found.verdict).toBe('not supported');
    expect(found.effect.estimate).toBeCloseTo(0.2, 2);
    expect(found.interval?.low).toBeGreaterThan(0.18);
    expect(found.interval?.high).toBeLessThan(0.23);
    expect(found.interval?.level).toBe(0.95);
  });

  it('is supported where they end as far apart', () => {
    const found = conclude(experiment, around(1));
    expect(found.verdict).toBe('supported');
    expect(found.effect.estimate).toBeCloseTo(1, 1);
  });

  it('cannot tell where seeds disagree', () => {
    const found = conclude(experiment, (seed) => ({ distance: seed % 3 === 0 ? 2.5 : 0.001 }));
    expect(found.verdict).toBe('cannot tell');
  });

  it('is not supported, exactly, where the weights never part', () => {
    const found = conclude(experiment, () => ({ distance: 0 }));
    expect(found).toMatchObject({ verdict: 'not supported', effect: { estimate: 0 }, interval: { low: 0, high: 0 } });
    expect(found.statement).toMatch(/None of 40 flipped bits left a trace|all 10 runs kept the weights/);
  });

  it('cannot tell where another seed changes nothing', () => {
    const ground = fakeGround(experiment, { repeats: 3, data: { columns: 64, classes: 10 } });
    const results = fakeResults(experiment, ground, {
      pair: (task) => drifting({ distance: sharedSeed(task) === null ? 0 : 0.1 }),
    });
    expect(experiment.conclude(ground, results)).toMatchObject({
      verdict: 'cannot tell',
      effect: { estimate: null },
      interval: null,
    });
  });
});

describe('one-bit', () => {
  it('flips lowest bits of kernels, others for each seed', () => {
    const ground = fakeGround(oneBit, { repeats: 2, data: { columns: 64, classes: 10 } });
    const flips = [...oneBit.plan(ground)].flatMap((task) =>
      task.kind === 'pair' && task.b.recipe.flippedBit ? [task.b.recipe.flippedBit] : [],
    );
    // Two seeds, four flips, two learning rates; the flips are the same at both.
    expect(flips).toHaveLength(16);
    expect(flips.every(({ bit, tensor }) => bit === 0 && tensor.endsWith('/kernel'))).toBe(true);
    expect(new Set(flips.map(({ tensor, index }) => `${tensor} ${index}`)).size).toBe(8);
    expect(new Set(flips.map(({ tensor }) => tensor))).toEqual(
      new Set(['dense_1/kernel', 'dense_2/kernel', 'dense_3/kernel']),
    );
  });

  it('tells what each figure is', () => {
    const found = conclude(oneBit, (seed) => ({ ...around(0.2)(seed), differing: 0.0125 }));
    expect(found.statement).toMatch(
      /^With the lowest bit of one initial weight inverted, after 200 steps 1\.3 % of the test rows were read differently, with another seed 4\.0 %: predictions ended 20\.0 % as far apart \(95 % interval 1\d\.\d % to 2\d\.\d %\), and 0 of 40 flips left no trace\.$/,
    );
  });
});

describe('other-hardware', () => {
  it('says which kinds never occurred, and which only the optimizer remembers', () => {
    const ground = fakeGround(otherHardware, { repeats: 3, data: { columns: 64, classes: 10 } });
    const results = fakeResults(otherHardware, ground, {
      pair: (task) => {
        if (sharedSeed(task) === null) return drifting({ distance: 1 });
        if (task.b.recipe.emulate[0] === 'noFma') return drifting({ distance: 0.3 });
        return { ...drifting({ distance: 0 }), equalBits: task.b.recipe.emulate[0] !== 'flushSubnormals' };
      },
    });
    const { findings } = otherHardware.conclude(ground, results);
    expect(findings[0]).toBe(
      'With subnormals flushed to zero the weights never parted in 3 runs; in 3 the optimizer came to remember other numbers.',
    );
    expect(findings[1]).toBe('With an ordinary exp and log the weights never parted in 3 runs.');
  });
});
