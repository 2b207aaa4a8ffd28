// npm run bench:lab: what tracing, verifying and experiments cost on this machine. Nothing else should run meanwhile.
//   runs per second of keras-regression through the lab, TypeScript's share and the store included
//   variance-shares on the digits, from an empty store
//   a step of 784-512-512-10 at batch 128 with the marks of all weights, in memory and in a folder, over one without
//   verify over the run that it verifies
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adam, dense, rescaling, sequential, sgd, verify } from '../dist/index.mjs';

const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'samebits-bench-'));
const REPEATS = 9;
const ROWS = 6400;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function lab(...words) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'lab', 'run', ...words, '--json', '--store', mkdtempSync(join(folder, 'store-'))],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  if (status !== 0) throw new Error(stderr);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, tasks: JSON.parse(stdout).tasks };
}

function runsPerSecond() {
  const few = lab('keras-regression', '--repeats', '4');
  const many = lab('keras-regression', '--repeats', '16');
  // The difference leaves out starting Node and loading the addon.
  const rate = (many.tasks - few.tasks) / (many.seconds - few.seconds);
  console.log(
    `keras-regression: ${many.tasks} runs in ${many.seconds.toFixed(1)} s from start to document, ` +
      `${Math.round(many.tasks / many.seconds)} a second; without start and load ${Math.round(rate)} a second`,
  );
}

function varianceShares() {
  const { seconds, tasks } = lab('variance-shares');
  console.log(`variance-shares on digits: ${tasks} runs in ${seconds.toFixed(1)} s`);
}

/** 784 columns of bytes and labels: what is in them does not matter to time. */
function rows() {
  const data = Uint8Array.from({ length: ROWS * 784 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 24) & 0xff);
  const labels = Uint32Array.from({ length: ROWS }, (_, i) => (Math.imul(i, 0x85ebca6b) >>> 16) % 10);
  return { x: { data, rows: ROWS, columns: 784 }, labels };
}

async function train({ x, labels }, optimizer, threads, options) {
  const model = sequential({
    layers: [
      rescaling({ scale: 1 / 255 }),
      dense({ units: 512, activation: 'relu' }),
      dense({ units: 512, activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    seed: 42,
  });
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
  const started = performance.now();
  await model.fit(x, labels, { batchSize: 128, epochs: 4, threads, ...options });
  const wall = (performance.now() - started) / 1000;
  model.dispose();
  return wall;
}

async function traces() {
  const data = rows();
  let folders = 0;
  const kept = () => ({ trace: 'step', folder: join(folder, `run-${folders++}`), checkpointEvery: 1000 });
  const cases = [
    ['SGD', sgd({ momentum: 0.9 })],
    ['Adam', adam()],
  ];
  for (const [name, optimizer] of cases) {
    for (const threads of [1, 2]) {
      const times = { plain: [], marks: [], folder: [] };
      await train(data, optimizer, threads, {});
      for (let repeat = 0; repeat < REPEATS; repeat += 1) {
        times.plain.push(await train(data, optimizer, threads, {}));
        times.marks.push(await train(data, optimizer, threads, { trace: 'step' }));
        times.folder.push(await train(data, optimizer, threads, kept()));
      }
      // Ratios of neighbors in time, so that the clock's moods hit both.
      const over = (key) => median(times[key].map((seconds, i) => seconds / times.plain[i]));
      console.log(
        `784-512-512-10, batch 128, ${name}, ${threads} thread${threads === 1 ? '' : 's'}: marks at every step take ` +
          `${over('marks').toFixed(3)} of the time without, written to a folder ${over('folder').toFixed(3)} ` +
          `(medians of ${REPEATS}; ${(median(times.plain) * 1000).toFixed(0)} ms a run)`,
      );
    }
  }
}

async function verifying() {
  const data = rows();
  const ratios = [];
  for (let repeat = 0; repeat < 5; repeat += 1) {
    const path = join(folder, `verified-${repeat}`);
    const run = await train(data, adam(), 1, { trace: 'step', folder: path });
    const started = performance.now();
    const { verdict } = await verify(path, { data: { x: data.x, y: data.labels }, threads: 1 });
    if (verdict !== 'verified') throw new Error(`expected a verified run but received ${verdict}`);
    ratios.push((performance.now() - started) / 1000 / run);
  }
  console.log(`verify takes ${median(ratios).toFixed(2)} of the time of the run (Adam, 1 thread, trace at every step)`);
}

try {
  runsPerSecond();
  varianceShares();
  await traces();
  await verifying();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
