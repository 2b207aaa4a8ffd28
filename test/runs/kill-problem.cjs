// The run that is killed: a few steps of an epoch, a checkpoint every 3 steps, callbacks that count.
const { adam, dense, dropout, resume, sequential } = require('../../dist/index.js');

const ROWS = 120;
const COLUMNS = 20;
const EPOCHS = 12;
const rows = {
  data: Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.fround(((i * 7919) % 1000) / 500 - 1)),
  rows: ROWS,
  columns: COLUMNS,
};
const targets = Uint32Array.from({ length: ROWS }, (_, i) => (i * i) % 3);

/** Callbacks whose memory goes into checkpoints. */
function counting() {
  let count = 0;
  return {
    onBatchEnd: () => {
      count += 1;
    },
    getState: () => count,
    setState: (state) => {
      count = state;
    },
  };
}

function fitted(folder, _data, epochs = EPOCHS) {
  const layers = [
    dense({ units: 24, activation: 'relu', inputShape: [COLUMNS] }),
    dropout({ rate: 0.25 }),
    dense({ units: 3, activation: 'softmax' }),
  ];
  const model = sequential({ layers, seed: 3 });
  model.compile({ optimizer: adam(), loss: 'sparseCategoricalCrossentropy' });
  const kept = { folder, trace: 'step', checkpointEvery: 3, best: 'loss', callbacks: counting() };
  return model.fit(rows, targets, { epochs, batchSize: 32, ...kept });
}

function resumed(folder) {
  return resume(folder, rows, targets, { callbacks: counting() });
}

module.exports = { writeData() {}, fitted, resumed };
