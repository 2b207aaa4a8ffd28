// Iris: which of three species is a flower of? Five-fold cross-validation of a network with a hidden layer, and of the same
// network without: logistic regression.
//
//   node iris.mjs [--epochs 150] [--seed 1]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { adam, dense, kFold, l2, prepare, readTable, sequential } from 'samebits';
import { accuracy, confusionMatrix, logLoss } from 'samebits/metrics';

const { values } = parseArgs({
  options: { epochs: { type: 'string', default: '150' }, seed: { type: 'string', default: '1' } },
});
const [epochs, seed] = [Number(values.epochs), Number(values.seed)];

// 150 flowers, 50 of each species: Fisher, "The Use of Multiple Measurements in Taxonomic Problems", 1936.
const table = await readTable(fileURLToPath(new URL('data/iris.csv', import.meta.url)));
console.log(table.summary());

const hidden = { 'logistic regression': [], 'a hidden layer of 16': [16] };
for (const [name, sizes] of Object.entries(hidden)) {
  const labels = new Uint32Array(table.rows);
  const predictions = new Float32Array(table.rows * 3);
  for (const { train, test } of kFold(table, { folds: 5, method: 'stratified', by: 'Species', seed })) {
    // What is learned of the columns, means and deviations, is learned of the training rows alone.
    const { preparation, x, y } = prepare(table.take(train), { target: 'Species' });
    const model = sequential({
      layers: [
        ...sizes.map((units) => dense({ units, activation: 'tanh', kernelRegularizer: l2(3e-3) })),
        dense({ units: 3, activation: 'softmax', kernelRegularizer: l2(3e-3) }),
      ],
      seed,
    });
    model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: 'sparseCategoricalCrossentropy' });
    await model.fit(x, y, { epochs, batchSize: 16 });

    const rows = table.take(test);
    const truth = preparation.transformTarget(rows);
    const found = await model.predict(preparation.transform(rows));
    test.forEach((row, i) => {
      labels[row] = truth[i];
      predictions.set(found.data.subarray(3 * i, 3 * i + 3), 3 * row);
    });
    model.dispose();
  }
  const all = { data: predictions, rows: table.rows, columns: 3 };
  console.log(`\n${name}: accuracy ${accuracy(labels, all).toFixed(3)}, log loss ${logLoss(labels, all).toFixed(3)}`);
  console.log(
    confusionMatrix(labels, all)
      .map((row) => row.join(' '))
      .join('\n'),
  );
}
