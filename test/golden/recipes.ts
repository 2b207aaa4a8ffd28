/** The golden recipes: small networks that cross every edge of the contract, each of 20 steps in whole epochs. */
import { type LookUpLayer, tablesOf } from '../oracle/embedding.js';
import type { DenseLayer, NetworkRecipe, Samples } from '../oracle/network.js';
import type { Shuffle } from '../oracle/order.js';
import type { ClassWeights } from '../oracle/row-weights.js';
import { bits, bytes, floats, indices, labels, oneHot, shares } from './made-up.js';

export interface MadeUpX {
  /** `floats` in [−0.5, 0.5), `bytes`, or `indices` where the first layer has a table, `floats` elsewhere. */
  readonly kind: 'floats' | 'bytes' | 'indices';
  readonly salt: number;
}

export interface MadeUpTargets {
  /** `labels` below `columns`; or [rows, columns] of `oneHot` labels, zero-one `bits`, `floats` or `shares` in [0, 1). */
  readonly kind: 'labels' | 'oneHot' | 'bits' | 'floats' | 'shares';
  readonly salt: number;
  readonly columns: number;
}

export interface GoldenRecipe extends NetworkRecipe {
  readonly title: string;
  readonly rows: number;
  readonly x: MadeUpX;
  readonly targets: MadeUpTargets;
  readonly batchSize: number;
  readonly batchLeaf: number;
  readonly shuffle: Shuffle;
  readonly epochs: number;
  readonly classWeights?: ClassWeights;
  /** Of the rows. */
  readonly sampleWeights?: { readonly kind: 'shares'; readonly salt: number };
}

export function samplesOf({ rows, inputs, x, targets, lookUp, sampleWeights }: GoldenRecipe): Samples {
  const { kind, salt, columns } = targets;
  const count = rows * columns;
  const make = {
    labels: () => labels(rows, salt, columns),
    oneHot: () => oneHot(rows, salt, columns),
    bits: () => bits(count, salt),
    floats: () => floats(count, salt),
    shares: () => shares(count, salt),
  };
  return {
    rows,
    x:
      x.kind === 'bytes'
        ? bytes(rows * inputs, x.salt)
        : x.kind === 'floats'
          ? floats(rows * inputs, x.salt)
          : indices(rows, x.salt, categoriesOf(lookUp, inputs)),
    targets: make[kind](),
    ...(sampleWeights === undefined ? {} : { weights: shares(rows, sampleWeights.salt) }),
  };
}

/** Of each column of x: categories, or null where it is a number. */
function categoriesOf(lookUp: LookUpLayer | undefined, inputs: number): (number | null)[] {
  if (lookUp === undefined) return new Array<null>(inputs).fill(null);
  const { tables, columns } = tablesOf(lookUp, inputs);
  return columns.map(({ table }) => (table === null ? null : tables[table].categories));
}

/** A layer with the defaults of the public API. */
export function dense(units: number, activation: DenseLayer['activation'], rest: Partial<DenseLayer> = {}): DenseLayer {
  return { units, activation, useBias: true, kernelInitializer: 'glorotUniform', biasInitializer: 'zeros', ...rest };
}

