// Writes the tables of docs/scaling.md from a document of `samebits bench` (with the cases step and predict in it):
//   node bench/scaling.mjs bench/results/FILE.json
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { predictionFlops, trainingFlops } from '../dist/bench/flops.js';
import { modelStep } from '../dist/bench/scaling.js';

const page = fileURLToPath(new URL('../docs/scaling.md', import.meta.url));
const document = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { limits, cases, machine } = document;
const isa = cases[0].isa;
const THREADS = [1, 2, 4, 8, 16, 32, 64, 128];
const WIDTHS = [64, 256, 1024, 4096];
/** Of the kernels (kernel_table.h), by instruction set. */
const TILES = {
  avx512: { panel: 32, inputTile: 12 },
  avx2: { panel: 16, inputTile: 6 },
  neon: { panel: 16, inputTile: 6 },
  scalar: { panel: 16, inputTile: 4 },
};
const CACHE_BYTES = 32 * 1024 * 1024;

const NETS = [
  { name: 'step-sgd-32', sizes: [784, 512, 512, 10], batchSize: 32, slots: 1 },
  { name: 'step-sgd-128', sizes: [784, 512, 512, 10], batchSize: 128, slots: 1 },
  { name: 'step-sgd-1024', sizes: [784, 512, 512, 10], batchSize: 1024, slots: 1 },
  { name: 'step-adam-128', sizes: [784, 512, 512, 10], batchSize: 128, slots: 2 },
  { name: 'step-wide-sgd-256', sizes: [1024, 2048, 2048, 1000], batchSize: 256, slots: 1 },
];

/** A member's arrival is one line that goes from core to core, and so is the way back: half a round trip each. */
function barrierSeconds(threads) {
  const measured = limits.barrierMicroseconds[threads];
  if (measured !== undefined && threads <= machine.cores) return measured / 1e6;
  return (threads * (limits.pingPongNanoseconds ?? 200)) / 2 / 1e9;
}

/** From prediction of one row, which uses each weight once. */
function passBytesPerSecond() {
  const one = measuredOf('predict-1', 1);
  return one === undefined ? 1e11 : (4 * predictionFlops([784, 512, 512, 10])) / 2 / one.medianSeconds;
}

function machineFor(share) {
  return {
    flopsPerSecond: share * limits.peak[isa]['1'] * 1e9,
    bytesPerSecond: Math.max(...Object.values(limits.bandwidth)) * 1e9,
    passBytesPerSecond: passBytesPerSecond(),
    cacheBytes: CACHE_BYTES,
    barrierSeconds,
    ...TILES[isa],
  };
}

const milliseconds = (seconds) => (seconds * 1000).toPrecision(3);
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
const measuredOf = (name, threads) =>
  cases.find((one) => one.name === name && one.threads === threads && one.reduction === 'fixed' && one.isa === isa);

/** The share of the peak that the kernels reach on one thread goes into the model; how it scales is the model's own. */
function shareOf(net) {
  const alone = measuredOf(net.name, 1);
  const ideal = modelStep(net, 1, machineFor(1));
  return alone === undefined ? 0.9 : Math.min(1, ideal.compute / (alone.medianSeconds - ideal.memory));
}

function byThreads(net) {
  const own = machineFor(shareOf(net));
  const alone = modelStep(net, 1, own).seconds;
  const rows = THREADS.map((threads) => {
    const time = modelStep(net, threads, own);
    const measured = measuredOf(net.name, threads);
    const parts = [time.compute, time.memory, time.barriers, time.seconds].map(milliseconds);
    const speedUp = alone / time.seconds;
    return [
      threads,
      time.split,
      ...parts,
      speedUp.toFixed(1),
      (speedUp / threads).toFixed(2),
      measured ? milliseconds(measured.medianSeconds) : '',
    ];
  });
  const head = [
    'threads',
    'split',
    'arithmetic, ms',
    '+ memory',
    '+ barriers',
    'step',
    'speed-up',
    'efficiency',
    'measured, ms',
  ];
  return `### ${net.sizes.join('-')}, ${net.slots === 1 ? 'momentum' : 'adam'}, batch ${net.batchSize}\n\n${table(head, rows)}`;
}

function byWidth() {
  const own = machineFor(shareOf(NETS[1]));
  const rows = WIDTHS.map((width) => {
    const net = { sizes: [width, width, width, 10], batchSize: 256, slots: 1 };
    const alone = modelStep(net, 1, own).seconds;
    const mflop = (trainingFlops(net.sizes) / 1e6).toPrecision(3);
    return [
      width,
      mflop,
      milliseconds(alone),
      ...[2, 8, 32, 128].map((threads) => (alone / modelStep(net, threads, own).seconds).toFixed(1)),
    ];
  });
  const head = ['width', 'MFLOP a row', '1 thread, ms', ...[2, 8, 32, 128].map((threads) => `speed-up at ${threads}`)];
  return `### Width: w-w-w-10, momentum, batch 256\n\n${table(head, rows)}`;
}

const settings = [
  `Measured on ${machine.cpu}, ${machine.cores} cores, ${isa}:`,
  `${limits.peak[isa]['1'].toFixed(0)} GFLOP/s a thread,`,
  `${Math.max(...Object.values(limits.bandwidth)).toFixed(0)} GB/s,`,
  `a barrier of ${barrierSeconds(2) * 1e6 < 10 ? (barrierSeconds(2) * 1e6).toPrecision(2) : 'many'} µs on 2 threads,`,
  `${Math.round(limits.pingPongNanoseconds ?? 0)} ns there and back between two cores.`,
].join(' ');
const made = [settings, ...NETS.map(byThreads), byWidth()].join('\n\n');
const text = readFileSync(page, 'utf8');
const [before, after] = ['<!-- tables -->', '<!-- end of tables -->'];
writeFileSync(
  page,
  `${text.slice(0, text.indexOf(before) + before.length)}\n\n${made}\n\n${text.slice(text.indexOf(after))}`,
);
