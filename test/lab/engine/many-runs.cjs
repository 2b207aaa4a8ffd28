// Many runs with large predictions; prints the most bytes of arrays that were in memory at once, and what all would take.
const { Lab } = require('../../../dist/lab/lab.js');
const { ResultStore } = require('../../../dist/lab/store/result-store.js');
const { parseRecipe } = require('../../../dist/index.js');

const RUNS = 200;
const TEST_ROWS = 50_000;

const source = {
  kind: 'madeUp',
  problem: 'regression',
  rows: 4,
  testRows: TEST_ROWS,
  columns: 1,
  classes: 1,
  noise: 0,
  seed: 1,
};
const recipe = parseRecipe({
  model: { layers: [{ kind: 'dense', units: 1 }] },
  seed: 1,
  optimizer: { name: 'sgd' },
  loss: 'meanSquaredError',
});
const setting = { recipe, data: { source, rows: null, bootstrap: null }, execution: { threads: 1, isa: 'auto' } };
const experiment = {
  name: 'many',
  repeats: RUNS,
  base: () => setting,
  *plan({ base }) {
    for (let seed = 0; seed < RUNS; seed += 1) {
      const one = { ...base, recipe: { ...recipe, seed } };
      yield { kind: 'train', setting: one, repeat: 0, keep: ['predictions'] };
    }
  },
};

async function main(folder) {
  const store = ResultStore.open(folder);
  let most = 0;
  const look = () => {
    // What the first has found is given back by the second: array buffers are swept in the background.
    global.gc();
    global.gc();
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  };
  const lab = new Lab({ onProgress: look });
  const prepared = await lab.prepare(experiment, {});
  await lab.carryOut(prepared, store);
  const results = await lab.results(prepared, [store]);
  let sum = 0;
  for (const task of experiment.plan(prepared.ground)) {
    sum += results.get(task).predictions()[0];
    if (task.setting.recipe.seed % 20 === 0) look();
  }
  await lab.close();
  store.close();
  process.stdout.write(JSON.stringify({ most, all: 4 * RUNS * TEST_ROWS, sum }));
}

void main(process.argv[2]);
