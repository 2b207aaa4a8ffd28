// The streamed run that is killed: a CSV file, a shuffle buffer, a checkpoint every 5 steps, in the middle of epochs.
const { existsSync, writeFileSync } = require('node:fs');
const { adam, dense, dropout, openTable, resume, sequential } = require('../../dist/index.js');

const ROWS = 1500;
const EPOCHS = 3;

/** The same file at each call. */
function writeData(path) {
  if (existsSync(path)) return;
  const lines = ['when,distance,origin,late'];
  for (let i = 0; i < ROWS; i += 1) {
    const when = new Date(1.6e12 + i * 7_654_321).toISOString();
    const distance = i % 17 === 0 ? '' : String(((i * 7919) % 1000) / 8);
    lines.push(`${when},${distance},${['OSL', 'BGO', 'TRD'][((i * i) % 7) % 3]},${(i * 31) % 5 > 2}`);
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}

async function fitted(folder, data) {
  const layers = [
    dense({ units: 24, activation: 'relu' }),
    dropout({ rate: 0.25 }),
    dense({ units: 1, activation: 'sigmoid' }),
  ];
  const model = sequential({ layers, seed: 3 });
  model.compile({ optimizer: adam(), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const source = await openTable(data, { batchRows: 100 });
  const kept = { folder, trace: 'step', checkpointEvery: 5, best: 'loss' };
  return model.fit(source, { target: 'late', shuffleBuffer: 300, epochs: EPOCHS, batchSize: 32, ...kept });
}

async function resumed(folder, data) {
  return resume(folder, await openTable(data));
}

module.exports = { writeData, fitted, resumed };
