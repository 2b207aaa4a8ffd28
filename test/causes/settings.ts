/** Settings for tests of causes. */
import { adam, type CauseName, dense, dropout, gaussianNoise, parseSetting, type Setting, tableInput } from 'samebits';

/** A place for every cause: two hidden layers, dropout, an optimizer with epsilon, made-up data. */
export const full: Setting = parseSetting({
  recipe: {
    model: {
      layers: [
        dense({ units: 6, activation: 'relu', inputShape: [8] as const }),
        dropout({ rate: 0.25 }),
        dense({ units: 6, activation: 'relu' }),
        dropout({ rate: 0.25 }),
        dense({ units: 1, activation: 'sigmoid' }),
      ],
    },
    seed: 42,
    optimizer: adam(),
    loss: 'binaryCrossentropy',
    fit: { epochs: 2, batchSize: 5 },
  },
  data: {
    source: { kind: 'madeUp', problem: 'classes', rows: 40, testRows: 10, columns: 8, classes: 2, noise: 1, seed: 1 },
  },
});

/** No hidden layer, no dropout, SGD, data without a seed. */
export const bare: Setting = parseSetting({
  recipe: {
    model: {
      layers: [dense({ units: 10, activation: 'softmax', kernelInitializer: 'zeros', inputShape: [64] as const })],
    },
    seed: 42,
    optimizer: 'sgd',
    loss: 'sparseCategoricalCrossentropy',
  },
  data: { source: { kind: 'digits' } },
});

/** A category and a number before the same layers as in `full`. */
export const embedded: Setting = parseSetting({
  ...full,
  recipe: {
    ...full.recipe,
    model: {
      layers: [
        tableInput({ columns: [{ name: 'kind', categories: 5, units: 3 }, { name: 'size' }] }),
        ...full.recipe.model.layers.map(({ inputShape: _, ...layer }) => layer),
      ],
    },
  },
});

/** Noise on the data of `full`. */
export const noisy: Setting = parseSetting({
  ...full,
  recipe: {
    ...full.recipe,
    model: {
      layers: [
        gaussianNoise({ stddev: 0.1, inputShape: [8] as const }),
        ...full.recipe.model.layers.map(({ inputShape: _, ...layer }) => layer),
      ],
    },
  },
});

/** A setting in which this cause has a place. */
export function placeOf(name: CauseName): Setting {
  if (name === 'gaussianNoise') return noisy;
  return name === 'embeddingsInitializer' ? embedded : full;
}