export const sgd = { name: 'sgd', learningRate: 0.01, momentum: 0 } as const;
export const adam = { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;
export const common = { seed: 42, generator: 'philox', rescaling: null, shuffle: true, batchLeaf: 64 } as const;

export const recipes: readonly GoldenRecipe[] = [
  {
    ...common,
    title: '3-2-1, batches of one row',
    inputs: 3,
    layers: [dense(2, 'tanh'), dense(1, 'sigmoid')],
    optimizer: { ...sgd, learningRate: 0.5 },
    loss: 'binaryCrossentropy',
    rows: 4,
    x: { kind: 'floats', salt: 1 },
    targets: { kind: 'bits', salt: 2, columns: 1 },
    batchSize: 1,
    epochs: 5,
  },
  {
    ...common,
    title: '10-10-1, regression with momentum, odd last batch',
    inputs: 10,
    layers: [dense(10, 'relu'), dense(1, 'linear')],
    optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9 },
    loss: 'meanSquaredError',
    rows: 23,
    x: { kind: 'floats', salt: 3 },
    targets: { kind: 'floats', salt: 4, columns: 1 },
    batchSize: 5,
    epochs: 4,
  },
  {
    ...common,
    title: '64-32-10, bytes rescaled, Adam, last batch of one row',
    inputs: 64,
    rescaling: { scale: 1 / 255, offset: 0 },
    layers: [dense(32, 'relu'), dense(10, 'softmax')],
    optimizer: adam,
    loss: 'sparseCategoricalCrossentropy',
    rows: 97,
    x: { kind: 'bytes', salt: 5 },
    targets: { kind: 'labels', salt: 6, columns: 10 },
    batchSize: 32,
    epochs: 5,
  },
  {
    ...common,
    title: '7-300-5, features beyond a leaf, soft targets, row leaves of 7',
    inputs: 7,
    layers: [
      dense(300, 'relu', { kernelInitializer: 'heUniform', biasInitializer: 'randomNormal' }),
      dense(5, 'softmax', { kernelInitializer: 'heNormal' }),
    ],
    optimizer: { ...adam, learningRate: 0.01 },
    loss: 'categoricalCrossentropy',
    rows: 140,
    x: { kind: 'floats', salt: 7 },
    targets: { kind: 'shares', salt: 8, columns: 5 },
    batchSize: 33,
    batchLeaf: 7,
    epochs: 4,
  },
  {
    ...common,
    title: '300-17-4, inputs beyond a leaf, two row leaves, momentum',
    inputs: 300,
    layers: [dense(17, 'tanh', { kernelInitializer: 'glorotNormal' }), dense(4, 'softmax')],
    optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 },
    loss: 'sparseCategoricalCrossentropy',
    rows: 330,
    x: { kind: 'floats', salt: 9 },
    targets: { kind: 'labels', salt: 10, columns: 4 },
    batchSize: 100,
    epochs: 5,
  },
  {
    ...common,
    title: '10-6-3, squared error through a softmax, three row leaves',
    inputs: 10,
    layers: [dense(6, 'sigmoid', { kernelInitializer: 'heNormal' }), dense(3, 'softmax')],
    optimizer: { ...sgd, learningRate: 1 },
    loss: 'meanSquaredError',
    rows: 400,
    x: { kind: 'floats', salt: 11 },
    targets: { kind: 'oneHot', salt: 12, columns: 3 },
    batchSize: 130,
    epochs: 5,
  },
  {
    ...common,
    title: '12-8-3, row leaves of 1, several labels, alea',
    generator: 'alea',
    inputs: 12,
    layers: [
      dense(8, 'sigmoid', { kernelInitializer: 'randomNormal', biasInitializer: 'randomNormal' }),
      dense(3, 'sigmoid', { biasInitializer: 'glorotUniform' }),
    ],
    optimizer: adam,
    loss: 'binaryCrossentropy',
    rows: 60,
    x: { kind: 'floats', salt: 13 },
    targets: { kind: 'bits', salt: 14, columns: 3 },
    batchSize: 33,
    batchLeaf: 1,
    epochs: 10,
  },
  {
    ...common,
    title: '20-16-12-8-4, named layers, some without bias, other Adam options, arc4',
    generator: 'arc4',
    seed: 'grüße',
    inputs: 20,
    layers: [
      dense(16, 'relu', { name: 'first', useBias: false }),
      dense(12, 'tanh'),
      dense(8, 'sigmoid', { name: 'third', useBias: false }),
      dense(4, 'softmax', { biasInitializer: 'heUniform' }),
    ],
    optimizer: { name: 'adam', learningRate: 0.02, beta1: 0.8, beta2: 0.99, epsilon: 1e-4 },
    loss: 'categoricalCrossentropy',
    rows: 50,
    x: { kind: 'floats', salt: 15 },
    targets: { kind: 'oneHot', salt: 16, columns: 4 },
    batchSize: 5,
    epochs: 2,
  },
  {
    ...common,
    title: '5-1, linear regression without hidden layer or shuffle, rescaled, xor128',
    generator: 'xor128',
    inputs: 5,
    rescaling: { scale: 0.1, offset: -0.3 },
    layers: [dense(1, 'linear', { kernelInitializer: 'zeros' })],
    optimizer: sgd,
    loss: 'meanSquaredError',
    rows: 20,
    x: { kind: 'floats', salt: 17 },
    targets: { kind: 'floats', salt: 18, columns: 1 },
    batchSize: 5,
    shuffle: false,
    epochs: 5,
  },
  {
    ...common,
    title: '784-16-10, the shape of MNIST, Adam',
    seed: 0,
    inputs: 784,
    rescaling: { scale: 1 / 255, offset: 0 },
    layers: [dense(16, 'relu'), dense(10, 'softmax')],
    optimizer: adam,
    loss: 'sparseCategoricalCrossentropy',
    rows: 200,
    x: { kind: 'bytes', salt: 19 },
    targets: { kind: 'labels', salt: 20, columns: 10 },
    batchSize: 100,
    epochs: 10,
  },
  {
    ...common,
    title: '6-40-40-2, one batch that is larger than the data, row leaves of 5, tychei',
    generator: 'tychei',
    seed: 2 ** 53 - 1,
    inputs: 6,
    layers: [dense(40, 'tanh'), dense(40, 'relu', { kernelInitializer: 'glorotNormal' }), dense(2, 'sigmoid')],
    optimizer: { name: 'sgd', learningRate: 0.2, momentum: 0.5 },
    loss: 'meanSquaredError',
    rows: 37,
    x: { kind: 'floats', salt: 21 },
    targets: { kind: 'shares', salt: 22, columns: 2 },
    batchSize: 64,
    batchLeaf: 5,
    epochs: 20,
  },
  {
    ...common,
    title: '9-5-3, a hidden softmax, a relu before the squared error, xorwow',
    generator: 'xorwow',
    inputs: 9,
    layers: [dense(5, 'softmax'), dense(3, 'relu')],
    optimizer: { ...sgd, learningRate: 0.3 },
    loss: 'meanSquaredError',
    rows: 66,
    x: { kind: 'floats', salt: 23 },
    targets: { kind: 'shares', salt: 24, columns: 3 },
    batchSize: 17,
    epochs: 5,
  },
  {
    ...common,
    title: '4-300, a softmax over more units than a vector leaf, xor4096',
    generator: 'xor4096',
    seed: 7,
    inputs: 4,
    layers: [dense(300, 'softmax')],
    optimizer: adam,
    loss: 'sparseCategoricalCrossentropy',
    rows: 64,
    x: { kind: 'floats', salt: 25 },
    targets: { kind: 'labels', salt: 26, columns: 300 },
    batchSize: 16,
    epochs: 5,
  },
  {
    ...common,
    title: '8-300-270, losses over more units than a vector leaf, xorshift7',
    generator: 'xorshift7',
    inputs: 8,
    layers: [dense(300, 'relu', { kernelInitializer: 'heNormal' }), dense(270, 'sigmoid')],
    optimizer: { ...adam, learningRate: 0.005 },
    loss: 'binaryCrossentropy',
    rows: 20,
    x: { kind: 'floats', salt: 27 },
    targets: { kind: 'bits', salt: 28, columns: 270 },
    batchSize: 5,
    epochs: 5,
  },
  {
    ...common,
    title: '6-4-2, subnormal inputs, gradients and predictions',
    inputs: 6,
    rescaling: { scale: 1e-38, offset: 1e-40 },
    layers: [dense(4, 'linear', { useBias: false }), dense(2, 'linear', { useBias: false })],
    optimizer: { ...sgd, learningRate: 1e37 },
    loss: 'meanSquaredError',
    rows: 40,
    x: { kind: 'floats', salt: 29 },
    targets: { kind: 'floats', salt: 30, columns: 2 },
    batchSize: 10,
    epochs: 5,
  },
];

