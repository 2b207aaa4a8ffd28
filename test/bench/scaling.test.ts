import { describe, expect, it } from 'vitest';
import { trainingFlops } from '../../dist/bench/flops.js';
import { modelStep } from '../../dist/bench/scaling.js';

const machine = {
  flopsPerSecond: 1e11,
  bytesPerSecond: 1e10,
  passBytesPerSecond: 1e11,
  cacheBytes: 2 ** 25,
  barrierSeconds: (threads: number) => threads * 1e-7,
  panel: 32,
  inputTile: 12,
};
const net = { sizes: [784, 512, 512, 10], batchSize: 128, slots: 1 };

describe('a step on paper', () => {
  it('takes its FLOPs over the speed on one thread, without barriers', () => {
    const { compute, memory, barriers, seconds, split } = modelStep(net, 1, machine);
    expect(split).toBe('rows');
    expect(compute).toBeCloseTo((128 * trainingFlops(net.sizes)) / 1e11, 12);
    expect([memory, barriers]).toEqual([0, 0]);
    expect(seconds).toBe(compute);
  });

  it('goes by rows with two barriers, and by columns with two for each layer and two more', () => {
    const rows = modelStep(net, 4, machine);
    expect([rows.split, rows.barriers]).toEqual(['rows', 2 * machine.barrierSeconds(4)]);
    const columns = modelStep(net, 8, machine);
    expect([columns.split, columns.barriers]).toEqual(['columns', 8 * machine.barrierSeconds(8)]);
    // No layer has 32 panels.
    expect(modelStep(net, 32, machine).split).toBe('rows');
  });

  it('waits for the busiest member', () => {
    // 3 rows on 2 threads take as long as 4; a single tile takes as long on two threads as on one.
    const small = { sizes: [12, 32], batchSize: 3, slots: 1 };
    const fast = { ...machine, passBytesPerSecond: 1e30 };
    const alone = modelStep(small, 1, fast).compute;
    const product = (2 * 3 * 12 * 32) / 1e11;
    expect(alone).toBeCloseTo(2 * product, 15);
    expect(modelStep(small, 2, fast).compute).toBeCloseTo(product * (2 / 3) + product, 15);
  });

  it('counts memory where weights outgrow the caches, beyond the arithmetic that hides it', () => {
    const step = { sizes: [1000, 1000], batchSize: 1, slots: 2 };
    const slow = { ...machine, cacheBytes: 0, passBytesPerSecond: 1e30 };
    const product = 2e6 / 1e11;
    const { memory } = modelStep(step, 1, slow);
    // Read once for the rows; read and written with two slots for the weights.
    expect(memory).toBeCloseTo(4e6 / 1e10 - product + (4 * 6e6) / 1e10 - product, 12);
    expect(modelStep(step, 1, { ...slow, cacheBytes: 12e6 }).memory).toBe(0);
  });

  it('does not read weights faster than caches give them', () => {
    const step = { ...net, batchSize: 1 };
    const weights = 784 * 512 + 512 * 512 + 5120;
    const passes = (4 * (2 * weights - 784 * 512)) / 1e11;
    expect(modelStep(step, 1, machine).compute).toBeCloseTo(passes + (2 * weights) / 1e11, 12);
  });
});
