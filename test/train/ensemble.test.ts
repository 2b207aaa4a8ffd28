/** Ensembles against the oracle's sums and logarithms, and as users meet them. */
import { dense, ensemble, type LossName, type Sequential, sequential } from 'samebits';
import { describe, expect, it } from 'vitest';
import { arithmetic, elementary, sums } from '../oracle.js';
import { CLASSES, COLUMNS, compiledClassifier, failure, labels, oneHot, ROWS, x } from './problem.js';

const { add, f32, mul, sub } = arithmetic;
const matrix = { data: x, rows: ROWS, columns: COLUMNS };

async function trained(seed: number, loss: LossName = 'sparseCategoricalCrossentropy'): Promise<Sequential> {
  const model = compiledClassifier({ seed }, { loss });
  await model.fit(x, loss === 'sparseCategoricalCrossentropy' ? labels : oneHot, { epochs: 1 });
  return model;
}

/** As docs/numerics.md has it: terms in order, the tree beyond 256 of them. */
function meanOf(predictions: readonly Float32Array[]): Float32Array {
  const share = f32(1 / predictions.length);
  return predictions[0].map((_, i) =>
    mul(
      sums.treeOfTerms(
        predictions.map((one) => one[i]),
        256,
      ),
      share,
    ),
  );
}

const L = (q: number): number => elementary.exact.log(q < f32(1e-7) ? f32(1e-7) : q);
const rowOf = <T extends Float32Array>(values: T, row: number, columns: number) =>
  values.subarray(row * columns, (row + 1) * columns);
const meanLoss = (losses: number[], leaf: number) => mul(sums.treeOfTerms(losses, leaf), f32(1 / losses.length));

