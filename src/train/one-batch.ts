/** A single step on one batch. */
import { asMatrix, type MatrixLike } from '../data/matrix.js';
import { checkClassWeights } from '../model/class-weights.js';
import { outputUnits } from '../model/description.js';
import type { NativeData, NativeNetwork, TrainResult } from '../native/network.js';
import { checkRepeatable, type ResolvedExecution, resolveExecution } from './execution.js';
import { nonFiniteError, nonFiniteTensor } from './fit.js';
import { checkStepOptions, type StepOptions } from './fit-options.js';
import { checkIndices } from './indices.js';
import { MetricsOf } from './metrics-of.js';
import { checkMicroBatchSize } from './micro-batches.js';
import { weighRows } from './row-weights.js';
import type { TrainedMetrics } from './run.js';
import { keepSamples, type Targets } from './samples.js';
import type { ModelParts } from './train-model.js';

/** As `trainOnBatch` of a model says. */
export function stepOnBatch(
  { live, blueprint, compiled }: ModelParts,
  x: MatrixLike,
  y: Targets,
  options: StepOptions,
): Promise<TrainedMetrics> {
  live.checkFree('trainOnBatch');
  const checked = checkStepOptions(options);
  const execution = resolveExecution(checked);
  checkRepeatable(execution, { seedDrawn: blueprint.seedDrawn, replays: false });
  const { model } = blueprint;
  const place = { ...checked, reduction: execution.reduction, model };
  checkMicroBatchSize(checked.microBatchSize, place, 'trainOnBatch');
  const hardware = { isa: execution.isa, emulate: checked.emulate };
  const matrix = asMatrix(x, 'x', live.inputs);
  checkIndices(model, matrix, 'x');
  const { loss } = compiled;
  const units = outputUnits(model);
  checkClassWeights(checked.classWeights, loss, units);
  const samples = keepSamples(matrix, y, { loss, units }, undefined, checked.sampleWeights);
  const data = weighRows(samples, loss, checked.classWeights);
  return live.hold('trainOnBatch', async () => {
    const result = await live.step(() =>
      trainOneBatch(live.network(matrix.columns, hardware), data, execution, checked),
    );
    if (result.nonFinite !== null && checked.onNonFinite === 'stop') {
      throw nonFiniteError({ step: 1, tensor: nonFiniteTensor(live, result.nonFinite) });
    }
    return new MetricsOf(units, compiled).trained(result.stepLosses[0], result.stepHits[0], data.rows);
  });
}

/** Makes one step on all rows of `data`; the epoch counter and the position in an epoch stay. */
function trainOneBatch(
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
