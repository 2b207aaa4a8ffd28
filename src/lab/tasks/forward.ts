/** One input through one trained model, many times and in many ways. */
import { setImmediate } from 'node:timers/promises';
import type { Matrix } from '../../data/matrix.js';
import type { NativeNetwork } from '../../native/network.js';
import { createNetwork } from '../../train/network.js';
import type { ForwardResult, ForwardTask } from '../experiment/task.js';
import type { Outcome, TaskContext } from './outcome.js';
import { startTraining } from './training.js';

/** Calls between two chances for an abort. */
const CALLS_AT_ONCE = 256;

/**
 * Trains the setting, then predicts the first test row: `calls` times for each combination of threads, batch and
 * instruction set, at every place of the batch in turn, among other test rows.
 */
export async function forward(task: ForwardTask, context: TaskContext): Promise<Outcome<ForwardResult>> {
  const { setting, isas, threads, batches } = task;
  const { recipe } = setting;
  const { trainee, data, steps } = startTraining(setting, context);
  const seen = new Set<string>();
  const ways: ForwardResult['ways'][number][] = [];
  try {
    await trainee.advance(steps, context.signal);
    const weights = trainee.readEach();
    for (const isa of isas) {
      const network = createNetwork(recipe, data.train.x.columns, { isa, emulate: recipe.emulate }, null);
      try {
        for (const { layer, kind, data: values } of weights) network.setParameter(layer, kind, 0, values);
        for (const team of threads) {
          for (const batch of batches) {
            const found = await outputsOf(network, data.test.x, { threads: team, batch, calls: task.calls }, context);
            for (const output of found) seen.add(output);
            ways.push({ threads: team, batch, isa, distinct: found.size });
          }
        }
      } finally {
        network.dispose();
      }
    }
  } finally {
    trainee.dispose();
  }
  return { result: { calls: task.calls * ways.length, distinct: seen.size, ways }, arrays: {} };
}

interface Way {
  readonly threads: number;
  readonly batch: number;
  readonly calls: number;
}

/** The different outputs, by their bits. */
async function outputsOf(
  network: NativeNetwork,
  test: Matrix,
  { threads, batch, calls }: Way,
  { signal }: TaskContext,
): Promise<ReadonlySet<string>> {
  const { columns } = test;
  const input = test.data.subarray(0, columns);
  const others = new (test.data instanceof Uint8Array ? Uint8Array : Float32Array)(batch * columns);
  for (let row = 0; row < batch; row += 1) {
    const from = (row % test.rows) * columns;
    others.set(test.data.subarray(from, from + columns), row * columns);
  }
  const found = new Set<string>();
  for (let call = 0; call < calls; call += 1) {
    if (call % CALLS_AT_ONCE === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
    const place = call % batch;
    const x = others.slice();
    x.set(input, place * columns);
    const outputs = network.predictSync({ x, rows: batch, threads });
    const units = outputs.length / batch;
    const { buffer, byteOffset } = outputs;
    found.add(Buffer.from(buffer, byteOffset + 4 * place * units, 4 * units).toString('latin1'));
  }
  return found;
}
