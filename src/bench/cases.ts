/** What is measured: one value per case. */
import { expected } from '../errors.js';
import type { Phase, PhaseJob } from '../native/addon.js';
import { predictionFlops, productFlops, trainingFlops } from './flops.js';

interface Named {
  readonly name: string;
  /** The work in words. */
  readonly work: string;
}

/** A single phase of a step, on packed operands, without JavaScript. */
export interface PhaseCase extends Named {
  readonly kind: 'phase';
  readonly phase: Phase;
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
  readonly update: PhaseJob['update'];
}

/** Training steps over many shuffled rows. */
export interface StepCase extends Named {
  readonly kind: 'step';
  /** Columns of the data, then the units of each layer. */
  readonly sizes: readonly number[];
  readonly optimizer: 'sgd' | 'adam';
  readonly batchSize: number;
  readonly rows: number;
}

/** A small network through whole calls of `fit`. */
export interface FitCase extends Omit<StepCase, 'kind'> {
  readonly kind: 'fit';
}

/** Calls of `predictSync`. */
export interface PredictCase extends Named {
  readonly kind: 'predict';
  readonly sizes: readonly number[];
  readonly rows: number;
  /** Pause before each call. */
  readonly idleMilliseconds: number;
}

/** A step case on more threads than there are cores. */
export interface CrowdedCase extends Named {
  readonly kind: 'crowded';
  readonly step: StepCase;
  /** Threads for each core. */
  readonly crowding: number;
}

/** A step case that marks all weights after each step, as traces need it, beside the same without. */
export interface MarkedCase extends Named {
  readonly kind: 'marked';
  readonly step: StepCase;
}

export type BenchCase = PhaseCase | StepCase | FitCase | PredictCase | CrowdedCase | MarkedCase;

const MNIST_NET = [784, 512, 512, 10] as const;
const WIDE_NET = [1024, 2048, 2048, 1000] as const;
const TINY_NET = [10, 10, 1] as const;
/** As many rows as MNIST has. */
const ROWS = 60_000;
const BATCHES = [32, 128, 256] as const;
const OPTIMIZER_WORDS = { sgd: 'sgd with momentum', adam: 'adam' } as const;

function phase(name: string, phase: Phase, shape: readonly [number, number, number], work: string): PhaseCase {
  const [rows, inputs, units] = shape;
  return { kind: 'phase', name, work, phase, rows, inputs, units, update: 'momentum' };
}

function step(optimizer: 'sgd' | 'adam', batchSize: number, sizes: readonly number[] = MNIST_NET): StepCase {
  const wide = sizes === WIDE_NET ? 'wide-' : '';
  return {
    kind: 'step',
    name: `step-${wide}${optimizer}-${batchSize}`,
    work: `${sizes.join('-')}, ${OPTIMIZER_WORDS[optimizer]}, batch ${batchSize}`,
    sizes,
    optimizer,
    batchSize,
    rows: ROWS,
  };
}

function predict(name: string, rows: number, idleMilliseconds: number, when: string): PredictCase {
  const work = `${MNIST_NET.join('-')}, ${rows === 1 ? 'one row' : `${rows} rows`}${when}`;
  return { kind: 'predict', name, work, sizes: MNIST_NET, rows, idleMilliseconds };
}

/** All cases, in the order in which they are measured. */
export const CASES: readonly BenchCase[] = [
  ...[1024, 2048].map((n) => phase(`product-${n}`, 'product', [n, n, n], `product ${n}³, packing included`)),
  ...BATCHES.map((rows) => phase(`forward-${rows}`, 'forward', [rows, 784, 512], `forward ${rows} × 784 × 512`)),
  ...BATCHES.map((rows) =>
    phase(
      `weight-gradient-${rows}`,
      'weightGradient',
      [rows, 784, 512],
      `weight gradient 784 × 512 over ${rows} rows, momentum in it`,
    ),
  ),
  phase('thin-forward', 'forward', [128, 512, 10], 'forward 128 × 512 × 10'),
  phase('thin-weight-gradient', 'weightGradient', [128, 512, 10], 'weight gradient 512 × 10 over 128 rows'),
  phase('thin-input-gradient', 'inputGradient', [128, 512, 10], 'input gradient 128 × 10 × 512'),
  ...BATCHES.map((batch) => step('sgd', batch)),
  ...BATCHES.map((batch) => step('adam', batch)),
  step('sgd', 1024),
  step('sgd', 256, WIDE_NET),
  ...(['sgd', 'adam'] as const).map((optimizer): MarkedCase => {
    const marked = step(optimizer, 128);
    return { kind: 'marked', name: `marks-${optimizer}-128`, work: `${marked.work}, marks of each step`, step: marked };
  }),
  {
    kind: 'fit',
    name: 'tiny',
    work: `${TINY_NET.join('-')}, sgd with momentum, 100 rows, batch 32, through fit`,
    sizes: TINY_NET,
    optimizer: 'sgd',
    batchSize: 32,
    rows: 100,
  },
  predict('predict-256', 256, 0, ''),
  predict('predict-1', 1, 0, ', back to back'),
  predict('predict-1-idle', 1, 10, ', after 10 ms of idling'),
  ...([32, 128] as const).map((batch): CrowdedCase => {
    const crowded = step('sgd', batch);
    const work = `${crowded.work}, 4 threads a core`;
    return { kind: 'crowded', name: `crowded-${batch}`, work, step: crowded, crowding: 4 };
  }),
];

/** Floating-point operations of one repetition: a product, a phase, a step of a whole batch, a call. */
export function flopsOf(one: BenchCase): number {
  switch (one.kind) {
    case 'phase':
      return productFlops(one.rows, one.inputs, one.units);
    case 'predict':
      return one.rows * predictionFlops(one.sizes);
    case 'crowded':
    case 'marked':
      return flopsOf(one.step);
    default:
      return one.batchSize * trainingFlops(one.sizes);
  }
}

/** Rows that one repetition trains, predicts or computes. */
export function rowsOf(one: BenchCase): number {
  if (one.kind === 'crowded' || one.kind === 'marked') return rowsOf(one.step);
  return one.kind === 'step' || one.kind === 'fit' ? one.batchSize : one.rows;
}

/**
 * The cases of these names; a name also stands for all cases that begin with it and a hyphen, as `step` or `step-adam`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, with the names that there are.
 */
export function casesOf(names: readonly string[], option: string): BenchCase[] {
  const chosen = new Set<BenchCase>();
  for (const name of names) {
    const found = CASES.filter((one) => one.name === name || one.name.startsWith(`${name}-`));
    if (found.length === 0) throw expected(`names of cases (${CASES.map((one) => one.name).join(', ')})`, option, name);
    for (const one of found) chosen.add(one);
  }
  return CASES.filter((one) => chosen.has(one));
}
