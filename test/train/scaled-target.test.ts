import {
  adam,
  crossValidate,
  dense,
  type Matrix,
  modelFromSafetensors,
  type Preparation,
  prepare,
  type Sequential,
  sequential,
  type Table,
  tableOf,
} from 'samebits';
import { r2 } from 'samebits/metrics';
import { describe, expect, it } from 'vitest';
import { rows } from './table-problem.js';

describe('a regression with a scaled target', () => {
  const SCALED = { target: 'price', prepare: { targetScale: 'standard' }, epochs: 15, batchSize: 20 } as const;
  const houses = tableOf(
    rows.map(({ distance, origin, delay }) => ({ distance, origin, price: 300_000 + 20_000 * delay })),
  );
  const priced = (): Sequential => {
    const model = sequential({ layers: [dense({ units: 8, activation: 'tanh' }), dense({ units: 1 })], seed: 4 });
    model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: 'meanSquaredError' });
    return model;
  };
  const pricesOf = (table: Table) => Float32Array.from(table.column('price').values);

  it('predicts rows in the unit of the column, and says of prepared ones what the network gives', async () => {
    const model = priced();
    await model.fit(houses, SCALED);
    const preparation = model.preparation as Preparation;
    const { data, labels } = await model.predict(houses);
    expect(labels).toBeNull();
    expect(r2(pricesOf(houses), data)).toBeGreaterThan(0.9);
    const outputs = await model.predict(preparation.transform(houses));
    expect(data).toEqual(preparation.restoreTarget(outputs).data);
    expect(Math.max(...outputs.data)).toBeLessThan(5);
    const { loss } = await model.evaluate(houses);
    expect(loss).toBeCloseTo(1 - r2(pricesOf(houses), data), 5);
    const again = modelFromSafetensors(model.toSafetensors());
    expect(again.predictSync(houses.slice(3, 5)).data).toEqual(data.slice(3, 5));
    const unscaled = priced();
    await unscaled.fit(houses, { ...SCALED, prepare: {} });
    expect(r2(pricesOf(houses), (await unscaled.predict(houses)).data)).toBeLessThan(0);
  });

  it('is trained to the same bits from prepared rows', async () => {
    const model = priced();
    const { fingerprint } = await model.fit(houses, SCALED);
    const { x, y } = prepare(houses, { target: 'price', targetScale: 'standard' });
    const { epochs, batchSize } = SCALED;
    expect((await priced().fit(x, y as Matrix, { epochs, batchSize })).fingerprint).toBe(fingerprint);
  });

  it('learns the scale of each fold from its training rows', async () => {
    const { target, prepare: how, ...fit } = SCALED;
    const {
      folds,
      predictions,
      rows: tested,
    } = await crossValidate(priced(), houses, { target, prepare: how, folds: 3, fit });
    const { train, test } = folds[0];
    const alone = priced();
    await alone.fit(houses.take(train), SCALED);
    const own = alone.predictSync(houses.take(test)).data;
    const said = Array.from(test, (row) => predictions.data[tested.indexOf(row)]);
    expect(said).toEqual(Array.from(own));
  });
});
