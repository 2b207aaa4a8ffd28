import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../dist/causes/causes.js';
import type { TrainTask } from '../../../dist/lab/experiment/task.js';
import { epochs } from '../../../dist/lab/experiments/epochs.js';
import { generator } from '../../../dist/lab/experiments/generator.js';
import { globalSeed } from '../../../dist/lab/experiments/global-seed.js';
import { initSeed } from '../../../dist/lab/experiments/init-seed.js';
import { initializer } from '../../../dist/lab/experiments/initializer.js';
import { shuffleSeed } from '../../../dist/lab/experiments/shuffle-seed.js';
import { fakeGround } from './fake-results.js';
import { concludeFrom as conclude, type MadeUpRun } from './made-up-runs.js';

const weights = ({ setting }: TrainTask): string => `weights ${CAUSES.initialWeights.read(setting)}`;
const order = ({ setting }: TrainTask): string => `order ${CAUSES.dataOrder.read(setting)}`;
const every = (task: TrainTask): string => JSON.stringify(task);

describe('init-seed', () => {
  it('finds initial weights that move predictions', () => {
    const found = conclude(initSeed, (task) => ({
      predictions: [[weights(task), 0.1]],
      metric: [[weights(task), 0.01]],
    }));
    expect(found.verdict).toBe('supported');
    // The mean absolute difference of two normal numbers of deviation 0.1.
    expect(Math.abs(Number(found.effect.estimate) / (0.2 / Math.sqrt(Math.PI)) - 1)).toBeLessThan(0.1);
    expect(found.statement).toMatch(
      /^With data and order held, 30 seeds .* from \d\d\.\d % to \d\d\.\d % \(standard deviation [01]\.\d\d points, 95 % interval [01]\.\d\d to [01]\.\d\d\), and two runs disagreed on \d\d\.\d % of the test rows\.$/,
    );
    expect(found.findings[0]).toMatch(/the control moves by exactly 0/);
  });

  it('finds initial weights that move nothing: exactly 0', () => {
    const found = conclude(initSeed, () => ({}));
    expect(found).toMatchObject({ verdict: 'not supported', effect: { estimate: 0 }, interval: { low: 0, high: 0 } });
    expect(found.statement).toMatch(/30 seeds of the initial weights gave the same bits\.$/);
  });

  it('cannot tell weights from noise that moves the control as well', () => {
    const found = conclude(initSeed, (task) => ({ predictions: [[every(task), 0.1]] }));
    expect(found.verdict).toBe('cannot tell');
    expect(found.findings[0]).toMatch(/3 times gave 3 results, .* something other than the seed moves, too/);
  });

  it('cannot tell with two runs, of which there is one pair', () => {
    const found = conclude(initSeed, (task) => ({ predictions: [[weights(task), 0.1]] }), 2);
    expect(found).toMatchObject({ verdict: 'cannot tell', interval: null });
  });
});

describe('epochs', () => {
  const scaled = (sizes: Readonly<Record<number, number>>) => (task: TrainTask) => ({
    predictions: [
      [`${weights(task)} ${task.setting.recipe.fit.epochs}`, sizes[task.setting.recipe.fit.epochs]],
      [order(task), 0.1],
    ] as const,
  });

  it('finds an influence that fades', () => {
    const found = conclude(epochs, scaled({ 10: 1, 100: 0.3, 1000: 0.1 }));
    expect(found.verdict).toBe('supported');
    expect(found.effect.estimate).toBeCloseTo(0.1, 1);
    expect(found.statement).toMatch(/^After 10, 100 and 1,000 epochs/);
  });

  it('finds one that grows, and cannot tell of one that stays', () => {
    expect(conclude(epochs, scaled({ 10: 0.1, 100: 0.3, 1000: 1 })).verdict).toBe('not supported');
    expect(conclude(epochs, scaled({ 10: 1, 100: 1, 1000: 1 })).verdict).toBe('cannot tell');
  });

  it('takes a hundredth, a tenth and all of the epochs that the user wants, and refuses one', () => {
    const of = (count: number): number[] => {
      const tasks = [...epochs.plan(fakeGround(epochs, { choice: { epochs: count }, repeats: 2 }))] as TrainTask[];
      return [...new Set(tasks.map(({ setting }) => setting.recipe.fit.epochs))];
    };
    expect(of(50)).toEqual([1, 5, 50]);
    expect(of(2)).toEqual([1, 2]);
    expect(() => of(1)).toThrow(/at least 2 epochs/);
  });
});

