/** Emulated hardware against the oracle's; and that nobody comes to it by accident. */
import { dense, type Emulation, type FitOptions, type Run, type Sequential, sequential } from 'samebits';
import { describe, expect, it, test } from 'vitest';
import { fingerprintPredictions } from '../../dist/train/fingerprint.js';
import emulatedGolden from '../golden/emulated.json';
import type { GoldenRecipe } from '../golden/recipes.js';
import { arithmetic } from '../oracle.js';
import { compiledClassifier, failure, labels, x } from '../train/problem.js';
import { build, dataOf } from './golden_model.js';

interface Expected {
  readonly emulate: readonly Emulation[];
  readonly state: string;
  readonly epochLosses: string[];
  readonly evaluateLoss: string;
  readonly predictions: string;
}
const golden = emulatedGolden as unknown as { recipe: GoldenRecipe; expected: Expected[] }[];

async function fitted(recipe: GoldenRecipe, options: FitOptions): Promise<{ model: Sequential; run: Run }> {
  const { batchSize, batchLeaf, shuffle, epochs } = recipe;
  const model = build(recipe);
  const { x: rows, y } = dataOf(recipe);
  const run = await model.fit(rows, y, { batchSize, batchLeaf, shuffle, epochs, ...options });
  return { model, run };
}

describe.each(golden)('$recipe.title', ({ recipe, expected }) => {
  test.each(expected)('$emulate', async ({ emulate, ...bits }) => {
    for (const threads of [1, 2, 3, 8]) {
      const plan = threads % 2 === 1 ? 'stored' : 'fused';
      const { model, run } = await fitted(recipe, { emulate, threads, plan, reduction: 'fixed' });
      const { x: rows, y } = dataOf(recipe);
      const { loss } = await model.evaluate(rows, y, { batchLeaf: recipe.batchLeaf, threads });
      const predicted = await model.predict(rows, { threads });
      expect(
        {
          state: model.fingerprint('state'),
          epochLosses: run.history.loss.map(arithmetic.hexOf),
          evaluateLoss: arithmetic.hexOf(loss),
          predictions: fingerprintPredictions(predicted.data, predicted.rows, predicted.columns),
        },
        `${threads} threads, ${plan}`,
      ).toEqual(bits);
      expect(run).toMatchObject({ contract: 'emulated', recipe: { emulate }, execution: { isa: 'scalar' } });
      model.dispose();
    }
  });

  it('replays free order', async () => {
    const emulate = ['noFma', 'ordinaryExp'] as const;
    const free = { emulate, reduction: 'free', freeGrain: 2 } as const;
    const recorded = await fitted(recipe, { ...free, threads: 3, record: true });
    const replay = recorded.run.recording ?? undefined;
    const replayed = await fitted(recipe, { ...free, threads: 2, replay });
    expect(replayed.model.fingerprint('state')).toBe(recorded.model.fingerprint('state'));
  });
});

