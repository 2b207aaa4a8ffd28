/** Golden recipes of the losses beside crossentropies and the squared error. */
import { common, dense, type GoldenRecipe, sgd } from './recipes.js';

const base = {
  ...common,
  inputs: 7,
  optimizer: { ...sgd, learningRate: 0.1 },
  rows: 37,
  x: { kind: 'floats', salt: 90 },
  batchSize: 10,
  batchLeaf: 4,
  epochs: 5,
} as const;

export const lossRecipes: readonly GoldenRecipe[] = [
  {
    ...base,
    title: '7-9-3, absolute errors',
    layers: [dense(9, 'tanh'), dense(3, 'linear')],
    loss: 'meanAbsoluteError',
    targets: { kind: 'floats', salt: 91, columns: 3 },
  },
  {
    ...base,
    title: '7-9-1, Huber, most errors beyond delta',
    layers: [dense(9, { name: 'elu', alpha: 1 }), dense(1, 'linear')],
    loss: { name: 'huber', delta: 0.15 },
    targets: { kind: 'floats', salt: 92, columns: 1 },
  },
  {
    ...base,
    title: '7-9-300, log-cosh of more units than a leaf has',
    layers: [dense(9, 'relu'), dense(300, 'linear')],
    loss: 'logCosh',
    targets: { kind: 'floats', salt: 93, columns: 300 },
  },
  {
    ...base,
    title: '7-9-5, hinge of zeros and ones, through a tanh',
    layers: [dense(9, 'relu'), dense(5, 'tanh')],
    loss: 'hinge',
    targets: { kind: 'bits', salt: 94, columns: 5 },
  },
  {
    ...base,
    title: '7-9-2, Poisson through a softplus',
    layers: [dense(9, 'tanh'), dense(2, 'softplus')],
    loss: 'poisson',
    targets: { kind: 'shares', salt: 95, columns: 2 },
  },
  {
    ...base,
    title: '7-9-17, divergence of a softmax',
    layers: [dense(9, 'relu'), dense(17, 'softmax')],
    loss: 'klDivergence',
    targets: { kind: 'shares', salt: 96, columns: 17 },
  },
  {
    ...base,
    title: '7-9-4, upper quantile',
    layers: [dense(9, 'softsign'), dense(4, 'linear')],
    loss: { name: 'quantile', quantile: 0.9 },
    targets: { kind: 'floats', salt: 97, columns: 4 },
  },
];