describe('initializer', () => {
  const truth =
    (seedSize: number, initializerSize: number) =>
    (task: TrainTask): MadeUpRun => {
      const level = JSON.stringify(CAUSES.initializer.read(task.setting));
      return {
        predictions: [
          [weights(task), seedSize],
          [`${level}`, initializerSize],
        ],
        metric: [[weights(task), 0.01]],
      };
    };

  it('finds an initializer that moves more than the seed, and one that moves less', () => {
    expect(conclude(initializer, truth(0.1, 1)).verdict).toBe('supported');
    expect(conclude(initializer, truth(1, 0.1)).verdict).toBe('not supported');
  });

  it('cannot tell where both move alike', () => {
    const alike = (task: TrainTask): MadeUpRun => ({ predictions: [[every(task), 1]] });
    const found = conclude(initializer, alike, 8);
    expect(found.verdict).toBe('cannot tell');
    expect(found.effect.estimate).toBeCloseTo(1, 0);
  });
});

describe('global-seed', () => {
  const truth =
    (weightSize: number, dataSize: number) =>
    (task: TrainTask): MadeUpRun => ({
      metric: [
        [weights(task), weightSize],
        [`data ${CAUSES.dataSeed.read(task.setting)}`, dataSize],
      ],
    });

  it('finds that the data move more than the weights, and names them', () => {
    const found = conclude(globalSeed, truth(0.01, 0.1));
    expect(found.verdict).toBe('supported');
    expect(found.findings[0]).toMatch(/the data moved the test loss most\.$/);
  });

  it('cannot tell where the weights alone make nearly all of it', () => {
    expect(conclude(globalSeed, truth(0.1, 0.01)).verdict).toBe('cannot tell');
  });

  it('finds that nothing more moves where nothing moves', () => {
    expect(conclude(globalSeed, () => ({})).verdict).toBe('not supported');
  });

  it('draws the rows anew where the data are not made up, in every arm', () => {
    const data = {
      choice: { source: { kind: 'digits' }, rows: null, bootstrap: null },
      columns: 64,
      classes: 10,
      scale: 1,
    } as const;
    const tasks = [...globalSeed.plan(fakeGround(globalSeed, { choice: { data }, repeats: 2 }))] as TrainTask[];
    expect(tasks.map(({ setting }) => setting.data.bootstrap)).toEqual([1, 2, 0, 0, 0, 0, 300_001, 300_002]);
  });
});

describe('shuffle-seed', () => {
  const truth =
    (orderSize: number, weightSize: number) =>
    (task: TrainTask): MadeUpRun => ({
      predictions: [
        [order(task), orderSize],
        [weights(task), weightSize],
      ],
      metric: [
        [order(task), orderSize / 10],
        [weights(task), weightSize / 10],
      ],
    });

  it('finds an order that matters less, one that matters more, and cannot tell of one that matters as much', () => {
    const less = conclude(shuffleSeed, truth(0.1, 0.3));
    expect(less.verdict).toBe('supported');
    expect(less.effect.estimate).toBeCloseTo(1 / 3, 1);
    expect(conclude(shuffleSeed, truth(0.3, 0.1)).verdict).toBe('not supported');
    expect(conclude(shuffleSeed, truth(0.1, 0.1)).verdict).toBe('cannot tell');
  });

  it('finds an order that moves nothing: a ratio of exactly 0', () => {
    expect(conclude(shuffleSeed, truth(0, 0.1))).toMatchObject({ verdict: 'supported', interval: { low: 0, high: 0 } });
  });
});

describe('generator', () => {
  const name = ({ setting }: TrainTask): string => setting.recipe.generator;

  it('finds generators that do not matter', () => {
    const found = conclude(generator, (task) => ({ predictions: [[`${weights(task)} ${name(task)}`, 1]] }));
    expect(found.verdict).toBe('not supported');
    expect(Math.abs(found.effect.estimate as number)).toBeLessThan(0.05);
  });

  it('finds generators that matter', () => {
    const found = conclude(generator, (task) => ({
      predictions: [
        [`${weights(task)} ${name(task)}`, 1],
        [name(task), 1],
      ],
    }));
    expect(found.verdict).toBe('supported');
    // Means of the absolute difference of normal numbers: √2 to 1.
    expect(found.effect.estimate).toBeCloseTo(0.4, 0);
  });

  it('cannot tell from few runs', () => {
    const found = conclude(generator, (task) => ({ predictions: [[`${weights(task)} ${name(task)}`, 1]] }), 3);
    expect(found.verdict).toBe('cannot tell');
  });

  it('leaves out those that do not hear their seed, and says so', () => {
    const found = conclude(generator, (task) => ({
      predictions: [[name(task) === 'xorshift7' ? 'deaf' : `${weights(task)} ${name(task)}`, 1]],
    }));
    expect(found.verdict).toBe('not supported');
    expect(found.findings[found.findings.length - 1]).toMatch(/^xorshift7 gave 20 seeds only 1 different result/);
    const deaf = conclude(generator, () => ({ predictions: [['deaf', 1]] }));
    expect(deaf).toMatchObject({ verdict: 'cannot tell', interval: null, effect: { estimate: null } });
  });
});
