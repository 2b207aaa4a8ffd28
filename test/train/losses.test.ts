/** Losses by name and with parameters: what they refuse, and that an ensemble of one model agrees with it. */
import { dense, ensemble, type LossOption, parseRecipe, sequential } from 'samebits';
import { expect, it } from 'vitest';
import { runMetrics } from '../../dist/lab/measures/class-metrics.js';

const ROWS = 12;
const UNITS = 3;
const x = {
  data: Float32Array.from({ length: ROWS * 4 }, (_, i) => ((i * 7) % 13) / 13 - 0.5),
  rows: ROWS,
  columns: 4,
};
const shares = Float32Array.from({ length: ROWS * UNITS }, (_, i) => ((i * 5) % 8) / 8);
const bits = shares.map((share) => (share > 0.4 ? 1 : 0));
const targets = (data: Float32Array) => ({ data, rows: ROWS, columns: UNITS });

function compiled(loss: LossOption, activation: 'linear' | 'softplus' | 'softmax' = 'linear') {
  const model = sequential({ layers: [dense({ units: UNITS, activation })], seed: 5 });
  model.compile({ optimizer: 'sgd', loss });
  return model;
}

const all: [LossOption, 'linear' | 'softplus' | 'softmax'][] = [
  ['meanAbsoluteError', 'linear'],
  ['huber', 'linear'],
  [{ name: 'huber', delta: 0.2 }, 'linear'],
  ['logCosh', 'linear'],
  ['hinge', 'linear'],
  ['poisson', 'softplus'],
  ['klDivergence', 'softmax'],
  [{ name: 'quantile', quantile: 0.8 }, 'linear'],
];

it.each(all)('%j is learned, and an ensemble of one model has its loss', async (loss, activation) => {
  const model = compiled(loss, activation);
  const y = targets(loss === 'hinge' ? bits : shares);
  const { history } = await model.fit(x, y, { epochs: 30, batchSize: 4 });
  expect(history.loss[29]).toBeLessThan(history.loss[0]);
  const evaluated = await model.evaluate(x, y);
  expect(await ensemble([model]).evaluate(x, y)).toEqual(evaluated);
  const options = model.compiled?.loss;
  if (options === undefined) throw new Error('not compiled');
  expect(runMetrics(await model.predict(x), y.data, options).loss).toBeCloseTo(evaluated.loss, 5);
});

it('zeros of hinge are taken as −1', async () => {
  const sides = bits.map((bit) => 2 * bit - 1);
  const [a, b] = [compiled('hinge'), compiled('hinge')];
  const run = await a.fit(x, targets(bits), { epochs: 3 });
  expect((await b.fit(x, targets(sides), { epochs: 3 })).fingerprint).toBe(run.fingerprint);
});

it.each<[string, LossOption, 'linear' | 'softplus' | 'softmax', number, string]>([
  ['hinge', 'hinge', 'linear', 0.5, 'Expected −1 or 1 (or everywhere 0 or 1) for y at row 0, column 0'],
  ['poisson', 'poisson', 'softplus', -1, 'Expected a finite number of at least 0 for y at row 0, column 0'],
  ['klDivergence', 'klDivergence', 'softmax', 1.5, 'Expected a number from 0 to 1 for y at row 0, column 0'],
])('%s refuses targets that it has no loss for', async (_, loss, activation, value, message) => {
  const y = targets(new Float32Array(ROWS * UNITS).fill(1));
  y.data[0] = value;
  await expect(compiled(loss, activation).fit(x, y)).rejects.toThrow(message);
});

it('hinge refuses zeros beside −1', async () => {
  const y = targets(new Float32Array(ROWS * UNITS).fill(-1));
  y.data[1] = 0;
  await expect(compiled('hinge').fit(x, y)).rejects.toThrow('Expected 0 or 1 (or everywhere −1 or 1) for y at row 0');
});

it('refuses what does not fit the last layer, parameters out of range, and accuracy', () => {
  expect(() => compiled('poisson')).toThrow("Expected activation 'softplus' or 'relu'");
  expect(() => compiled('klDivergence')).toThrow("for loss 'klDivergence' but received 'linear'");
  expect(() => compiled({ name: 'huber', delta: 0 })).toThrow('a number above 0 for compile.loss.delta but received 0');
  expect(() => compiled({ name: 'quantile', quantile: 1 })).toThrow('below 1 for compile.loss.quantile but received 1');
  const model = sequential({ layers: [dense({ units: 1 })], seed: 1 });
  const options = { optimizer: 'sgd', loss: 'huber', metrics: ['accuracy'] } as const;
  expect(() => model.compile(options)).toThrow("Expected metrics without 'accuracy' for loss 'huber'");
});

it('a recipe keeps the parameters, with their defaults', () => {
  const recipe = (loss: LossOption) =>
    parseRecipe({ model: { layers: [dense({ units: 1 })] }, seed: 1, optimizer: 'sgd', loss }).loss;
  expect(recipe('huber')).toEqual({ name: 'huber', delta: 1 });
  expect(recipe({ name: 'quantile' })).toEqual({ name: 'quantile', quantile: 0.5 });
  expect(recipe('logCosh')).toBe('logCosh');
});
