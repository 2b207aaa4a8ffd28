import { describe, expect, test } from 'vitest';
import { embeddingRecipes } from '../golden/embeddings.js';
import { type GoldenRecipe, samplesOf } from '../golden/recipes.js';
import { fixedSparse, freeSparse } from './embedding.js';
import { Network } from './network.js';

describe('embeddings', () => {
  test.each(embeddingRecipes.slice(0, 3))('a step follows the slope of its own loss: $title', (golden) => {
    // No relu: differences see its kink.
    const layers = golden.layers.map((layer, i) => (i === 0 ? { ...layer, activation: 'tanh' as const } : layer));
    const optimizer = { name: 'sgd', learningRate: 1, momentum: 0 } as const;
    const recipe: GoldenRecipe = { ...golden, rows: 20, layers, optimizer };
    const samples = samplesOf(recipe);
    const after = new Network(recipe);
    after.trainOnBatch(samples, 4);
    const lossWith = (parameter: number, element: number, moved: number): number => {
      const network = new Network(recipe);
      network.parameters[parameter].values[element] = moved;
      return network.trainOnBatch(samples, 4).loss;
    };
    let [seen, still] = [0, 0];
    new Network(recipe).parameters.forEach(({ name, values }, p) => {
      if (!name.endsWith('/embeddings')) return;
      const every = Math.ceil(values.length / 25);
      for (let i = 0; i < values.length; i += every) {
        const width = 2 ** -6;
        const slope = (lossWith(p, i, values[i] + width) - lossWith(p, i, values[i] - width)) / (2 * width);
        const step = values[i] - after.parameters[p].values[i];
        expect(Math.abs(step - slope), `${name}[${i}]: ${step}, ${slope}`).toBeLessThan(4e-4);
        if (step === 0) still += 1;
        else seen += 1;
      }
    });
    expect(seen).toBeGreaterThan(10);
    // The last two have categories that no row looks up.
    if (recipe.title !== embeddingRecipes[0].title) expect(still).toBeGreaterThan(0);
  });

  test('a sum without terms is none, and adds nothing to its neighbor', () => {
    const extendAt = (rows: number[]) => (acc: number | null, row: number) =>
      rows.includes(row) ? (acc ?? 0) + row : acc;
    expect(fixedSparse(2)(9, extendAt([]))).toBeNull();
    expect(fixedSparse(2)(9, extendAt([1, 8]))).toBe(9);
    const order = { chains: [[1], [0, 2]], merges: [{ into: 1, from: 0 }] };
    expect(freeSparse(order, 3)(9, extendAt([]))).toBeNull();
    expect(freeSparse(order, 3)(9, extendAt([4, 8]))).toBe(12);
  });
});
