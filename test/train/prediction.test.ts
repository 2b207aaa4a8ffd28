import { createHash } from 'node:crypto';
import { dense, type Matrix, sequential } from 'samebits';
import { describe, expect, it } from 'vitest';
import { fingerprintPredictions } from '../../dist/train/fingerprint.js';
import { CLASSES, COLUMNS, classifier, compiledClassifier, labels, ROWS, x } from './problem.js';

const bits = ({ data }: Matrix): Uint32Array => new Uint32Array(Float32Array.from(data).buffer);

describe('predictions', () => {
  it('are rows of probabilities, at once or later, on any threads', async () => {
    const model = classifier();
    const later = await model.predict(x);
    expect(later).toMatchObject({ rows: ROWS, columns: CLASSES });
    expect(bits(model.predictSync(x))).toEqual(bits(later));
    for (const threads of [1, 3]) expect(bits(await model.predict(x, { threads }))).toEqual(bits(later));
    for (let row = 0; row < ROWS; row += 1) {
      const share = later.data.slice(row * CLASSES, (row + 1) * CLASSES);
      expect(share.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    }
  });

  it('of a row do not depend on the rows around it', async () => {
    const model = classifier();
    const all = bits(await model.predict(x));
    for (const row of [0, 1, 77, ROWS - 1]) {
      const alone = model.predictSync(x.subarray(row * COLUMNS, (row + 1) * COLUMNS));
      expect(alone.rows).toBe(1);
      expect(bits(alone)).toEqual(all.slice(row * CLASSES, (row + 1) * CLASSES));
      expect(bits(model.predictSync(Array.from(x.subarray(row * COLUMNS, (row + 1) * COLUMNS))))).toEqual(bits(alone));
    }
  });

  it('run beside each other', async () => {
    const model = classifier();
    const many = await Promise.all(Array.from({ length: 8 }, (_, i) => model.predict(x, { threads: 1 + (i % 3) })));
    for (const one of many) expect(bits(one)).toEqual(bits(many[0]));
  });

  it('agree with evaluate', async () => {
    const model = compiledClassifier();
    await model.fit(x, labels, { epochs: 3 });
    const { data } = await model.predict(x);
    let hits = 0;
    let loss = 0;
    for (let row = 0; row < ROWS; row += 1) {
      const share = Array.from(data.slice(row * CLASSES, (row + 1) * CLASSES));
      if (share.indexOf(Math.max(...share)) === labels[row]) hits += 1;
      loss -= Math.log(share[labels[row]]);
    }
    const measured = await model.evaluate(x, labels);
    expect(measured.accuracy).toBe(hits / ROWS);
    expect(measured.loss).toBeCloseTo(loss / ROWS, 5);
    expect(await model.evaluate(x, labels, { threads: 1 })).toEqual(measured);
  });

  it('decide the columns of a model that did not declare them', async () => {
    const model = sequential({ layers: [dense({ units: 2 })], seed: 1 });
    await model.predict({ data: x, rows: ROWS, columns: COLUMNS });
    expect(model.countParams()).toBe(2 * COLUMNS + 2);
    await expect(model.predict([[1, 2]])).rejects.toMatchObject({ code: 'ERR_SAMEBITS_SHAPE' });
  });
});

describe('fingerprints', () => {
  it('are the SHA-256 of the contract’s byte stream, every NaN the same', () => {
    const values = Float32Array.of(1.5, -0, Number.NaN, 2);
    const stream = Buffer.concat([
      Buffer.from('samebits 1 predictions\n'),
      Buffer.from(Uint32Array.of(11).buffer),
      Buffer.from('predictions'),
      Buffer.from(Uint32Array.of(2, 2, 2, 0x3fc0_0000, 0x8000_0000, 0x7fc0_0000, 0x4000_0000).buffer),
    ]);
    const expected = createHash('sha256').update(stream).digest('hex');
    expect(fingerprintPredictions(values, 2, 2)).toBe(expected);
    const other = values.slice();
    new Uint32Array(other.buffer)[2] = 0xffc0_0001;
    expect(fingerprintPredictions(other, 2, 2)).toBe(expected);
  });

  it('tell states apart where the weights are the same', async () => {
    const model = compiledClassifier({}, { optimizer: 'sgd' });
    const before = model.fingerprint('state');
    const weights = model.getWeights();
    await model.fit(x, labels);
    model.setWeights(weights);
    expect(model.fingerprint()).toBe(compiledClassifier().fingerprint());
    expect(model.fingerprint('state')).not.toBe(before);
  });
});
