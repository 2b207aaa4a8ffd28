import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { floats, shares } from '../golden/made-up.js';
import { type GoldenRecipe, recipes, samplesOf } from '../golden/recipes.js';
import { fingerprint, mark } from './fingerprint.js';
import type { ActivationName } from './layers.js';
import type { Loss } from './losses.js';
import { type DenseLayer, Network } from './network.js';
import { advance, update } from './optimizers.js';
import { shuffle } from './random.js';
import { fixedRows } from './rows.js';

const layer = (units: number, activation: ActivationName): DenseLayer => ({
  units,
  activation,
  useBias: true,
  kernelInitializer: 'glorotUniform',
  biasInitializer: 'randomNormal',
});

describe('gradients', () => {
  const combinations: [ActivationName, ActivationName, Loss, GoldenRecipe['targets']['kind']][] = [
    ['relu', 'softmax', 'sparseCategoricalCrossentropy', 'labels'],
    ['tanh', 'softmax', 'categoricalCrossentropy', 'shares'],
    ['sigmoid', 'sigmoid', 'binaryCrossentropy', 'bits'],
    ['softmax', 'linear', 'meanSquaredError', 'floats'],
    ['linear', 'relu', 'meanSquaredError', 'shares'],
    ['tanh', 'sigmoid', 'meanSquaredError', 'shares'],
    ['sigmoid', 'tanh', 'meanSquaredError', 'floats'],
    ['relu', 'softmax', 'meanSquaredError', 'oneHot'],
    ['tanh', 'softmax', { name: 'sparseCategoricalCrossentropy', labelSmoothing: 0.1 }, 'labels'],
    ['tanh', 'softmax', { name: 'categoricalCrossentropy', labelSmoothing: 0.25 }, 'shares'],
    ['tanh', 'sigmoid', { name: 'binaryCrossentropy', labelSmoothing: 0.2 }, 'bits'],
  ];

  test('dropout and l2: a step follows the slope of its own loss', () => {
    const recipe: GoldenRecipe = {
      ...recipes[0],
      inputs: 4,
      layers: [
        { ...layer(5, 'tanh'), dropout: { rate: 0.25 }, kernelRegularizer: { name: 'l2', l2: 0.25 } },
        { ...layer(6, 'sigmoid'), dropout: { rate: 0.5, seed: 2 } },
        { ...layer(3, 'softmax'), dropout: { rate: 0.1 }, kernelRegularizer: { name: 'l2', l2: 0.125 } },
      ],
      optimizer: { name: 'sgd', learningRate: 1, momentum: 0 },
      loss: 'sparseCategoricalCrossentropy',
      rows: 12,
      targets: { kind: 'labels', salt: 61, columns: 3 },
    };
    const samples = samplesOf(recipe);
    const after = new Network(recipe);
    after.trainOnBatch(samples, 64);
    // The loss of a first step is taken before its update, with its masks.
    const lossWith = (parameter: number, element: number, moved: number): number => {
      const network = new Network(recipe);
      network.parameters[parameter].values[element] = moved;
      return network.trainOnBatch(samples, 64).loss;
    };
    new Network(recipe).parameters.forEach(({ name, values }, p) => {
      values.forEach((value, i) => {
        const width = 2 ** -7;
        const slope = (lossWith(p, i, value + width) - lossWith(p, i, value - width)) / (2 * width);
        const step = value - after.parameters[p].values[i];
        expect(Math.abs(step - slope), `${name}[${i}]: ${step}, ${slope}`).toBeLessThan(4e-4);
      });
    });
  });

  const weighed = combinations.flatMap((each) => [[...each, 'without'] as const, [...each, 'with'] as const]);

  test.each(weighed)('%s, %s and %j: of %s: a step follows the slope of the loss, %s weights', (...given) => {
    const [hidden, last, loss, kind, weights] = given;
    const recipe: GoldenRecipe = {
      ...recipes[0],
      inputs: 4,
      layers: [layer(5, hidden), layer(3, last)],
      optimizer: { name: 'sgd', learningRate: 1, momentum: 0 },
      loss,
      rows: 12,
      targets: { kind, salt: 60, columns: 3 },
      ...(weights === 'with' ? { sampleWeights: { kind: 'shares', salt: 61 } as const } : {}),
    };
    const samples = samplesOf(recipe);
    const before = new Network(recipe);
    const after = new Network(recipe);
    for (const network of last === 'relu' ? [before, after] : []) {
      // Away from the kink: two units that pass every row, one that passes none.
      network.parameters[3].values.set([3, -3, 3]);
    }
    after.trainOnBatch(samples, 64);
    const lossAt = () => before.evaluate(samples, 64).loss;
    before.parameters.forEach((parameter, p) => {
      parameter.values.forEach((value, i) => {
        const width = 2 ** -7;
        const [up, down] = [value + width, value - width].map((moved) => {
          parameter.values[i] = moved;
          return lossAt();
        });
        parameter.values[i] = value;
        const slope = (up - down) / (2 * width);
        const step = value - after.parameters[p].values[i];
        expect(Math.abs(step - slope), `${parameter.name}[${i}]: ${step}, ${slope}`).toBeLessThan(4e-4);
      });
    });
  });
});

