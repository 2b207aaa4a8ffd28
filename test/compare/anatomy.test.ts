import { type LossName, modelFromRecipe, parseRecipe, type Recipe } from 'samebits';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../dist/compare/anatomy/operation.js';
import { passOperations } from '../../dist/compare/anatomy/pass.js';
import { shareData } from '../../dist/compare/data.js';
import { firstDifferingIndex } from '../../dist/compare/distances.js';
import * as embeddings from '../oracle/embedding.js';
import { arithmetic, layers as oracle, rows as rowSums, sums } from '../oracle.js';

const ROWS = 23;
const COLUMNS = 5;
const UNITS = 3;
const BATCH = 9;
const LEAF = 4;
const RATE = 0.05;

type Activation = Recipe['model']['layers'][number] extends infer L
  ? L extends { activation: infer A }
    ? A
    : never
  : never;

interface Case {
  readonly seeds?: Recipe['seeds'];
  readonly shuffle?: Recipe['fit']['shuffle'];
  readonly loss: LossName;
  readonly activations: readonly [Activation, Activation, Activation];
  readonly emulate?: readonly string[];
  readonly generator?: string;
  readonly rescaled?: boolean;
}

const x = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.fround((((i * 37) % 29) - 14) / 17));
const labels = Uint32Array.from({ length: ROWS }, (_, row) => (row * 7) % UNITS);
const shares = Float32Array.from({ length: ROWS * UNITS }, (_, i) => ((i * 5) % 8) / 8);

function recipeOf({
  loss,
  activations,
  emulate = [],
  generator = 'philox',
  rescaled = false,
  seeds,
  shuffle,
}: Case): Recipe {
  const [first, second, last] = activations;
  return parseRecipe({
    model: {
      layers: [
        ...(rescaled ? [{ kind: 'rescaling', scale: 0.3, offset: 0.07 }] : [{ kind: 'dropout', rate: 0.2 }]),
        { kind: 'dense', units: 7, activation: first, kernelRegularizer: { name: 'l2', l2: 0.01 } },
        { kind: 'dropout', rate: 0.4 },
        { kind: 'dense', units: 6, activation: second, useBias: false },
        { kind: 'dense', units: UNITS, activation: last, biasInitializer: 'randomNormal' },
      ],
    },
    seed: 3,
    ...(seeds === undefined ? {} : { seeds }),
    generator,
    optimizer: { name: 'sgd', learningRate: RATE },
    loss,
    fit: { epochs: 2, batchSize: BATCH, batchLeaf: LEAF, ...(shuffle === undefined ? {} : { shuffle }) },
    emulate,
  });
}

const hardwareOf = (emulate: readonly string[]) => ({
  noFma: emulate.includes('noFma'),
  flushSubnormals: emulate.includes('flushSubnormals'),
  ordinaryExp: emulate.includes('ordinaryExp'),
});