describe('emulate', () => {
  it('is left by training without, and the contract holds again', async () => {
    const one = compiledClassifier();
    const run = await one.fit(x, labels, { shuffle: false });
    expect(run).toMatchObject({ contract: 1, recipe: { emulate: [] } });
    const other = compiledClassifier();
    await other.fit(x, labels, { shuffle: false, emulate: ['noFma'], epochs: 1 });
    expect(other.fingerprint()).not.toBe(run.fingerprint);
    // Predictions are the emulated hardware's, until the model trains on the contract's again.
    const weights = other.getWeights();
    const contract = compiledClassifier();
    contract.setWeights(weights);
    expect(contract.predictSync(x).data).not.toEqual(other.predictSync(x).data);
    other.reset();
    expect((await other.fit(x, labels, { shuffle: false })).fingerprint).toBe(run.fingerprint);
    expect(other.predictSync(x).data).toEqual(one.predictSync(x).data);
  });

  it('is allowed by deterministic: true: it repeats, and says what it is', async () => {
    const emulate = ['flushSubnormals', 'ordinaryExp'] as const;
    const train = () => compiledClassifier().fit(x, labels, { emulate, deterministic: true });
    const [a, b] = [await train(), await train()];
    expect(b.fingerprint).toBe(a.fingerprint);
    expect(a.contract).toBe('emulated');
  });

  it('has one order in recipes, and steps one by one are an epoch', async () => {
    const whole = compiledClassifier();
    const { recipe } = await whole.fit(x, labels, {
      emulate: ['ordinaryExp', 'noFma', 'noFma'],
      shuffle: false,
      batchSize: 75,
    });
    expect(recipe.emulate).toEqual(['noFma', 'ordinaryExp']);
    const stepped = compiledClassifier();
    const half = x.length / 2;
    for (const part of [0, 1]) {
      const rows = x.slice(part * half, (part + 1) * half);
      await stepped.trainOnBatch(rows, labels.slice(part * 75, (part + 1) * 75), { emulate: recipe.emulate });
    }
    expect(stepped.fingerprint()).toBe(whole.fingerprint());
  });

  it('takes no instruction set but scalar, whatever the environment says', async () => {
    const emulate = ['noFma'] as const;
    const refused = await failure(() => compiledClassifier().fit(x, labels, { emulate, isa: 'avx2' }));
    expect(refused).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    expect(refused.message).toContain("'scalar' or 'auto' with emulate: ['noFma'] for isa but received \"avx2\"");
    const unknown = await failure(() => compiledClassifier().fit(x, labels, { emulate: ['fma'] as never }));
    expect(unknown.message).toContain(
      "one of 'noFma', 'flushSubnormals', 'ordinaryExp' (did you mean 'noFma'?) for fit.emulate[0]",
    );
    process.env.SAMEBITS_ISA = 'avx512';
    try {
      expect((await compiledClassifier().fit(x, labels, { emulate })).execution.isa).toBe('scalar');
    } finally {
      delete process.env.SAMEBITS_ISA;
    }
  });
});

describe('flippedBit', () => {
  const layers = [dense({ units: 3, inputShape: [4] as const }), dense({ units: 2 })];
  const make = (flippedBit: object | null) => sequential({ layers, seed: 1, flippedBit: flippedBit as never });
  const bits = (model: Sequential) =>
    model.getWeights().map(({ data }) => [...new Uint32Array(data.buffer, data.byteOffset, data.length)]);

  it('inverts one bit of one initial weight, again after reset and in a clone, and nothing else', () => {
    const plain = bits(make(null));
    for (const [tensor, index, bit] of [
      ['dense_1/kernel', 0, 0],
      ['dense_1/kernel', 11, 31],
      ['dense_2/kernel', 4, 22],
      ['dense_2/bias', 1, 3],
    ] as const) {
      const expected = structuredClone(plain);
      const at = ['dense_1/kernel', 'dense_1/bias', 'dense_2/kernel', 'dense_2/bias'].indexOf(tensor);
      expected[at][index] = (expected[at][index] ^ (1 << bit)) >>> 0;
      const model = make({ tensor, index, bit });
      expect(bits(model)).toEqual(expected);
      expect(bits(model.clone())).toEqual(expected);
      model.reset();
      expect(bits(model)).toEqual(expected);
    }
  });

  it('is part of the recipe', async () => {
    const flippedBit = { tensor: 'dense_2/kernel', index: 3, bit: 5 };
    const model = make(flippedBit);
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const { recipe } = await model.fit([[1, 2, 3, 4]], [[1, 2]]);
    expect(recipe.flippedBit).toEqual(flippedBit);
  });

  it.each<[string, object, string]>([
    [
      'a tensor that is not there',
      { tensor: 'dense_3/kernel', index: 0, bit: 0 },
      'one of dense_1/kernel, dense_1/bias,',
    ],
    ['bit 32', { tensor: 'dense_1/kernel', index: 0, bit: 32 }, 'from 0 to 31 for sequential.flippedBit.bit'],
    ['no index', { tensor: 'dense_1/kernel', bit: 2 }, 'for sequential.flippedBit.index but received undefined'],
    ['an unknown key', { tensor: 'dense_1/kernel', index: 0, bits: 2 }, 'did you mean bit?'],
  ])('refuses %s', async (_, flippedBit, message) => {
    expect((await failure(() => make(flippedBit))).message).toContain(message);
  });

  it('refuses an index beyond the tensor as soon as its size is known', async () => {
    const model = make({ tensor: 'dense_1/kernel', index: 12, bit: 0 });
    expect((await failure(() => model.getWeights())).message).toContain('below the 12 elements of dense_1/kernel');
  });
});
