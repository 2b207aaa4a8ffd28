/** Sums of many numbers, in many orders. */
import { setImmediate } from 'node:timers/promises';
import { addon } from '../../native/addon.js';
import { bestInstructionSet } from '../../native/instruction-set.js';
import { Draws } from '../../random/draws.js';
import type { Seed } from '../../random/seed.js';
import type { ParallelSums, SumOfOrder, SumResult, SumTask } from '../experiment/task.js';
import { Deviates } from '../statistics/deviates.js';
import { exactSum } from './exact-sum.js';
import type { Outcome, TaskContext } from './outcome.js';

const fround = Math.fround;
const AT_ONCE = 0x1_0000;

export async function sum(task: SumTask, { signal }: TaskContext): Promise<Outcome<SumResult>> {
  const pause = async (): Promise<void> => {
    await setImmediate();
    signal.throwIfAborted();
  };
  const given = mixedNumbers(task.seed, task.numbers);
  const orders: SumOfOrder[] = [];
  for (let order = 0; order < task.orders; order += 1) {
    await pause();
    orders.push(inOrder(order === 0 ? given : shuffled(given, task.seed, order)));
  }
  const parallel: ParallelSums[] = [];
  for (const workers of task.workers) {
    await pause();
    const free = new Map<number, number>();
    for (let repeat = 0; repeat < task.repeats; repeat += 1) {
      const found = await nativeSum(given, workers, 'free');
      free.set(found, (free.get(found) ?? 0) + 1);
      signal.throwIfAborted();
    }
    parallel.push({
      workers,
      split: splitByCount(given, workers),
      tree: await nativeSum(given, workers, 'fixed'),
      free: [...free].map(([value, count]) => ({ sum: value, count })).sort((a, b) => a.sum - b.sum),
    });
  }
  return { result: { exact: exactSum(given), orders, parallel, tenths: tenths() }, arrays: {} };
}

/**
 * Numbers of mixed sign and size, as gradients are: `n · exp(m + m)` in binary32, `n` and `m` the normal numbers of the
 * streams `lab/sum/signs` and `lab/sum/sizes`.
 */
export function mixedNumbers(seed: Seed, count: number): Float32Array {
  const signs = new Draws({ seed, generator: 'philox', name: 'lab/sum/signs' });
  const sizes = new Draws({ seed, generator: 'philox', name: 'lab/sum/sizes' });
  const numbers = new Float32Array(count);
  for (let at = 0; at < count; at += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - at);
    const factors = addon().elementary(
      'exp',
      sizes.normals(some).map((value) => value + value),
      bestInstructionSet(),
    );
    const drawn = signs.normals(some);
    for (let i = 0; i < some; i += 1) numbers[at + i] = drawn[i] * factors[i];
  }
  return numbers;
}

function shuffled(values: Float32Array, seed: Seed, order: number): Float32Array {
  const deviates = new Deviates(seed, `sum/order/${order}`);
  const copy = values.slice();
  for (let i = copy.length - 1; i >= 1; i -= 1) {
    const j = deviates.below(i + 1);
    const swapped = copy[i];
    copy[i] = copy[j];
    copy[j] = swapped;
  }
  return copy;
}

function inOrder(values: Float32Array): SumOfOrder {
  let narrow = 0;
  let wide = 0;
  for (let i = 0; i < values.length; i += 1) {
    narrow = fround(narrow + values[i]);
    wide += values[i];
  }
  return { float32: narrow, float64: wide };
}

/** Each worker sums its share in order; the partial sums are added in the order of the workers. */
function splitByCount(values: Float32Array, workers: number): number {
  const share = Math.ceil(values.length / workers);
  let total = 0;
  for (let worker = 0; worker < workers; worker += 1) {
    total = fround(total + inOrder(values.subarray(worker * share, (worker + 1) * share)).float32);
  }
  return total;
}

function nativeSum(values: Float32Array, threads: number, reduction: 'fixed' | 'free'): Promise<number> {
  return addon().sum(values, { threads, reduction, isa: bestInstructionSet() });
}

function tenths(): SumResult['tenths'] {
  const narrow = fround(fround(0.1) + fround(0.2));
  const wide = 0.1 + 0.2;
  return {
    float32: { sum: narrow, equal: narrow === fround(0.3) },
    float64: { sum: wide, equal: wide === 0.3 },
  };
}
