/** Recordings of free order, as runs keep them. */
import type { StepOrders } from '../native/network.js';

/**
 * How each step of a run in free order was summed. Replaying it gives the run's bits again, at any thread count and on
 * any instruction set.
 */
export interface Recording {
  /** Rows of the data. */
  readonly rows: number;
  readonly batchSize: number;
  /** Rows of a unit. */
  readonly freeGrain: number;
  readonly steps: number;
  /**
   * For each step: number of chains c; c times the number of units and the units in the order taken; c - 1 merges
   * (into, from), meaning that chain `into` becomes `into + from`.
   */
  readonly orders: StepOrders;
}
