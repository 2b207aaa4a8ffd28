// Trains an epoch on a CSV file and says how much memory it took at most. Argument: the path.
const { dense, openTable, sequential } = require('../../dist/index.js');

async function main(path) {
  const model = sequential({
    layers: [dense({ units: 16, activation: 'relu' }), dense({ units: 1, activation: 'sigmoid' })],
    seed: 1,
  });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const { steps, stages } = await model.fit(await openTable(path), { target: 'late', batchSize: 256 });
  // In KiB on Linux and macOS.
  process.stdout.write(JSON.stringify({ steps, stages, bytes: process.resourceUsage().maxRSS * 1024 }));
}

main(process.argv[2]);
