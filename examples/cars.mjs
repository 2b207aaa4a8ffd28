// Cars: how many miles does one go on a gallon? Five-fold cross-validation of a network with hidden layers, of the same without
// them, which is linear regression, and of the mean of the training rows.
//
//   npm install vega-datasets
//   node cars.mjs [--epochs 200] [--seed 1]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { adam, dense, kFold, prepare, sequential, tableOf } from 'samebits';
import { meanAbsoluteError, r2, rootMeanSquaredError } from 'samebits/metrics';

const { values } = parseArgs({
  options: { epochs: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const [epochs, seed] = [Number(values.epochs), Number(values.seed)];

// 406 cars of 1970 to 1982, of which 398 have the number: Donoho and Ramos, "PRIMDATA: Data Sets for Use With PRIM-H", 1982.
const file = new URL('../data/cars.json', import.meta.resolve('vega-datasets'));
const cars = JSON.parse(readFileSync(file, 'utf8')).filter((car) => car.Miles_per_Gallon !== null);
const table = tableOf(cars).drop(['Name']);
console.log(`${table.summary()}\n`);

const target = 'Miles_per_Gallon';
const columns = { Year: { parts: ['year'] }, Horsepower: { impute: 'median' } };
console.log(`${prepare(table, { target, columns }).preparation.summary()}\n`);

/** What the network of these hidden layers says of the test rows. */
async function predictions({ preparation, x, y }, test, sizes) {
  const model = sequential({
    layers: [...sizes.map((units) => dense({ units, activation: 'relu' })), dense({ units: 1 })],
    seed,
  });
  model.compile({ optimizer: adam({ learningRate: sizes.length === 0 ? 0.2 : 0.01 }), loss: 'meanSquaredError' });
  await model.fit(x, y, { epochs, batchSize: 32 });
  const { data } = await model.predict(preparation.transform(test));
  model.dispose();
  return data;
}

const meanOf = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

const contestants = {
  'the mean': ({ y }, test) => new Float32Array(test.rows).fill(meanOf(y.data)),
  'linear regression': (prepared, test) => predictions(prepared, test, []),
  'hidden layers 32, 32': (prepared, test) => predictions(prepared, test, [32, 32]),
};
for (const [name, predict] of Object.entries(contestants)) {
  const found = new Float32Array(table.rows);
  for (const { train, test } of kFold(table, { folds: 5, seed })) {
    const said = await predict(prepare(table.take(train), { target, columns }), table.take(test));
    test.forEach((row, i) => {
      found[row] = said[i];
    });
  }
  const truth = table.column(target).values;
  const [rmse, mae, share] = [rootMeanSquaredError, meanAbsoluteError, r2].map((metric) =>
    metric(truth, found).toFixed(2),
  );
  console.log(`${name.padEnd(22)}RMSE ${rmse}  MAE ${mae}  R2 ${share}`);
}
