// The other side of workers.test.ts: trains, and tells what came out; or trains until it is terminated.
const { parentPort, workerData } = require('node:worker_threads');
const { dense, sequential } = require('../../dist/index.js');

const ROWS = 400;
const COLUMNS = 50;
const data = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => ((i * 389) % 1000) / 1000);
const labels = Uint8Array.from({ length: ROWS }, (_, i) => i % 5);

const model = sequential({
  layers: [dense({ units: 64, activation: 'relu', inputShape: [COLUMNS] }), dense({ units: 5, activation: 'softmax' })],
  seed: 11,
});
model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
const x = { data, rows: ROWS, columns: COLUMNS };
const options = { batchSize: 64, threads: 3 };

if (workerData.task === 'train') {
  model.fit(x, labels, { ...options, epochs: 20 }).then((run) => parentPort.postMessage(run.fingerprint));
} else {
  model.fit(x, labels, { ...options, epochs: 1e6 });
  parentPort.postMessage('under way');
}
