// brain.js: plain arrays, one row at a time, one thread; sigmoid everywhere unless told otherwise.
import { createRequire } from 'node:module';
import { serve } from './contestant.mjs';
import { labels, RATES, uniform } from './problems.mjs';

const { NeuralNetwork } = createRequire(import.meta.url)('brain.js');
const threads = Number(process.argv[2]);
const MOST_ROWS = 128;
const TINY_ITERATIONS = 100;

serve(({ kind, sizes, optimizer, rows: allRows }) => {
  if (threads > 1) return 'it has one thread';
  if (optimizer === 'adam') return 'it has no adam';
  const outputs = sizes.at(-1);
  if (outputs > 100) return 'a pass would take minutes';
  const rows = Math.min(allRows, MOST_ROWS);
  const x = uniform(rows * sizes[0]);
  const targets = labels(x, rows, outputs);
  const set = Array.from({ length: rows }, (_, i) => ({
    input: Array.from(x.subarray(i * sizes[0], (i + 1) * sizes[0])),
    output: outputs === 1 ? [targets[i]] : Array.from({ length: outputs }, (_, j) => Number(j === targets[i])),
  }));
  const options = { learningRate: RATES.sgd, momentum: RATES.momentum, errorThresh: 1e-9 };
  const network = () => new NeuralNetwork({ hiddenLayers: sizes.slice(1, -1), activation: 'relu', ...options });
  const iterations = outputs === 1 ? TINY_ITERATIONS : 1;
  if (kind === 'train') {
    // Anew each time: once its error is NaN or small enough, it does nothing. What it did is what counts.
    return () => rows * network().train(set, { iterations, ...options }).iterations;
  }
  const net = network();
  net.train(set.slice(0, 1), { iterations: 1, ...options });
  return () => {
    for (const { input } of set) net.run(input);
    return rows;
  };
});
