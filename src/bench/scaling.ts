/**
 * A training step on paper: how its time grows with threads and width, from what the plan knows (FLOPs, bytes, barriers)
 * and what was measured (peak, bandwidth, barrier). docs/scaling.md explains it.
 */
import { productFlops } from './flops.js';

/** What the model knows of a machine. */
export interface ModelMachine {
  /** Of one thread, as far as the kernels reach it on one thread. */
  readonly flopsPerSecond: number;
  /** From memory, all threads together. */
  readonly bytesPerSecond: number;
  /** Of weights that one thread reads from its caches for a single use, as prediction of one row does. */
  readonly passBytesPerSecond: number;
  /** Weights and optimizer state that are no larger than this stay in caches. */
  readonly cacheBytes: number;
  readonly barrierSeconds: (threads: number) => number;
  /** Columns of a panel and inputs of a weight gradient's tile: the smallest pieces that work is cut into. */
  readonly panel: number;
  readonly inputTile: number;
}

export interface ModelStep {
  /** Columns of the data, then the units of each layer. */
  readonly sizes: readonly number[];
  readonly batchSize: number;
  /** Tensors that the optimizer keeps for each parameter: 1 for momentum, 2 for Adam. */
  readonly slots: number;
}

/** Seconds of a step, and where they go. Arithmetic and memory of a phase overlap: the longer one counts. */
export interface ModelTime {
  /** Whether members take rows through all layers, or columns of each layer. */
  readonly split: 'rows' | 'columns';
  readonly compute: number;
  /** Memory beyond the arithmetic that hides it. */
  readonly memory: number;
  readonly barriers: number;
  readonly seconds: number;
}

/**
 * With fewer rows a member than this, a step goes by columns if some layer has a panel for each member: the rule of
 * native/engine/trainer.cc.
 */
const ROWS_WORTH_ALL_WEIGHTS = 24;
const FLOAT_BYTES = 4;
const VECTOR = 16;

/** How much longer the busiest of `threads` works than with an even division of `pieces` equal pieces. */
function imbalance(pieces: number, threads: number): number {
  return (Math.ceil(pieces / threads) * threads) / pieces;
}

interface Layer {
  readonly inputs: number;
  readonly units: number;
}

function rowsPhaseFlops(layers: readonly Layer[], { batchSize }: ModelStep, threads: number, machine: ModelMachine) {
  const widest = Math.max(...layers.map(({ units }) => units));
  const byRows = threads === 1 || batchSize >= ROWS_WORTH_ALL_WEIGHTS * threads || widest < threads * machine.panel;
  // Of the busiest member: forward through every layer, back through all but the first.
  const share = (pieces: number): number => imbalance(byRows ? batchSize : pieces, threads) / threads;
  const flops = layers.reduce((sum, { inputs, units }, index) => {
    const product = productFlops(batchSize, inputs, units);
    const forward = product * share(Math.ceil(units / machine.panel));
    return sum + forward + (index === 0 ? 0 : product * share(Math.ceil(inputs / VECTOR)));
  }, 0);
  return { byRows, flops };
}

/** The time of one step on `threads` threads that have a core each. */
export function modelStep(step: ModelStep, threads: number, machine: ModelMachine): ModelTime {
  const { sizes, batchSize, slots } = step;
  const layers = sizes.slice(1).map((units, index) => ({ inputs: sizes[index], units }));
  const { byRows, flops } = rowsPhaseFlops(layers, step, threads, machine);
  const tiles = layers.reduce(
    (sum, { inputs, units }) => sum + Math.ceil(units / machine.panel) * Math.ceil(inputs / machine.inputTile),
    0,
  );
  const weights = layers.reduce((sum, { inputs, units }) => sum + inputs * units, 0);
  const weightFlops = (productFlops(batchSize, 1, weights) * imbalance(tiles, threads)) / threads;

  const cached = FLOAT_BYTES * weights * (1 + slots) <= machine.cacheBytes;
  const move = (floats: number): number => (cached ? 0 : (FLOAT_BYTES * floats) / machine.bytesPerSecond);
  const rowsMemory = move(2 * weights - sizes[0] * sizes[1]);
  const weightsMemory = move(2 * weights * (1 + slots));
  // By rows, every member reads all weights, however few its rows are.
  const passes = FLOAT_BYTES * (2 * weights - sizes[0] * sizes[1]) * (byRows ? 1 : 1 / threads);
  const rowsCompute = Math.max(flops / machine.flopsPerSecond, passes / machine.passBytesPerSecond);
  const weightsCompute = weightFlops / machine.flopsPerSecond;

  const compute = rowsCompute + weightsCompute;
  const memory = Math.max(0, rowsMemory - rowsCompute) + Math.max(0, weightsMemory - weightsCompute);
  // By rows: one barrier before the weights, one after. By columns: one more after gathering and after every layer.
  const count = threads === 1 ? 0 : byRows ? 2 : 2 * layers.length + 2;
  const barriers = count * machine.barrierSeconds(threads);
  return { split: byRows ? 'rows' : 'columns', compute, memory, barriers, seconds: compute + memory + barriers };
}
