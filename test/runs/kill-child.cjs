// Trains in a folder, or goes on there, until it ends or is killed. Arguments: the problem's module, the folder, the path of its data.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const [problem, folder, data] = process.argv.slice(2);
const { fitted, resumed } = require(problem);
process.stdout.write('begins\n');
const training = existsSync(join(folder, 'manifest.json')) ? resumed(folder, data) : fitted(folder, data);
training.then(
  () => process.stdout.write('done\n'),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
