// Trains in a folder, or goes on there, until it ends or is killed. Arguments: the folder, epochs.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { resume } = require('../../dist/index.js');
const { fitted, rows, targets, counting } = require('./kill-problem.cjs');

const [folder, epochs] = process.argv.slice(2);
process.stdout.write('begins\n');
const training = existsSync(join(folder, 'manifest.json'))
  ? resume(folder, rows, targets, { callbacks: counting() })
  : fitted(folder, Number(epochs));
training.then(
  () => process.stdout.write('done\n'),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
