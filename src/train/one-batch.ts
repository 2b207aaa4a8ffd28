/** A single step on one batch. */
import type { NativeData, NativeNetwork, TrainResult } from '../native/network.js';
import type { ResolvedExecution } from './execution.js';
import type { checkStepOptions } from './fit-options.js';

/** Makes one step on all rows of `data`; the epoch counter and the position in an epoch stay. */
export function trainOneBatch(
  network: NativeNetwork,
  data: NativeData,
  execution: ResolvedExecution,
  options: ReturnType<typeof checkStepOptions>,
): Promise<TrainResult> {
  return network.train({
    ...data,
    threads: execution.threads,
    reduction: execution.reduction,
    batchSize: data.rows,
    batchLeaf: options.batchLeaf,
    freeGrain: options.freeGrain,
    plan: options.plan,
    microBatchSize: options.microBatchSize ?? null,
    shuffle: null,
    order: null,
    inEpoch: false,
    maxSteps: 1,
    stopAtEpochEnd: false,
    maxEpochs: 1,
    maxMilliseconds: Number.POSITIVE_INFINITY,
    stopOnNonFinite: options.onNonFinite === 'stop',
    record: false,
    replay: null,
  });
}
