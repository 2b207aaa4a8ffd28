/** Golden recipes as users would build and feed them. */
import {
  adagrad,
  adam,
  dense,
  dropout,
  type Layer,
  nadam,
  rescaling,
  rmsprop,
  type Sequential,
  sequential,
  sgd,
} from 'samebits';
import { type GoldenRecipe, samplesOf } from '../golden/recipes.js';
import { hasAccuracy } from '../oracle.js';

/** The compiled model of a recipe. */
export function build({ layers, inputs, ...recipe }: GoldenRecipe): Sequential {
  const all = [
    ...(recipe.rescaling === null ? [] : [rescaling(recipe.rescaling)]),
    ...(recipe.lookUp === undefined ? [] : [recipe.lookUp]),
    ...layers.flatMap(layersOf),
  ];
  const model = sequential({
    layers: [{ ...all[0], inputShape: [inputs] }, ...all.slice(1)],
    seed: recipe.seed,
    generator: recipe.generator,
    ...(recipe.seeds && { seeds: recipe.seeds }),
  });
  const { name, ...options } = recipe.optimizer;
  model.compile({
    optimizer: { sgd, rmsprop, adam, nadam, adagrad }[name](options),
    loss: recipe.loss,
    metrics: hasAccuracy(recipe.loss) ? ['accuracy'] : [],
  });
  return model;
}

function layersOf(layer: GoldenRecipe['layers'][number]): Layer[] {
  if (layer.kind === 'residual') return [{ ...layer, layers: layer.layers.flatMap(layersOf) }];
  // Those of other kinds are descriptions as they stand.
  if (layer.kind !== undefined) return [layer];
  const { dropout: before, kind: _, ...options } = layer;
  return [...(before === undefined ? [] : [dropout(before)]), dense(options)];
}

/** Rows and targets: all, or those of `order`. */
export function dataOf(recipe: GoldenRecipe, order?: Uint32Array) {
  const { x, targets, weights, rows } = samplesOf(recipe);
  const { columns, kind } = recipe.targets;
  const taken = order ?? Uint32Array.from({ length: rows }, (_, i) => i);
  const pick = <T extends Float32Array | Uint8Array | Uint32Array>(of: T, width: number): T => {
    const out = of.slice(0, taken.length * width) as T;
    taken.forEach((row, i) => {
      out.set(of.subarray(row * width, (row + 1) * width), i * width);
    });
    return out;
  };
  return {
    x: { data: pick(x as Float32Array, recipe.inputs), rows: taken.length, columns: recipe.inputs },
    y:
      kind === 'labels'
        ? pick(targets as Uint32Array, 1)
        : { data: pick(targets as Float32Array, columns), rows: taken.length, columns },
    // Those of evaluate: without classes.
    sampleWeights: weights && pick(weights, 1),
  };
}
