/** Recordings of free order: which chain took which rows, and which chain was added to which, step after step. */
import { expected } from '../errors.js';
import type { Reduction, StepOrders } from '../native/network.js';
import type { Recording } from '../runs/recording.js';

/** What a recording has to fit. */
export type RecordedShape = Omit<Recording, 'orders'>;

/**
 * Fixed order has nothing to record or replay: silently it would only look as if it had.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function checkRecordable(reduction: Reduction, record: boolean, replay: Recording | null): void {
  if (reduction === 'free') return;
  if (record) throw expected("reduction 'free' for record: true", 'reduction', reduction);
  if (replay !== null) throw expected("reduction 'free' for replay", 'reduction', reduction);
}

/**
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for what is no recording; `ERR_SAMEBITS_SHAPE` for one of a run with other
 * rows, batches, units or steps.
 */
export function checkRecording(recording: Recording, shape: RecordedShape): void {
  if (typeof recording !== 'object' || recording === null || !(recording.orders instanceof Uint32Array)) {
    throw expected('a recording, as run.recording is', 'replay', recording);
  }
  for (const key of ['rows', 'batchSize', 'freeGrain', 'steps'] as const) {
    if (recording[key] !== shape[key]) {
      throw expected(`${shape[key]}, as in this run,`, `replay.${key}`, recording[key], 'ERR_SAMEBITS_SHAPE');
    }
  }
  if (endOfSteps(recording.orders, 0, recording.steps) !== recording.orders.length) {
    throw expected(`the orders of ${recording.steps} steps`, 'replay.orders', recording.orders, 'ERR_SAMEBITS_SHAPE');
  }
}

/** Where `steps` steps that begin at `start` end; beyond the end of `orders` where they are cut short. */
export function endOfSteps(orders: StepOrders, start: number, steps: number): number {
  let at = start;
  for (let step = 0; step < steps; step += 1) {
    const chains = orders[at] ?? Number.POSITIVE_INFINITY;
    at += 1;
    for (let chain = 0; chain < chains && at < orders.length; chain += 1) at += 1 + orders[at];
    at += 2 * Math.max(chains - 1, 0);
    if (at > orders.length) return Number.POSITIVE_INFINITY;
  }
  return at;
}

/** One list of orders from those of several calls. */
export function joinOrders(parts: readonly StepOrders[]): StepOrders {
  const joined = new Uint32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
