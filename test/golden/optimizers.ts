/** Golden recipes of Adagrad, AMSGrad and Nadam; each of 20 steps. */
import { adam, common, dense, type GoldenRecipe } from './recipes.js';

export const optimizerRecipes: readonly GoldenRecipe[] = [
  {
    ...common,
    title: '11-21-18-4, Adagrad with l2',
    inputs: 11,
    layers: [
      dense(21, 'tanh', { kernelRegularizer: { name: 'l2', l2: 0.01 } }),
      dense(18, 'relu', { useBias: false }),
      dense(4, 'softmax'),
    ],
    optimizer: { name: 'adagrad', learningRate: 0.05, initialAccumulatorValue: 0.1, epsilon: 1e-7 },
    loss: 'sparseCategoricalCrossentropy',
    rows: 46,
    x: { kind: 'floats', salt: 101 },
    targets: { kind: 'labels', salt: 102, columns: 4 },
    batchSize: 12,
    epochs: 5,
  },
  {
    ...common,
    title: '14-290-2, AMSGrad',
    inputs: 14,
    layers: [dense(290, 'relu'), dense(2, 'linear')],
    optimizer: { ...adam, learningRate: 0.01, beta2: 0.9, amsgrad: true },
    loss: 'meanSquaredError',
    rows: 40,
    x: { kind: 'floats', salt: 103 },
    targets: { kind: 'floats', salt: 104, columns: 2 },
    batchSize: 10,
    batchLeaf: 4,
    epochs: 5,
  },
  {
    ...common,
    title: '20-17-3, Nadam with dropout and l2',
    inputs: 20,
    layers: [
      dense(17, 'sigmoid', { kernelRegularizer: { name: 'l2', l2: 0.005 } }),
      dense(3, 'sigmoid', { dropout: { rate: 0.2 } }),
    ],
    optimizer: { ...adam, name: 'nadam', learningRate: 0.02 },
    loss: 'binaryCrossentropy',
    rows: 33,
    x: { kind: 'floats', salt: 105 },
    targets: { kind: 'bits', salt: 106, columns: 3 },
    batchSize: 9,
    epochs: 5,
  },
];
