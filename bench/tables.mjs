// How fast a table is read, prepared and trained on: node bench/tables.mjs [rows]
// The flights of the package vega-datasets (3,000,000 rows); with `rows`, so many of them.
import { join } from 'node:path';
import { batchStream, dense, fitPreparation, openTable, sequential } from '../dist/index.mjs';
import { root } from '../scripts/build.mjs';

const path = join(root, 'node_modules/vega-datasets/data/flights-3m.parquet');
const all = await openTable(path);
const most = process.argv[2] === undefined ? await all.count() : Number(process.argv[2]);
const part = all.slice(0, most);
const prepare = {
  drop: ['delay'],
  dates: { parts: ['month', 'day', 'weekday', 'hour'] },
  categories: { encode: 'ordinal' },
};

/** Says how long a pass took, on the clock and on all cores. */
async function measure(what, pass) {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const result = await pass();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const rate = Math.round(most / seconds).toLocaleString('en');
  console.log(
    `${what.padEnd(22)} ${seconds.toFixed(2)} s  ${rate} rows/s  ${((user + system) / most).toFixed(2)} µs CPU a row`,
  );
  return result;
}

const late = await part.map((batch) => {
  const values = Uint8Array.from(batch.column('delay').values, (delay) => Number(delay > 15));
  return new batch.constructor([...batch.columns, { name: 'late', type: 'boolean', values }]);
});
await measure('read', async () => {
  for await (const _ of part.batches());
});
const preparation = await measure('learn', () => fitPreparation(late, { ...prepare, target: 'late' }));
await measure('prepare and shuffle', async () => {
  for await (const _ of batchStream(late, { preparation, batchSize: 4096, shuffleBuffer: 100_000, seed: 1 }).epoch(0));
});
const model = sequential({
  layers: [dense({ units: 64, activation: 'relu' }), dense({ units: 1, activation: 'sigmoid' })],
  seed: 1,
  preparation,
});
model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
const run = await measure('train, an epoch', () => model.fit(late, { batchSize: 256, shuffleBuffer: 100_000 }));
const { seconds, ...stages } = run.stages;
for (const [stage, time] of Object.entries(stages)) {
  console.log(
    `  ${stage.padEnd(20)} ${time.toFixed(2)} s  ${((100 * time) / seconds).toFixed(0)} % of ${seconds.toFixed(2)} s`,
  );
}
