// Saves models to a path until it is killed, or until an error, whose code and cause it prints.
const { dense, sequential } = require('../../dist/index.js');

async function saveForever(path) {
  for (let seed = 0; ; seed += 1) {
    await sequential({ layers: [dense({ units: 300, inputShape: [100] })], seed }).save(path);
    process.stdout.write('saved\n');
  }
}

saveForever(process.argv[2]).catch((error) => {
  process.stdout.write(`${error.code} ${error.cause?.code}\n`);
});