/** The weights after a step, from what it was taken apart into, by the oracle's sums. */
function weightsAfter(
  recipe: Recipe,
  operations: readonly Operation[],
  before: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  const find = (kind: string, place: string) => operations.find((each) => each.kind === kind && each.place === place);
  const valuesOf = (kind: string, place: string) => find(kind, place)?.values as Float32Array;
  const { mul, fma, f32 } = arithmetic;
  const dense = recipe.model.layers.filter((layer) => layer.kind === 'dense');
  const rows = valuesOf('order', 'batch').length;
  const after = new Map<string, Float32Array>();
  let inputs = valuesOf('data', 'batch');
  const [first] = recipe.model.layers;
  if (first.kind === 'rescaling') inputs = inputs.map((value) => fma(value, f32(first.scale), f32(first.offset)));
  for (const [index, layer] of dense.entries()) {
    if (layer.kind !== 'dense') continue;
    const name = layer.name as string;
    const kept = operations.find((each) => each.kind === 'mask' && each.layer === index)?.values;
    const dropout = recipe.model.layers[recipe.model.layers.indexOf(layer) - 1];
    if (kept !== undefined && dropout.kind === 'dropout') {
      inputs = inputs.map((value, i) => (kept[i] === 1 ? mul(value, f32(1 / (1 - dropout.rate))) : 0));
    }
    const last = index === dense.length - 1;
    const dz = valuesOf(last ? 'outputGradient' : 'activationGradient', name);
    const rowSum = rowSums.fixedRows(recipe.fit.batchLeaf);
    const update = (weights: Float32Array, summed: Float32Array, l2: number) =>
      weights.map((w, i) => {
        const mean = mul(summed[i], f32(1 / rows));
        return fma(-f32(RATE), l2 > 0 ? fma(f32(2 * l2), w, mean) : mean, w);
      });
    const kernel = before.get(`${name}/kernel`) as Float32Array;
    const sum = oracle.weightGradient(inputs, dz, rows, inputs.length / rows, layer.units, rowSum);
    after.set(
      `${name}/kernel`,
      update(kernel, sum, layer.kernelRegularizer?.name === 'l2' ? layer.kernelRegularizer.l2 : 0),
    );
    const bias = before.get(`${name}/bias`);
    if (bias !== undefined)
      after.set(`${name}/bias`, update(bias, oracle.biasGradient(dz, rows, layer.units, rowSum), 0));
    inputs = valuesOf('forward', name);
  }
  return after;
}

