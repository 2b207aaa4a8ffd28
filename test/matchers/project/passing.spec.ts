// Run by test/matchers/matchers.test.ts in a project of its own. Every test passes.
import { readFileSync } from 'node:fs';
import { dense, noiseFloor, proposeTolerance, sequential, sgd } from 'samebits';
import { matchers } from 'samebits/matchers';
import { describe, expect, it } from 'vitest';

expect.extend(matchers);

const floats = (...values: number[]): Float32Array => Float32Array.from(values);
const next = 1 + 2 ** -23;

async function train(threads: number, seed = 1) {
  const x = Array.from({ length: 64 }, (_, i) => [i / 64, (i % 7) / 7]);
  const y = x.map(([a, b]) => [a - b]);
  const model = sequential({
    layers: [dense({ units: 4, activation: 'tanh', inputShape: [2] }), dense({ units: 1 })],
    seed,
  });
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  await model.fit(x, y, { epochs: 3, batchSize: 16, threads });
  const { loss } = await model.evaluate(x, y);
  return { weights: model.getWeights(), predictions: await model.predict(x), loss };
}

describe('toEqualBits', () => {
  it('compares arrays, matrices and numbers', () => {
    expect(floats(1, Number.NaN, -0)).toEqualBits(floats(1, Number.NaN, -0));
    expect({ data: floats(1, 2), rows: 1, columns: 2 }).toEqualBits({ data: floats(1, 2), rows: 1, columns: 2 });
    expect(0.1).toEqualBits(0.1);
    expect(Number.NaN).toEqualBits(Number.NaN);
    expect(floats()).toEqualBits(floats());
  });

  it('can be turned round', () => {
    expect(floats(0)).not.toEqualBits(floats(-0));
    expect(0).not.toEqualBits(-0);
    expect(floats(1, 2)).not.toEqualBits({ data: floats(1, 2), rows: 1, columns: 2 });
    expect(0.1 + 0.2).not.toEqualBits(0.3);
  });

  it('compares models, whatever their threads', async () => {
    const [one, two, other] = [await train(1), await train(2), await train(1, 2)];
    expect(two.weights).toEqualBits(one.weights);
    expect(two.predictions).toEqualBits(one.predictions);
    expect(two.loss).toEqualBits(one.loss);
    expect(other.weights).not.toEqualBits(one.weights);
  });

  it('waits for promises', async () => {
    await expect(Promise.resolve(floats(1))).resolves.toEqualBits(floats(1));
  });
});

describe('toBeWithinUlp', () => {
  it('counts units in the last place', () => {
    expect(floats(1, 2)).toBeWithinUlp(1, floats(next, 2));
    expect(next).toBeWithinUlp(1, 1);
    expect(0).toBeWithinUlp(1, -0);
    expect(floats(1)).toBeWithinUlp(0, floats(1));
    expect(floats(Number.NaN)).toBeWithinUlp(0, floats(Number.NaN));
    expect(floats(1)).not.toBeWithinUlp(1, floats(1 + 2 ** -22));
    expect(floats(Number.NaN)).not.toBeWithinUlp(Number.POSITIVE_INFINITY, floats(1));
  });
});

describe('toBeWithinNoiseOf', () => {
  it('knows what runs with other seeds do', async () => {
    const losses = await Promise.all([1, 2, 3, 4, 5, 6].map(async (seed) => (await train(1, seed)).loss));
    const report = noiseFloor(losses);
    expect((await train(1, 7)).loss).toBeWithinNoiseOf(report);
    expect(report.mean + 100 * report.standardDeviation).not.toBeWithinNoiseOf(report);
    expect((await train(1, 7)).loss).toBeWithinNoiseOf(JSON.parse(JSON.stringify(proposeTolerance(losses))));
  });

  it('takes what samebits lab noise and lab tolerance write', () => {
    for (const name of ['noise', 'tolerance']) {
      const document = JSON.parse(readFileSync(new URL(`${name}-document.json`, import.meta.url), 'utf8'));
      for (const { test } of document.runs) expect(test.loss).toBeWithinNoiseOf(document);
      expect(document.report.band.high).toBeWithinNoiseOf(document.report);
      expect(document.report.band.high * 1.001).not.toBeWithinNoiseOf(document);
    }
  });

  it('is exact where there is no noise', () => {
    expect(0.1).toBeWithinNoiseOf(noiseFloor([0.1, 0.1, 0.1]));
    expect(0.1 + 2 ** -50).not.toBeWithinNoiseOf(noiseFloor([0.1, 0.1, 0.1]));
  });
});
