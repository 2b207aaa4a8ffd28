// Flights: will one be more than 15 minutes late? 3,000,000 flights of the first half of 2001, streamed from a Parquet file. Airports
// are looked up in tables of vectors that are trained with the rest. Trained on the first four fifths, which end in late May, and
// tested on the last: by time, as it would be used.
//
//   npm install vega-datasets
//   node flights.mjs [--rows 3000000] [--epochs 3] [--batch 512] [--seed 1] [--threads 2]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { adam, cosineDecay, dense, fitPreparation, openTable, sequential, Table } from 'samebits';
import { logLoss, rocAuc } from 'samebits/metrics';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '3000000' },
    epochs: { type: 'string', default: '3' },
    batch: { type: 'string', default: '512' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string' },
  },
});
const [rows, epochs, batchSize, seed] = [values.rows, values.epochs, values.batch, values.seed].map(Number);
const threads = values.threads === undefined ? undefined : Number(values.threads);

/** `late` in place of `delay`. */
function withLate(batch) {
  const late = Uint8Array.from(batch.column('delay').values, (minutes) => Number(minutes > 15));
  return new Table([...batch.drop(['delay']).columns, { name: 'late', type: 'boolean', values: late }]);
}

const file = fileURLToPath(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')));
const source = await (await openTable(file)).map(withLate);
const trainingRows = Math.floor(0.8 * rows);
const [train, test] = [source.slice(0, trainingRows), source.slice(trainingRows, rows)];

let begun = performance.now();
const preparation = await fitPreparation(train, {
  target: 'late',
  columns: {
    date: { parts: ['weekday', 'hour', 'minute'] },
    origin: { encode: 'ordinal' },
    destination: { encode: 'ordinal' },
  },
});
const speed = (count, seconds) => `${Math.round(count / seconds).toLocaleString('en')} rows/s`;
const fitted = (performance.now() - begun) / 1000;
console.log(`${preparation.summary()}\n`);
console.log(`preparation learned in ${fitted.toFixed(1)} s, ${speed(trainingRows, fitted)}\n`);

/** Truth and predictions of the test rows. */
async function tested(model) {
  const count = await test.count();
  const [labels, outputs] = [new Uint32Array(count), new Float32Array(count)];
  let row = 0;
  for await (const batch of test.batches()) {
    labels.set(preparation.transformTarget(batch), row);
    outputs.set((await model.predict(batch, { threads })).data, row);
    row += batch.rows;
  }
  return [labels, outputs];
}

// With vectors of one number and no hidden layer, each airport has a coefficient: logistic regression of one-hot columns.
for (const { name, units, hidden } of [
  { name: 'logistic regression', units: 1, hidden: [] },
  { name: 'embeddings of 16, hidden layers 128, 64', units: 16, hidden: [128, 64] },
]) {
  const model = sequential({
    layers: [
      preparation.tableInput({ units }),
      ...hidden.map((size) => dense({ units: size, activation: 'relu' })),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    preparation,
    seed,
  });
  const decaySteps = epochs * Math.ceil(trainingRows / batchSize);
  const learningRate = cosineDecay({ initialLearningRate: 2e-3, decaySteps });
  model.compile({ optimizer: adam({ learningRate }), loss: 'binaryCrossentropy' });
  const run = await model.fit(train, { epochs, batchSize, shuffleBuffer: 200_000, threads });
  begun = performance.now();
  const [labels, outputs] = await tested(model);
  const testing = (performance.now() - begun) / 1000;
  const { read, prepare, train: training, wait, seconds } = run.stages;
  console.log(
    `${name}: ROC AUC ${rocAuc(labels, outputs).toFixed(4)}, log loss ${logLoss(labels, outputs).toFixed(4)}`,
  );
  console.log(`  ${epochs} epochs in ${seconds.toFixed(1)} s, ${speed(epochs * trainingRows, seconds)}`);
  const stages = { read, prepare, train: training, 'wait for rows': wait };
  for (const [stage, time] of Object.entries(stages)) {
    console.log(
      `  ${stage.padEnd(14)}${time.toFixed(1).padStart(8)} s  ${((100 * time) / seconds).toFixed(0).padStart(4)} %`,
    );
  }
  console.log(`  tested ${outputs.length} rows in ${testing.toFixed(1)} s; fingerprint ${run.fingerprint}\n`);
  model.dispose();
}