describe('passOperations', () => {
  it.each<Case>([
    { loss: 'sparseCategoricalCrossentropy', activations: ['relu', 'tanh', 'softmax'], shuffle: 'stratified' },
    {
      loss: 'sparseCategoricalCrossentropy',
      activations: ['relu', 'tanh', 'softmax'],
      seeds: { weights: 8, order: 9, dropout: 10 },
    },
    { loss: 'binaryCrossentropy', activations: ['relu', 'tanh', 'sigmoid'], shuffle: false },
    { loss: 'categoricalCrossentropy', activations: ['tanh', 'sigmoid', 'softmax'], generator: 'alea' },
    { loss: 'binaryCrossentropy', activations: ['softmax', 'relu', 'sigmoid'], rescaled: true },
    { loss: 'meanSquaredError', activations: ['sigmoid', 'linear', 'softmax'] },
    { loss: 'binaryCrossentropy', activations: ['gelu', { name: 'leakyRelu', alpha: 0.1 }, 'sigmoid'] },
    { loss: 'meanSquaredError', activations: ['softplus', 'silu', 'gelu'], emulate: ['noFma', 'ordinaryExp'] },
    { loss: 'meanSquaredError', activations: ['relu', 'softmax', 'tanh'], emulate: ['noFma'], rescaled: true },
    { loss: 'categoricalCrossentropy', activations: ['tanh', 'relu', 'softmax'], emulate: ['flushSubnormals'] },
    {
      loss: 'meanSquaredError',
      activations: ['softmax', 'tanh', 'sigmoid'],
      emulate: ['noFma', 'flushSubnormals', 'ordinaryExp'],
    },
  ])('takes apart what training computes: $loss, $activations, $emulate', async (of) => {
    const recipe = recipeOf(of);
    const targets = of.loss === 'sparseCategoricalCrossentropy' ? labels : shares;
    const model = modelFromRecipe(recipe);
    const matrix = { data: x, rows: ROWS, columns: COLUMNS };
    await model.predict(matrix);
    const weights = [new Map(model.getWeights().map(({ name, data }) => [name, data.slice()]))];
    const losses: number[] = [];
    const onBatchEnd = (_: number, { loss }: { loss: number }): void => {
      weights.push(new Map(model.getWeights().map(({ name, data }) => [name, data.slice()])));
      losses.push(loss);
    };
    const { emulate } = recipe;
    await model.fit(matrix, targets, { ...recipe.fit, emulate, threads: 1, callbacks: { onBatchEnd } });
    const data = shareData(recipe, { x: matrix, y: targets }).train;
    const stepsPerEpoch = Math.ceil(ROWS / BATCH);
    for (let steps = 0; steps < 2 * stepsPerEpoch; steps += 1) {
      const place = { steps, epochs: Math.floor(steps / stepsPerEpoch), position: (steps % stepsPerEpoch) * BATCH };
      const bench = { hardware: { isa: 'scalar', emulate }, threads: 1 } as const;
      const operations = await passOperations({ recipe, data, bench, place, weights: weights[steps] });
      const after = arithmetic.withHardware(hardwareOf(emulate), () =>
        weightsAfter(recipe, operations, weights[steps]),
      );
      for (const [name, values] of weights[steps + 1]) {
        expect(firstDifferingIndex(values, after.get(name) as Float32Array), `${name} after step ${steps + 1}`).toBe(
          -1,
        );
      }
      const rowLosses = operations.find(({ kind }) => kind === 'loss')?.values as Float32Array;
      const penalty = operations.find(({ kind }) => kind === 'penalty')?.values[0] as number;
      const total = sums.treeOfTerms(
        rowLosses.map((loss) => Math.fround(loss + penalty)),
        LEAF,
      );
      expect(Math.fround(total * Math.fround(1 / rowLosses.length))).toBe(losses[steps]);
    }
  });

  it('takes apart what embeddings are trained by', async () => {
    const columns = [{ name: 'a', categories: 4, units: 3 }, { name: 'b' }, { name: 'c', categories: 9, units: 2 }];
    const recipe = parseRecipe({
      model: {
        layers: [
          { kind: 'tableInput', columns },
          { kind: 'dropout', rate: 0.2 },
          { kind: 'dense', units: 1, activation: 'linear' },
        ],
      },
      seed: 3,
      optimizer: { name: 'sgd', learningRate: RATE },
      loss: 'meanSquaredError',
      fit: { batchSize: ROWS, batchLeaf: LEAF, shuffle: false },
    });
    const model = modelFromRecipe(recipe);
    const data = Float32Array.from({ length: ROWS * 3 }, (_, i) =>
      i % 3 === 1 ? i / 50 : (i * 7) % (i % 3 === 0 ? 4 : 8),
    );
    const matrix = { data, rows: ROWS, columns: 3 };
    const y = { data: Float32Array.from({ length: ROWS }, (_, i) => i / 9), rows: ROWS, columns: 1 };
    await model.predict(matrix);
    const weights = new Map(model.getWeights().map((tensor) => [tensor.name, tensor.data]));
    await model.fit(matrix, y, { ...recipe.fit, threads: 1 });
    const operations = await passOperations({
      recipe,
      data: shareData(recipe, { x: matrix, y }).train,
      bench: { hardware: { isa: 'scalar', emulate: [] }, threads: 1 },
      place: { steps: 0, epochs: 0, position: 0 },
      weights,
    });
    const valuesOf = (kind: string, place: string) =>
      operations.find((each) => each.kind === kind && each.place === place)?.values as Float32Array;
    expect(operations.find(({ kind, place }) => kind === 'forward' && place === 'dense_1')?.layer).toBe(2);
    const tables = columns.flatMap(({ name, categories, units }) =>
      categories === undefined || units === undefined
        ? []
        : [{ categories, units, values: weights.get(`tableInput_1/${name}/embeddings`) as Float32Array }],
    );
    const places = [{ table: 0 }, { table: null }, { table: 1 }];
    expect(valuesOf('forward', 'tableInput_1')).toEqual(embeddings.lookUp(data, ROWS, places, tables));
    const { mul, fma, f32 } = arithmetic;
    const kept = valuesOf('mask', 'dropout_1');
    const dy = valuesOf('inputGradient', 'dense_1').map((value, i) => (kept[i] === 1 ? mul(value, f32(1 / 0.8)) : 0));
    for (const [t, { values }] of tables.entries()) {
      const { sums: found } = embeddings.tableGradient(t, data, dy, ROWS, places, tables, embeddings.fixedSparse(LEAF));
      const after = values.map((w, i) => fma(-f32(RATE), mul(found[i], f32(1 / ROWS)), w));
      expect(model.getWeights()[t].data).toEqual(after);
    }
  });
});