/** Networks whose weights grow without bound, two of them to infinities and NaN; training goes on. */
export const divergingRecipes: readonly GoldenRecipe[] = [
  {
    ...common,
    title: '6-20-5, relu and softmax',
    inputs: 6,
    layers: [dense(20, 'relu'), dense(5, 'softmax')],
    optimizer: { name: 'sgd', learningRate: 1e19, momentum: 0.9 },
    loss: 'sparseCategoricalCrossentropy',
    rows: 40,
    x: { kind: 'floats', salt: 31 },
    targets: { kind: 'labels', salt: 32, columns: 5 },
    batchSize: 10,
    epochs: 5,
  },
  {
    ...common,
    title: '6-20-3, tanh and sigmoid, Adam',
    inputs: 6,
    layers: [dense(20, 'tanh'), dense(3, 'sigmoid')],
    optimizer: { ...adam, learningRate: 1e38 },
    loss: 'binaryCrossentropy',
    rows: 40,
    x: { kind: 'floats', salt: 33 },
    targets: { kind: 'bits', salt: 34, columns: 3 },
    batchSize: 10,
    epochs: 5,
  },
  {
    ...common,
    title: '6-20-3, relu and linear',
    inputs: 6,
    layers: [dense(20, 'relu'), dense(3, 'linear')],
    optimizer: { ...sgd, learningRate: 300 },
    loss: 'meanSquaredError',
    rows: 40,
    x: { kind: 'floats', salt: 35 },
    targets: { kind: 'floats', salt: 36, columns: 3 },
    batchSize: 10,
    epochs: 5,
  },
  {
    ...common,
    title: '6-9-3, gradients whose norms overflow, clipped by them',
    inputs: 6,
    rescaling: { scale: 1e13, offset: 0 },
    layers: [dense(9, 'relu'), dense(3, 'linear')],
    optimizer: { ...sgd, learningRate: 1e-25, clipNorm: 1 },
    loss: 'meanSquaredError',
    rows: 40,
    x: { kind: 'floats', salt: 37 },
    targets: { kind: 'floats', salt: 38, columns: 3 },
    batchSize: 10,
    epochs: 5,
  },
];