describe('an ensemble', () => {
  it('predicts the mean, on any threads, sync and async', async () => {
    const models = [await trained(1), await trained(2), await trained(3)];
    const expected = meanOf(models.map((model) => model.predictSync(x).data));
    const three = ensemble(models);
    expect(three.models).toEqual(models);
    for (const threads of [1, 2, 8]) expect((await three.predict(x, { threads })).data).toEqual(expected);
    const { data, rows, columns } = three.predictSync(x);
    expect({ data, rows, columns }).toEqual({ data: expected, rows: ROWS, columns: CLASSES });
    // In the order given: another one may round differently, and here does.
    expect(ensemble([models[2], models[1], models[0]]).predictSync(x).data).not.toEqual(expected);
  });

  it('of 300 models sums by the tree', () => {
    const models = Array.from({ length: 300 }, (_, seed) => compiledClassifier({ seed }));
    const rows = x.subarray(0, 2 * COLUMNS);
    const expected = meanOf(models.map((model) => model.predictSync(rows).data));
    expect(ensemble(models).predictSync(rows).data).toEqual(expected);
  });

  it('of one model has its predictions, and its accuracy', async () => {
    const model = await trained(4);
    const alone = ensemble([model]);
    expect((await alone.predict(x)).data).toEqual((await model.predict(x)).data);
    const [one, other] = [await alone.evaluate(x, labels), await model.evaluate(x, labels)];
    expect(one.accuracy).toBe(other.accuracy);
    expect(one.loss).toBeCloseTo(other.loss, 5);
  });

  it('evaluates sparse and vector crossentropies of its mean predictions', async () => {
    const sparse = ensemble([await trained(1), await trained(2)]);
    const p = sparse.predictSync(x).data;
    const losses = Array.from(labels, (label, row) => -L(p[row * CLASSES + label]));
    const { loss, accuracy } = await sparse.evaluate(matrix, labels, { batchLeaf: 7 });
    expect(loss).toBe(meanLoss(losses, 7));
    const hits = Array.from(labels).filter((label, row) => {
      const own = [...rowOf(p, row, CLASSES)];
      return own.indexOf(Math.max(...own)) === label;
    });
    expect(accuracy).toBe(hits.length / ROWS);

    const models = [await trained(1, 'categoricalCrossentropy'), await trained(2, 'categoricalCrossentropy')];
    const soft = oneHot.data.map((t) => (t === 1 ? 0.75 : 0.125));
    const q = ensemble(models).predictSync(x).data;
    const terms = Array.from({ length: ROWS }, (_, row) => {
      const [t, own] = [rowOf(soft, row, CLASSES), rowOf(q, row, CLASSES)];
      return -sums.vectorSum(own.map((value, j) => mul(t[j], L(value))));
    });
    const found = await ensemble(models, { metrics: [] }).evaluate(matrix, { ...oneHot, data: soft });
    expect(found).toEqual({ loss: meanLoss(terms, 64) });
  });

  it('evaluates binary crossentropy and squared errors over more units than a leaf', async () => {
    const units = 300;
    const t = Float32Array.from({ length: ROWS * units }, (_, i) => ((i * 7) % 11) / 10);
    const targets = { data: t, rows: ROWS, columns: units };
    const make = (seed: number, loss: LossName) => {
      const layers = [dense({ units, activation: 'sigmoid', kernelInitializer: { name: 'randomNormal', stddev: 3 } })];
      const model = sequential({ layers, seed });
      model.compile({ optimizer: 'sgd', loss });
      return model;
    };
    const share = f32(1 / units);
    const binary = ensemble([make(1, 'binaryCrossentropy'), make(2, 'binaryCrossentropy')]);
    const p = binary.predictSync(matrix).data;
    const losses = Array.from({ length: ROWS }, (_, row) => {
      const own = rowOf(t, row, units);
      const terms = rowOf(p, row, units).map((q, j) => add(mul(own[j], L(q)), mul(sub(1, own[j]), L(sub(1, q)))));
      return mul(-sums.vectorSum(terms), share);
    });
    expect((await binary.evaluate(matrix, targets)).loss).toBe(meanLoss(losses, 64));

    const squared = ensemble([make(1, 'meanSquaredError'), make(2, 'meanSquaredError')]);
    const errors = Array.from({ length: ROWS }, (_, row) => {
      const own = rowOf(t, row, units);
      const terms = rowOf(p, row, units).map((q, j) => mul(sub(q, own[j]), sub(q, own[j])));
      return mul(sums.vectorSum(terms), share);
    });
    expect((await squared.evaluate(matrix, targets)).loss).toBe(meanLoss(errors, 64));
  });

  it('reads its rows before it waits', async () => {
    const both = ensemble([await trained(1), await trained(2)]);
    const own = x.slice();
    const expected = both.predictSync(x).data;
    const predicting = both.predict(own);
    own.fill(0);
    expect((await predicting).data).toEqual(expected);
  });

  it('follows its models, and takes none that do not fit', async () => {
    const [a, b] = [await trained(1), await trained(2)];
    const both = ensemble([a, b]);
    const before = both.predictSync(x).data;
    await a.fit(x, labels);
    expect(both.predictSync(x).data).not.toEqual(before);
    b.dispose();
    expect((await failure(() => both.predict(x))).code).toBe('ERR_SAMEBITS_STATE');

    const narrow = compiledClassifier({ layers: [dense({ units: 2, activation: 'softmax', inputShape: [COLUMNS] })] });
    expect((await failure(() => ensemble([a, narrow]))).message).toContain(
      '3 outputs, as models[0] has, for models[1]',
    );
    const wide = compiledClassifier({ layers: [dense({ units: 3, activation: 'softmax', inputShape: [9] })] });
    expect((await failure(() => ensemble([a, wide]))).message).toContain(`${COLUMNS} inputs, as the others have,`);
    expect((await failure(() => ensemble([]))).message).toContain('at least one model');
    expect((await failure(() => ensemble([{} as never]))).code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect((await failure(() => ensemble([a], { los: 'x' } as never))).message).toContain('did you mean loss?');
    expect((await failure(() => ensemble([a], { loss: 'binaryCrossentropy' }))).code).toBe('ERR_SAMEBITS_LOSS');

    const other = await trained(3, 'categoricalCrossentropy');
    const mixed = ensemble([a, other]);
    expect((await failure(() => mixed.evaluate(x, labels))).code).toBe('ERR_SAMEBITS_STATE');
    const chosen = ensemble([a, other], { loss: 'sparseCategoricalCrossentropy' });
    expect((await chosen.evaluate(x, labels)).loss).toBeGreaterThan(0);
  });
});
