import { join } from 'node:path';
import { crossValidate, dense, kFold, prepare, readTable, sequential, tableOf } from 'samebits';
import { accuracy } from 'samebits/metrics';
import { describe, expect, it } from 'vitest';

const iris = readTable(join(import.meta.dirname, '..', '..', 'examples', 'data', 'iris.csv'));

function classifier(): ReturnType<typeof sequential> {
  const model = sequential({ layers: [dense({ units: 3, activation: 'softmax' })], seed: 7 });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

describe('crossValidate', () => {
  it('trains in each stratified fold what prepare, fit and evaluate train by hand', async () => {
    const table = await iris;
    const model = classifier();
    const result = await crossValidate(model, table, {
      target: 'Species',
      folds: 3,
      fit: { epochs: 4, batchSize: 16 },
    });

    const parts = kFold(table, { folds: 3, method: 'stratified', by: 'Species', seed: 7 });
    const accuracies: number[] = [];
    for (const [fold, { train, test }] of parts.entries()) {
      const { preparation, x, y } = prepare(table.take(train), { target: 'Species' });
      const hand = classifier();
      const run = await hand.fit(x, y as Uint32Array, { epochs: 4, batchSize: 16 });
      const rows = table.take(test);
      const metrics = await hand.evaluate(preparation.transform(rows), preparation.transformTarget(rows));
      expect(result.folds[fold]).toEqual({ train, test, metrics, fingerprint: run.fingerprint });
      accuracies.push(metrics.accuracy as number);
    }
    const mean = (accuracies[0] + accuracies[1] + accuracies[2]) / 3;
    expect(result.mean.accuracy).toBeCloseTo(mean, 14);
    const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(result.standardDeviation.accuracy).toBeCloseTo(Math.sqrt(squares / 2), 14);

    // Every row was predicted once, by the model that had not seen it.
    expect(result.rows).toEqual(Uint32Array.from({ length: 150 }, (_, row) => row));
    const { preparation } = prepare(table, { target: 'Species' });
    expect(accuracy(preparation.transformTarget(table) as Uint32Array, result.predictions)).toBeCloseTo(mean, 14);
    // The model itself was not trained.
    expect(model.preparation).toBe(null);
  });

  it('knows the classes that one fold alone has', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ x: i, y: i === 0 ? 'rare' : i % 2 === 0 ? 'a' : 'b' }));
    const { folds } = await crossValidate(classifier(), tableOf(rows), { target: 'y', folds: 3, method: 'random' });
    expect(folds).toHaveLength(3);
  });

  it('is random for numbers, and by time tests what is later', async () => {
    const table = tableOf(
      Array.from({ length: 20 }, (_, i) => ({ day: new Date(86_400_000 * i), y: i / 7, x: i % 5 })),
    );
    const model = sequential({ layers: [dense({ units: 1 })], seed: 1 });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const random = await crossValidate(model, table, { target: 'y', folds: 4 });
    expect(random.folds.map(({ test }) => test)).toEqual(kFold(table, { folds: 4, seed: 1 }).map(({ test }) => test));
    const byTime = await crossValidate(model, table, { target: 'y', folds: 3, method: 'time', by: 'day' });
    expect(byTime.rows).toEqual(Uint32Array.from({ length: 15 }, (_, i) => i + 5));
    expect(byTime.predictions.rows).toBe(15);
  });

  it('refuses what a fold cannot have, and models that are not compiled', async () => {
    const table = await iris;
    const withFolder = { target: 'Species', fit: { folder: 'runs/a' } as object };
    await expect(crossValidate(classifier(), table, withFolder)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT', message: expect.stringContaining('fit.folder') }),
    );
    const model = sequential({ layers: [dense({ units: 3, activation: 'softmax' })] });
    await expect(crossValidate(model, table, { target: 'Species' })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_STATE' }),
    );
    await expect(crossValidate(classifier(), table, { target: 'Species', fold: 5 } as never)).rejects.toThrow(/folds/);
  });
});
