// npm run bench:peers: samebits beside what else could do the same work, by turns, in one run. Each contestant is a
// process of its own for each number of threads, idle while others work; ratios are medians over neighboring samples.
//
//   node bench/peers/compare.mjs [--threads 1,2] [--rounds 5] [--seconds 0.5] [--only TEXT] [--output FILE]
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, medianRatio } from '../../dist/bench/statistics.js';
import { nameOf, PROBLEMS } from './problems.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    threads: { type: 'string', default: [...new Set([1, availableParallelism()])].join() },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.5' },
    only: { type: 'string', default: '' },
    output: { type: 'string' },
  },
});

const multiarch = `${{ x64: 'x86_64', arm64: 'aarch64' }[process.arch]}-linux-gnu`;
/** One pool of threads for PyTorch and its BLAS: with two, they fight for the cores. */
const openmpBlas = `/usr/lib/${multiarch}/openblas-openmp`;

/** The environment without settings that would choose a slower BLAS kernel or another number of threads. */
function environment(threads) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(OPENBLAS|OMP|GOTO|MKL|SAMEBITS)_/.test(name));
  return { ...Object.fromEntries(kept), LD_LIBRARY_PATH: openmpBlas, OMP_NUM_THREADS: String(threads) };
}

const node = (file) => (threads) => ({ program: process.execPath, words: [join(here, file), String(threads)] });
const CONTESTANTS = [
  { name: 'samebits', start: node('samebits.mjs') },
  { name: 'tfjs-wasm', start: node('tfjs-wasm.mjs') },
  { name: 'onnxruntime', start: node('onnxruntime.mjs') },
  { name: 'brain.js', start: node('brain.mjs') },
  {
    name: 'torch',
    start: (threads) => ({
      program: '/usr/bin/python3',
      words: [join(here, 'torch_contestant.py'), String(threads)],
      env: environment(threads),
    }),
  },
];

/** A contestant's process, and questions to it. */
class Contestant {
  #child;
  #lines;
  #answers = [];
  #ended = null;

  constructor({ name, start }, threads) {
    this.name = name;
    const { program, words, env = process.env } = start(threads);
    this.#child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let complaint = '';
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      complaint += text;
    });
    const end = (reason) => {
      this.#ended ??= reason;
      for (const answer of this.#answers.splice(0)) answer({ cannot: this.#ended });
    };
    this.#child.on('error', (error) => end(error.message));
    this.#child.stdin.on('error', () => {});
    this.#child.on('close', (code) => end(`it ended with ${code}: ${complaint.trim().split('\n').at(-1)}`));
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on('line', (line) => {
      // Some libraries greet on standard output.
      if (line.startsWith('{')) this.#answers.shift()?.(JSON.parse(line));
    });
  }

  ask(question) {
    if (this.#ended !== null) return Promise.resolve({ cannot: this.#ended });
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  stop() {
    this.#child.stdin.end();
    this.#child.kill();
  }
}

/** Rows a second of everybody who can, round by round. */
async function race(contestants, problem, rounds, seconds, why) {
  const able = [];
  for (const contestant of contestants) {
    const { cannot } = await contestant.ask({ problem, seconds });
    if (cannot === undefined) able.push({ contestant, rates: [] });
    else why.set(`${contestant.name}: ${cannot}`, [...(why.get(`${contestant.name}: ${cannot}`) ?? []), nameOf(problem)]);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { contestant, rates } of able) {
      const { rows, seconds: taken, cannot } = await contestant.ask({ sample: true });
      rates.push(cannot === undefined ? rows / taken : null);
    }
  }
  return able.map(({ contestant, rates }) => ({ name: contestant.name, rates }));
}

if (!existsSync(join(here, 'node_modules'))) {
  console.error('Expected the peers in bench/peers/node_modules: run ONNXRUNTIME_NODE_INSTALL_CUDA=skip npm install there first');
  process.exit(2);
}
const problems = PROBLEMS.filter((problem) => nameOf(problem).includes(options.only));
const results = [];
const why = new Map();
const line = (cells) =>
  [cells[0].padEnd(34), cells[1].padStart(3), cells[2].padEnd(11), ...cells.slice(3).map((cell) => cell.padStart(10))].join('  ');
console.log(line(['work', 'thr', 'peer', 'its rows/s', 'samebits', 'ratio']));
for (const threads of options.threads.split(',').map(Number)) {
  const contestants = CONTESTANTS.map((one) => new Contestant(one, threads));
  for (const problem of problems) {
    const [ours, ...peers] = await race(contestants, problem, Number(options.rounds), Number(options.seconds), why);
    for (const { name, rates } of peers) {
      const counting = (values) => values.filter((value) => value !== null);
      const result = {
        ...{ work: nameOf(problem), threads, peer: name },
        peerRowsPerSecond: median(counting(rates)),
        rowsPerSecond: median(counting(ours.rates)),
        ratio: medianRatio(ours.rates, rates),
      };
      results.push(result);
      const count = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
      const { work, peer, peerRowsPerSecond, rowsPerSecond, ratio } = result;
      console.log(line([work, String(threads), peer, count(peerRowsPerSecond), count(rowsPerSecond), ratio.toPrecision(3)]));
    }
  }
  for (const contestant of contestants) contestant.stop();
}
console.log('\nratio: how many times as many rows a second samebits makes, at the median of rounds');
for (const [reason, works] of why) console.log(`left out, ${reason} (${works.length === problems.length ? 'everything' : [...new Set(works)].join('; ')})`);
if (options.output !== undefined) writeFileSync(options.output, `${JSON.stringify(results, null, 2)}\n`);
