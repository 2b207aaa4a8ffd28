import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../dist/causes/causes.js';
import type { TrainTask } from '../../../dist/lab/experiment/task.js';
import { depthWidth } from '../../../dist/lab/experiments/depth-width.js';
import { miniBatches } from '../../../dist/lab/experiments/mini-batches.js';
import { optimizer } from '../../../dist/lab/experiments/optimizer.js';
import { sameSeed } from '../../../dist/lab/experiments/same-seed.js';
import { shuffleOrNot } from '../../../dist/lab/experiments/shuffle-or-not.js';
import { fakeGround } from './fake-results.js';
import { concludeFrom, type MadeUpRun } from './made-up-runs.js';

const weights = ({ setting }: TrainTask): string => `weights ${CAUSES.initialWeights.read(setting)}`;
const order = ({ setting }: TrainTask): string => `order ${CAUSES.dataOrder.read(setting)}`;

describe('same-seed', () => {
  it('finds equal bits, exactly', () => {
    const found = concludeFrom(sameSeed, (task) => ({ predictions: [[weights(task), 1]] }));
    expect(found).toMatchObject({
      verdict: 'supported',
      effect: { estimate: 0 },
      interval: { low: 0, high: 0, level: 1 },
    });
    expect(found.statement).toMatch(
      /^Trained 8 times from the same seed, at 1, 2, 4 and 8 threads, all weights were equal/,
    );
    expect(found.findings[1]).toMatch(/^Another seed gave other weights/);
  });

  it('finds one run with other bits, however near', () => {
    const found = concludeFrom(sameSeed, (task) => ({
      predictions: [
        [weights(task), 1],
        ...(task.setting.execution.threads === 8 && task.repeat === 1 ? ([['rounding', 1e-7]] as const) : []),
      ],
    }));
    // Free order at 8 threads is another task, with a fault of its own.
    expect(found).toMatchObject({ verdict: 'not supported', effect: { estimate: 1 }, interval: { level: 1 } });
    expect(found.statement).toMatch(/1 run had other bits than the first\.$/);
  });

  it('says where the seed moves nothing, so that equal bits say nothing', () => {
    const found = concludeFrom(sameSeed, () => ({ predictions: [['all', 1]] }));
    expect(found.findings[1]).toMatch(/equal bits say nothing\.$/);
  });
});

describe('optimizer', () => {
  const truth =
    (adamSize: number, isRandom = false) =>
    (task: TrainTask): MadeUpRun => {
      const { name } = task.setting.recipe.optimizer;
      const flipped = task.setting.recipe.flippedBit !== null;
      return {
        predictions: [
          [weights(task), name === 'adam' ? adamSize : 1],
          [`epsilon ${CAUSES.epsilon.read(task.setting)}`, 0.001],
          ...(flipped ? ([['bit', 1e-4]] as const) : []),
          ...(isRandom && name === 'adam' ? ([[`repeat ${task.repeat}`, 1e-6]] as const) : []),
        ],
      };
    };

  it('finds that Adam repeats to the bit', () => {
    const found = concludeFrom(optimizer, truth(1));
    expect(found).toMatchObject({
      verdict: 'not supported',
      effect: { estimate: 0 },
      interval: { low: 0, high: 0, level: 1 },
    });
    expect(found.findings[0]).toBe('SGD, momentum and RMSprop gave the same bits each time, too.');
    expect(found.findings[1]).toMatch(/no difference that these seeds can tell\.$/);
  });

  it('finds an Adam that does not', () => {
    const found = concludeFrom(optimizer, truth(1, true));
    expect(found).toMatchObject({ verdict: 'supported', effect: { estimate: 3 } });
  });

  it('finds an optimizer that is more sensitive to its seed, one bit that moves less, an epsilon that moves less', () => {
    const found = concludeFrom(optimizer, truth(4));
    expect(found.findings[1]).toMatch(
      /^Another seed moved predictions 4\.00 times as far with Adam as with SGD .*: more sensitive to the seed\.$/,
    );
    const [, , bits] = found.tables;
    const ratio = bits.rows[0][3] as number;
    expect(ratio).toBeGreaterThan(0);
    expect(ratio).toBeLessThan(0.001);
    expect(found.findings[5]).toMatch(
      /^Adam, epsilon 1e-8 instead of 1e-7 moved predictions by .*, \S+ times as far as another seed/,
    );
  });
});

