// samebits, as its users call it: fit with shuffling, predictSync.
import { adam, dense, sequential, sgd } from '../../dist/index.mjs';
import { serve } from './contestant.mjs';
import { labels, RATES, uniform } from './problems.mjs';

const threads = Number(process.argv[2]);
/** Passes over the data in one call of fit. */
const EPOCHS = 4;
const TINY_EPOCHS = 20_000;

serve(({ kind, sizes, optimizer, batch, rows }) => {
  const outputs = sizes.at(-1);
  const model = sequential({
    layers: sizes.slice(1).map((units, i) =>
      dense({
        units,
        activation: i < sizes.length - 2 ? 'relu' : outputs === 1 ? 'sigmoid' : 'softmax',
        inputShape: i === 0 ? [sizes[0]] : undefined,
      }),
    ),
    seed: 7,
  });
  const x = { data: uniform(rows * sizes[0]), rows, columns: sizes[0] };
  if (kind === 'predict') {
    return () => {
      model.predictSync(x, { threads });
      return rows;
    };
  }
  model.compile({
    optimizer:
      optimizer === 'adam' ? adam({ learningRate: RATES.adam }) : sgd({ learningRate: RATES.sgd, momentum: RATES.momentum }),
    loss: outputs === 1 ? 'binaryCrossentropy' : 'sparseCategoricalCrossentropy',
  });
  const targets = labels(x.data, rows, outputs);
  const y = outputs === 1 ? Float32Array.from(targets) : targets;
  const epochs = outputs === 1 ? TINY_EPOCHS : EPOCHS;
  return async () => {
    await model.fit(x, y, { epochs, batchSize: batch, shuffle: true, threads, reduction: 'fixed' });
    return rows * epochs;
  };
});
