/** Embeddings: the same bits over threads, instruction sets, plans and batches; lazy updates; free order that is recorded. */
import {
  adagrad,
  adam,
  dense,
  dropout,
  embedding,
  type FitOptions,
  type Layer,
  nadam,
  type Optimizer,
  rmsprop,
  type Sequential,
  sequential,
  sgd,
  tableInput,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { floats, indices } from '../golden/made-up.js';
import { Network } from '../oracle/network.js';
import { parseOrders } from '../oracle/rows.js';

const ROWS = 211;
const { available } = addon().instructionSets();
const uniform = { name: 'randomUniform', minval: -0.05, maxval: 0.05 } as const;

interface Problem {
  readonly first: Layer;
  readonly categories: readonly (number | null)[];
}

const problems: Record<string, Problem> = {
  'one category of one unit': { first: embedding({ categories: 1, units: 1, inputShape: [1] }), categories: [1] },
  'a table of 17 units that four columns share': {
    first: embedding({ categories: 23, units: 17, inputShape: [4] }),
    categories: [23, 23, 23, 23],
  },
  'numbers and tables, some larger than all batches': {
    first: tableInput({
      columns: [
        { name: 'a' },
        { name: 'b', categories: 5000, units: 33 },
        { name: 'c', categories: 2, units: 1 },
        ...Array.from({ length: 18 }, (_, i) => ({ name: `d${i}` })),
        { name: 'e', categories: 7, units: 64 },
      ],
    }),
    categories: [null, 5000, 2, ...new Array<null>(18).fill(null), 7],
  },
};

const dataOf = ({ categories }: Problem) => ({
  x: { data: indices(ROWS, 7, categories), rows: ROWS, columns: categories.length },
  y: { data: floats(ROWS, 8), rows: ROWS, columns: 1 },
});

function modelOf({ first }: Problem, optimizer: Optimizer = adam({ learningRate: 0.01 })): Sequential {
  const model = sequential({
    layers: [first, dropout({ rate: 0.1 }), dense({ units: 40, activation: 'tanh' }), dense({ units: 1 })],
    seed: 'embeddings',
  });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return model;
}

async function trained(problem: Problem, options: FitOptions, optimizer?: Optimizer) {
  const { x, y } = dataOf(problem);
  const model = modelOf(problem, optimizer);
  const run = await model.fit(x, y, { epochs: 2, ...options });
  return { model, run, state: model.fingerprint('state') };
}

describe.each(Object.entries(problems))('%s', (_, problem) => {
  it.each([
    { batchSize: 100, batchLeaf: 8 },
    { batchSize: 7, batchLeaf: 64 },
    { batchSize: 300, batchLeaf: 1 },
  ])('has the same bits on any threads, instruction set and plan: %j', async (sizes) => {
    const { state, run } = await trained(problem, {
      ...sizes,
      threads: 1,
      isa: 'scalar',
      plan: 'stored',
      trace: 'step',
    });
    for (const threads of [1, 2, 3, 7]) {
      for (const isa of available) {
        const plan = threads % 2 === 0 ? 'stored' : 'fused';
        const other = await trained(problem, { ...sizes, threads, isa, plan, trace: 'step' });
        expect(other.state, `${threads} threads, ${isa}, ${plan}`).toBe(state);
        expect(other.run.trace).toEqual(run.trace);
      }
    }
  });

  it('gives a recording again on any threads, which is what the oracle makes of it', async () => {
    const options = { batchSize: 64, freeGrain: 4, reduction: 'free', epochs: 1, shuffle: false } as const;
    const { run, state } = await trained(problem, { ...options, threads: 3, record: true });
    const replay = run.recording ?? undefined;
    for (const threads of [1, 2, 5]) {
      expect((await trained(problem, { ...options, threads, replay })).state).toBe(state);
    }
    const { x, y } = dataOf(problem);
    const oracle = new Network({
      seed: 'embeddings',
      generator: 'philox',
      inputs: x.columns,
      rescaling: null,
      lookUp: { ...problem.first, embeddingsInitializer: uniform } as never,
      layers: [
        {
          units: 40,
          activation: 'tanh',
          useBias: true,
          kernelInitializer: 'glorotUniform',
          biasInitializer: 'zeros',
          dropout: { rate: 0.1 },
        },
        { units: 1, activation: 'linear', useBias: true, kernelInitializer: 'glorotUniform', biasInitializer: 'zeros' },
      ],
      optimizer: { name: 'adam', learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      loss: 'meanSquaredError',
    });
    const unitsOf = (step: number) => Math.ceil(Math.min(64, ROWS - step * 64) / 4);
    const free = { grain: 4, orders: parseOrders(run.recording?.orders ?? [], unitsOf) };
    const samples = { rows: ROWS, x: x.data, targets: y.data };
    oracle.fit(samples, { batchSize: 64, batchLeaf: 64, shuffle: false, epochs: 1, free });
    expect(oracle.fingerprint('state')).toBe(state);
  });

  it('predicts each row as it does in a batch, in fit, trainOnBatch and after a restart', async () => {
    const { model } = await trained(problem, { batchSize: 50, threads: 2 });
    const { x } = dataOf(problem);
    const all = await model.predict(x, { threads: 3 });
    for (const row of [0, 100, ROWS - 1]) {
      const one = x.data.subarray(row * x.columns, (row + 1) * x.columns);
      expect(model.predictSync(one).data).toEqual(all.data.subarray(row, row + 1));
    }
    const copy = modelOf(problem);
    copy.setWeights(model.getWeights());
    expect((await copy.predict(x)).data).toEqual(all.data);
  });
});

describe('updates', () => {
  const optimizers: readonly Optimizer[] = [
    sgd(),
    sgd({ momentum: 0.9 }),
    sgd({ momentum: 0.9, nesterov: true }),
    rmsprop({ momentum: 0.5 }),
    adam(),
    adam({ amsgrad: true }),
    nadam(),
    adagrad(),
  ];

  it.each(optimizers)('touch no row that is not looked up: %j', async (optimizer) => {
    const model = sequential({ layers: [embedding({ categories: 9, units: 20 }), dense({ units: 1 })], seed: 4 });
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const rowOf = (row: number) => Array.from(model.getWeights()[0].data.subarray(row * 20, (row + 1) * 20));
    const step = (categories: number[]) =>
      model.trainOnBatch(
        categories.map((c) => [c]),
        categories.map((c) => [c / 4]),
        { batchLeaf: 2 },
      );
    await step([1, 3, 3, 8, 1]);
    const before = Array.from({ length: 9 }, (_, row) => rowOf(row));
    await step([2, 3, 0, 3]);
    for (let row = 0; row < 9; row++) {
      if ([0, 2, 3].includes(row)) expect(rowOf(row)).not.toEqual(before[row]);
      else expect(rowOf(row)).toEqual(before[row]);
    }
  });

  it('with sgd are those of a dense layer on zeros and ones', async () => {
    const categories = 6;
    const looked = indices(90, 3, [categories]);
    const y = { data: floats(90, 4), rows: 90, columns: 1 };
    const oneHot = new Float32Array(90 * categories);
    looked.forEach((category, row) => {
      oneHot[row * categories + category] = 1;
    });
    const top = [dense({ units: 8, activation: 'tanh', name: 'a' }), dense({ units: 1, name: 'b' })];
    const sparse = sequential({ layers: [embedding({ categories, units: 5 }), ...top], seed: 5 });
    const hot = sequential({
      layers: [dense({ units: 5, useBias: false, inputShape: [categories] }), ...top],
      seed: 5,
    });
    const options = { optimizer: sgd({ learningRate: 0.3 }), loss: 'meanSquaredError' } as const;
    for (const model of [sparse, hot]) model.compile(options);
    for (const model of [sparse, hot]) model.predictSync([new Array(model === hot ? categories : 1).fill(0)]);
    hot.setWeights([{ ...sparse.getWeights()[0], name: 'dense_1/kernel' }, ...hot.getWeights().slice(1)]);
    const fit = { epochs: 3, batchSize: 40, batchLeaf: 4 };
    await sparse.fit({ data: looked, rows: 90, columns: 1 }, y, fit);
    await hot.fit({ data: oneHot, rows: 90, columns: categories }, y, fit);
    expect(sparse.getWeights().map(({ data }) => data)).toEqual(hot.getWeights().map(({ data }) => data));
  });
});