describe('optimizers', () => {
  const parameter = (state: string[]) => ({
    name: 'w',
    shape: [1],
    values: new Float32Array([1]),
    state: Object.fromEntries(state.map((name) => [name, new Float32Array(1)])),
  });

  test('sgd and momentum take the mean gradient', () => {
    const plain = parameter([]);
    update({ name: 'sgd', learningRate: 0.25, momentum: 0 }, plain, new Float32Array([4]), 2, {
      p1: 1,
      p2: 1,
      steps: 1,
    });
    expect(plain.values[0]).toBe(0.5);
    const moving = parameter(['momentum']);
    const momentum = { name: 'sgd', learningRate: 0.25, momentum: 0.5 } as const;
    update(momentum, moving, new Float32Array([4]), 2, { p1: 1, p2: 1, steps: 1 });
    update(momentum, moving, new Float32Array([0]), 2, { p1: 1, p2: 1, steps: 1 });
    expect(moving.values[0]).toBe(0.25);
  });

  test('nesterov looks one step of momentum ahead', () => {
    const moving = parameter(['momentum']);
    const nesterov = { name: 'sgd', learningRate: 0.25, momentum: 0.5, nesterov: true } as const;
    update(nesterov, moving, new Float32Array([4]), 2, { p1: 1, p2: 1, steps: 1 });
    expect(moving.values[0]).toBe(1 - 0.25 * (0.5 * 2 + 2));
    update(nesterov, moving, new Float32Array([0]), 2, { p1: 1, p2: 1, steps: 1 });
    expect(moving.values[0]).toBe(0.25 - 0.25 * (0.5 * 1));
  });

  test('RMSprop divides by the root of the mean square, epsilon inside', () => {
    const options = { name: 'rmsprop', learningRate: 0.5, rho: 0.75, epsilon: 3 } as const;
    const plain = parameter(['v']);
    update({ ...options, momentum: 0 }, plain, new Float32Array([4]), 2, { p1: 1, p2: 1, steps: 1 });
    expect(plain.values[0]).toBe(1 - (0.5 * 2) / Math.sqrt(0.25 * 4 + 3));
    const moving = parameter(['v', 'momentum']);
    update({ ...options, momentum: 0.5 }, moving, new Float32Array([4]), 2, { p1: 1, p2: 1, steps: 1 });
    update({ ...options, momentum: 0.5 }, moving, new Float32Array([0]), 2, { p1: 1, p2: 1, steps: 1 });
    expect(moving.values[0]).toBe(1 - 0.5 - 0.25);
    expect(moving.state.v[0]).toBe(0.75);
  });

  test('Adagrad divides by the root of the sum of squares, epsilon inside', () => {
    const w = parameter(['accumulator']);
    w.state.accumulator[0] = 2;
    const adagrad = { name: 'adagrad', learningRate: 0.5, initialAccumulatorValue: 2, epsilon: 10 } as const;
    update(adagrad, w, new Float32Array([4]), 2, { p1: 1, p2: 1, steps: 1 });
    expect(w.values[0]).toBe(1 - (0.5 * 2) / Math.sqrt(2 + 4 + 10));
    expect(w.state.accumulator[0]).toBe(6);
  });

  test('AMSGrad keeps the largest second moment', () => {
    const w = parameter(['m', 'v', 'vMax']);
    const amsgrad = { name: 'adam', learningRate: 0.5, beta1: 0, beta2: 0.5, epsilon: 1, amsgrad: true } as const;
    let powers = advance(amsgrad, { p1: 1, p2: 1, steps: 0 });
    update(amsgrad, w, new Float32Array([4]), 1, powers);
    expect([w.state.v[0], w.state.vMax[0]]).toEqual([8, 8]);
    powers = advance(amsgrad, powers);
    update(amsgrad, w, new Float32Array([0]), 1, powers);
    expect([w.state.v[0], w.state.vMax[0]]).toEqual([4, 8]);
  });

  test("Nadam's step is that of Keras's formula", () => {
    const w = parameter(['m', 'v']);
    const nadam = { name: 'nadam', learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 } as const;
    let powers = { p1: 1, p2: 1, steps: 0 };
    let [product, m, v, value] = [1, 0, 0, 1];
    for (let t = 1; t <= 30; t++) {
      const g = Math.fround(Math.sin(t));
      powers = advance(nadam, powers);
      update(nadam, w, new Float32Array([g]), 1, powers);
      const [now, next] = [t, t + 1].map((step) => 0.9 * (1 - 0.5 * 0.96 ** step));
      product *= now;
      m = 0.9 * m + 0.1 * g;
      v = 0.99 * v + 0.01 * g * g;
      const mean = (next * m) / (1 - product * next) + ((1 - now) * g) / (1 - product);
      value -= (0.01 * mean) / (Math.sqrt(v / (1 - 0.99 ** t)) + 1e-3);
      expect(w.values[0]).toBeCloseTo(value, 5);
    }
  });

  test('l2 adds 2 λ w to the mean gradient', () => {
    const w = { ...parameter([]), regularizer: { name: 'l2', l2: 0.25 } as const };
    update({ name: 'sgd', learningRate: 0.5, momentum: 0 }, w, new Float32Array([4]), 2, { p1: 1, p2: 1, steps: 1 });
    expect(w.values[0]).toBe(1 - 0.5 * (2 + 0.5));
  });

  test('the first step of Adam is the learning rate, whatever the gradient', () => {
    const adam = { name: 'adam', learningRate: 0.125, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;
    for (const gradient of [1000, -1000, 0.01]) {
      const w = parameter(['m', 'v']);
      update(adam, w, new Float32Array([gradient]), 1, advance(adam, { p1: 1, p2: 1, steps: 0 }));
      expect(w.values[0]).toBeCloseTo(1 - Math.sign(gradient) * 0.125, 4);
    }
  });
});

describe('training', () => {
  const recipe = recipes[6];
  const samples = samplesOf(recipe);

  test('2 + 3 epochs are 5', () => {
    const whole = new Network(recipe);
    const epochs = whole.fit(samples, { ...recipe, epochs: 5 });
    const parts = new Network(recipe);
    const first = parts.fit(samples, { ...recipe, epochs: 2 });
    const second = parts.fit(samples, { ...recipe, epochs: 3 });
    expect([...first, ...second]).toEqual(epochs);
    expect(parts.fingerprint('state')).toBe(whole.fingerprint('state'));
    expect(parts.counters).toMatchObject({ steps: 10, epochs: 5 });
  });

  test('trainOnBatch over the same batches gives the same weights', () => {
    const whole = new Network(recipe);
    whole.fit(samples, { ...recipe, epochs: 1 });
    const stepped = new Network(recipe);
    const order = shuffle(recipe, 0, recipe.rows);
    const columns = stepped.columns;
    for (let start = 0; start < recipe.rows; start += recipe.batchSize) {
      const rows = [...order.subarray(start, start + recipe.batchSize)];
      const pick = (of: ArrayLike<number>, width: number) =>
        Float32Array.from(rows.flatMap((row) => Array.from({ length: width }, (_, j) => of[row * width + j])));
      const batch = { rows: rows.length, x: pick(samples.x, recipe.inputs), targets: pick(samples.targets, columns) };
      stepped.trainOnBatch(batch, recipe.batchLeaf);
    }
    expect(stepped.fingerprint('weights')).toBe(whole.fingerprint('weights'));
    expect(stepped.counters.epochs).toBe(0);
  });

  test('a chain over all rows is the tree with one leaf', () => {
    const options = { ...recipe, epochs: 1 };
    const free = new Network(recipe);
    const units = [Math.ceil(33 / 8), Math.ceil(27 / 8)];
    const orders = units.map((count) => ({ chains: [Array.from({ length: count }, (_, unit) => unit)], merges: [] }));
    free.fit(samples, { ...options, free: { grain: 8, orders } });
    const fixed = new Network(recipe);
    fixed.fit(samples, { ...options, batchLeaf: 1000 });
    expect(free.fingerprint('weights')).toBe(fixed.fingerprint('weights'));
    expect(fixedRows(1000)(0, () => Number.NaN)).toBe(0);
  });

  test('rows are predicted alone as in a batch', () => {
    const network = new Network(recipe);
    const x = floats(3 * recipe.inputs, 70);
    const alone = [0, 1, 2].flatMap((i) => [...network.predict(x.subarray(i * 12, (i + 1) * 12), 1)]);
    expect([...network.predict(x, 3)]).toEqual(alone);
  });
});

describe('fingerprints', () => {
  test('the bytes are those of the contract', () => {
    const values = new Float32Array([1, -0, Number.NaN]);
    new Uint32Array(values.buffer)[2] = 0xffc12345;
    // Name length 3, "wü", one dimension, of 3; 1, −0, the canonical NaN.
    const bytes = '03000000' + '77c3bc' + '01000000' + '03000000' + '0000803f' + '00000080' + '0000c07f';
    const expected = createHash('sha256')
      .update('samebits 1 weights\n')
      .update(Buffer.from(bytes, 'hex'))
      .digest('hex');
    expect(fingerprint('weights', [{ name: 'wü', shape: [3], values }])).toBe(expected);
  });

  test('the state ends with counters', () => {
    const recipe = { ...recipes[1], layers: [layer(1, 'linear')], inputs: 1 };
    const network = new Network(recipe);
    const [kernel, bias] = network.parameters;
    const tensor = (name: string, shape: number[], hex: string) => {
      const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer).toString('hex');
      return u32(name.length) + Buffer.from(name).toString('hex') + u32(shape.length) + shape.map(u32).join('') + hex;
    };
    const hexOf = (values: Float32Array) => Buffer.from(values.buffer).toString('hex');
    const bytes = [
      tensor('dense_1/kernel', [1, 1], hexOf(kernel.values)),
      tensor('dense_1/bias', [1], hexOf(bias.values)),
      tensor('dense_1/kernel/momentum', [1, 1], '00000000'),
      tensor('dense_1/bias/momentum', [1], '00000000'),
      '0000000000000000',
      '0000000000000000',
      '000000000000f03f',
      '000000000000f03f',
    ].join('');
    const expected = createHash('sha256').update('samebits 1 state\n').update(Buffer.from(bytes, 'hex')).digest('hex');
    expect(network.fingerprint('state')).toBe(expected);
  });

  test('a mark is a sum of SplitMix64 outputs', () => {
    // SplitMix64's first output for the seed 0 is published with the generator.
    expect(mark(new Float32Array([0]))).toBe(0xe220a8397b1dcdafn);
    const values = shares(10, 71);
    const swapped = Float32Array.from(values);
    [swapped[3], swapped[4]] = [swapped[4], swapped[3]];
    expect(mark(swapped)).not.toBe(mark(values));
    expect(mark(new Float32Array(0))).toBe(0n);
  });
});
