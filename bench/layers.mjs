// What layers between the dense ones cost a step: node bench/layers.mjs [repeats]
// 784-512-512-10, batch 128, Adam, 80 steps a repeat; the kinds take turns, and each has the median of its repeats (default 9).
import {
  activation,
  adam,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  layerNormalization,
  residual,
  sequential,
} from '../dist/index.mjs';

const repeats = Number(process.argv[2] ?? 9);
const [rows, columns, steps] = [128 * 80, 784, 80];
const x = {
  data: Float32Array.from({ length: rows * columns }, (_, i) => ((i * 2654435761) >>> 0) / 2 ** 32),
  rows,
  columns,
};
const labels = Uint32Array.from({ length: rows }, (_, i) => i % 10);

const relu = () => [dense({ units: 512, activation: 'relu' })];
const normalized = (layer) => [dense({ units: 512, useBias: false }), layer, activation({ activation: 'relu' })];
const hidden = {
  plain: relu,
  dropout: () => [...relu(), dropout({ rate: 0.2 })],
  'batch normalization': () => normalized(batchNormalization()),
  both: () => [...normalized(batchNormalization()), dropout({ rate: 0.2 })],
  'layer normalization': () => normalized(layerNormalization()),
  'Gaussian noise': () => [...relu(), gaussianNoise({ stddev: 0.1 })],
  'second one in a block': (i) => (i === 0 ? relu() : [residual({ layers: relu() })]),
};

for (const threads of [1, 2]) {
  const models = Object.entries(hidden).map(([name, layers]) => {
    const model = sequential({
      layers: [...layers(0), ...layers(1), dense({ units: 10, activation: 'softmax' })],
      seed: 1,
    });
    model.compile({ optimizer: adam(), loss: 'sparseCategoricalCrossentropy' });
    return { name, model, seconds: [] };
  });
  for (let repeat = 0; repeat <= repeats; repeat++) {
    for (const { model, seconds } of models) {
      const run = await model.fit(x, labels, { epochs: 1, batchSize: 128, shuffle: false, threads });
      if (repeat > 0) seconds.push(run.seconds); // the first one warms up
    }
  }
  const medians = models.map(({ seconds }) => seconds.sort((a, b) => a - b)[seconds.length >> 1]);
  for (const [i, { name }] of models.entries()) {
    const step = ((medians[i] / steps) * 1000).toFixed(3);
    const more = ((medians[i] / medians[0] - 1) * 100).toFixed(1);
    console.log(`${threads} threads  ${name.padEnd(22)} ${step} ms a step  ${more.padStart(5)} %`);
  }
}