describe('shuffle-or-not', () => {
  const truth =
    (gain: number, noise: number) =>
    (task: TrainTask): MadeUpRun => {
      const { shuffle } = task.setting.recipe.fit;
      return {
        metric: [
          [weights(task), 0.02],
          [`${weights(task)} ${shuffle}`, noise],
        ],
        gain: shuffle === false ? 0 : gain,
      };
    };

  it('finds a gain, a loss, and nothing that it can tell', () => {
    const better = concludeFrom(shuffleOrNot, truth(0.01, 0.001));
    expect(better.verdict).toBe('supported');
    expect(better.effect.unit).toBe('points');
    expect(better.effect.estimate).toBeCloseTo(1, 0);
    expect(better.findings[1]).toMatch(
      /an improvement by stratified batches over shuffled ones of [+−]?\d\.\d+ points/,
    );
    expect(concludeFrom(shuffleOrNot, truth(-0.01, 0.001)).verdict).toBe('not supported');
    expect(concludeFrom(shuffleOrNot, truth(0, 0.01)).verdict).toBe('cannot tell');
  });

  it('finds that shuffling changes nothing where no run differs', () => {
    expect(concludeFrom(shuffleOrNot, truth(0, 0))).toMatchObject({
      verdict: 'not supported',
      effect: { estimate: 0 },
    });
  });
});

describe('mini-batches', () => {
  const truth = (sizes: (rows: number) => number) => (task: TrainTask) => {
    const { batchSize, epochs } = task.setting.recipe.fit;
    return { predictions: [[`${order(task)} ${batchSize} ${epochs}`, sizes(batchSize)]] as const };
  };

  it('finds larger batches that make runs more alike, less alike, and neither', () => {
    expect(
      concludeFrom(
        miniBatches,
        truth((rows) => 1 / rows),
      ).verdict,
    ).toBe('supported');
    expect(
      concludeFrom(
        miniBatches,
        truth((rows) => rows),
      ).verdict,
    ).toBe('not supported');
    expect(
      concludeFrom(
        miniBatches,
        truth(() => 1),
      ).verdict,
    ).toBe('cannot tell');
  });

  it('stays within the rows there are, keeps the steps, and refuses data of one batch', () => {
    const fits = (rows: number) => {
      const ground = fakeGround(miniBatches, { data: { rows }, repeats: 2 });
      const tasks = [...miniBatches.plan(ground)] as TrainTask[];
      return [...new Set(tasks.map(({ setting: { recipe } }) => `${recipe.fit.batchSize}×${recipe.fit.epochs}`))];
    };
    // 20 epochs of 32 rows are 900 steps of 1,437 rows, and 80 of 100 rows.
    expect(fits(1437)).toEqual(['8×20', '8×5', '32×20', '128×20', '128×75', '512×20', '512×300']);
    expect(fits(100)).toEqual(['8×20', '8×6', '32×20', '100×20', '100×80']);
    expect(() => fits(8)).toThrow(/more training rows than one batch for data but received "8 rows"/);
  });
});

describe('depth-width', () => {
  const truth = (size: (depth: number, width: number) => number) => (task: TrainTask) => {
    const [depth, width] = [CAUSES.depth.read(task.setting), CAUSES.width.read(task.setting)];
    return { predictions: [[`${weights(task)} ${depth} ${width}`, size(depth, Number(width))]] as const };
  };

  it('finds growth with both, and none where either shrinks', () => {
    const both = concludeFrom(
      depthWidth,
      truth((depth, width) => depth * width),
    );
    expect(both.verdict).toBe('supported');
    expect(both.effect.estimate).toBeCloseTo(4, 0);
    const one = concludeFrom(
      depthWidth,
      truth((depth, width) => depth / width),
    );
    expect(one.verdict).toBe('not supported');
    expect(one.findings.slice(0, 2)).toEqual(['Depth makes runs vary more.', 'Width makes runs vary less.']);
  });

  it('cannot tell where width makes no difference', () => {
    const found = concludeFrom(
      depthWidth,
      truth((depth) => depth),
    );
    expect(found.verdict).toBe('cannot tell');
    expect(found.findings[1]).toMatch(/^Whether width makes runs vary more or less these seeds cannot tell/);
  });

  it('refuses a network without hidden layers', () => {
    const ground = fakeGround(depthWidth);
    const { model } = ground.base.recipe;
    const layers = model.layers.filter(({ kind }, i) => kind !== 'dense' || i === model.layers.length - 1);
    const recipe = { ...ground.base.recipe, model: { ...model, layers } };
    expect(() => [...depthWidth.plan(fakeGround(depthWidth, { choice: { recipe } }))]).toThrow(
      expect.objectContaining({
        code: 'ERR_SAMEBITS_ARGUMENT',
        message: expect.stringMatching(/a place for hidden layers/),
      }),
    );
  });
});
