// A worker that trains until it is terminated; says when steps are being made.
const { parentPort } = require('node:worker_threads');
const { dense, sequential } = require('../../dist/index.js');

const model = sequential({ layers: [dense({ units: 64 }), dense({ units: 1 })], seed: 1 });
model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
const rows = { data: new Float32Array(256 * 64).fill(0.5), rows: 256, columns: 64 };
const onProgress = () => parentPort.postMessage('training');
model.fit(rows, new Float32Array(256), { epochs: 2 ** 31, threads: 2, onProgress });
