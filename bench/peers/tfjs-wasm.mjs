// TensorFlow.js on its WebAssembly backend, with SIMD. Its threads start in browsers only: in Node the backend finds no
// support, and told that there is some, it fails on the workers' script and falls back to plain JavaScript.
import { createRequire } from 'node:module';
import { serve } from './contestant.mjs';
import { labels, RATES, uniform } from './problems.mjs';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-wasm');
const threads = Number(process.argv[2]);
await tf.setBackend('wasm');
await tf.ready();
if (tf.getBackend() !== 'wasm') throw new Error(`expected the wasm backend, received ${tf.getBackend()}`);
/** It is two orders of magnitude slower: a pass over all rows would take a quarter of a minute. */
const MOST_ROWS = 512;

serve(({ kind, sizes, optimizer, batch, rows: allRows }) => {
  if (threads > 1) return 'it has one thread in Node';
  const outputs = sizes.at(-1);
  const rows = Math.min(allRows, MOST_ROWS);
  const model = tf.sequential();
  sizes.slice(1).forEach((units, i) => {
    model.add(
      tf.layers.dense({
        units,
        inputShape: i === 0 ? [sizes[0]] : undefined,
        kernelInitializer: tf.initializers.heNormal({ seed: i + 1 }),
        activation: i < sizes.length - 2 ? 'relu' : outputs === 1 ? 'sigmoid' : 'softmax',
      }),
    );
  });
  const numbers = Float32Array.from(uniform(rows * sizes[0]));
  const x = tf.tensor2d(numbers, [rows, sizes[0]]);
  if (kind === 'predict') {
    return () => {
      tf.tidy(() => model.predict(x).dataSync());
      return rows;
    };
  }
  model.compile({
    optimizer: optimizer === 'adam' ? tf.train.adam(RATES.adam) : tf.train.momentum(RATES.sgd, RATES.momentum),
    loss: outputs === 1 ? 'binaryCrossentropy' : 'categoricalCrossentropy',
  });
  const targets = Int32Array.from(labels(numbers, rows, outputs));
  const y =
    outputs === 1
      ? tf.tensor2d(Float32Array.from(targets), [rows, 1])
      : tf.tidy(() => tf.oneHot(tf.tensor1d(targets, 'int32'), outputs).toFloat());
  return async () => {
    // Without shuffling, and without giving the event loop a turn: both would cost it time.
    await model.fit(x, y, { batchSize: batch, epochs: 1, shuffle: false, verbose: 0, yieldEvery: 'never' });
    return rows;
  };
});
