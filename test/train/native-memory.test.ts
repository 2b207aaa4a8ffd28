/** Native memory while a model is trained, by the engine's own counter. */
import { describe, expect, it } from 'vitest';
import { adam, dense, sgd } from '../../dist/index.js';
import { parametersOf } from '../../dist/model/description.js';
import { parseRecipe } from '../../dist/model/recipe.js';
import { TrainingSession } from '../../dist/train/session.js';

const FLOAT = 4;
const ALLOWANCE = 16 * 2 ** 20;

const optimizers = [
  { name: 'sgd', optimizer: sgd(), slots: 0 },
  { name: 'sgd with momentum', optimizer: sgd({ momentum: 0.9 }), slots: 1 },
  { name: 'adam', optimizer: adam(), slots: 2 },
];

describe('native memory of training', () => {
  for (const { name, optimizer, slots } of optimizers) {
    for (const batchSize of [32, 1024]) {
      for (const threads of [1, 8]) {
        for (const plan of ['fused', 'stored'] as const) {
          it(`${name}, batch ${batchSize}, ${threads} thread(s), ${plan}: weights, slots, activations and 16 MiB`, async () => {
            const sizes = [300, 700, 500, 10];
            const layers = sizes.slice(1).map((units, index) =>
              dense({
                units,
                activation: index === 2 ? 'softmax' : 'relu',
                ...(index === 0 ? { inputShape: [sizes[0]] } : {}),
              }),
            );
            const recipe = parseRecipe({
              model: { layers },
              seed: 1,
              optimizer,
              loss: 'sparseCategoricalCrossentropy',
              fit: { epochs: 1, batchSize, shuffle: true },
            });
            const rows = batchSize + 7;
            const { session } = TrainingSession.start(
              recipe,
              { data: new Float32Array(rows * 300).fill(0.25), rows, columns: 300 },
              new Uint32Array(rows),
              { threads, plan },
            );
            await session.advance({ maxSteps: 2 });
            const weights = parametersOf(recipe.model, 300).reduce((sum, { size }) => sum + size, 0);
            const activations = batchSize * sizes.reduce((sum, units) => sum + units, 0);
            const held = session.network.memory();
            expect(held).toBeGreaterThan(FLOAT * (weights * (1 + slots) + activations));
            expect(held).toBeLessThan(FLOAT * (weights * (2 + slots) + activations) + ALLOWANCE);
          });
        }
      }
    }
  }
});
