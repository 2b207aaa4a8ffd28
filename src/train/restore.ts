/** Models with the state that a run folder holds. */
import * as v from 'valibot';
import { check, fields, oneOf } from '../arguments.js';
import { type NamedTensor, slotsOf } from '../model/description.js';
import { slotNames } from '../model/optimizers.js';
import type { NativeNetwork } from '../native/network.js';
import type { Checkpoint } from '../runs/checkpoint.js';
import { damaged, inFile } from '../runs/file-errors.js';
import { openRun, type RunFolder } from '../runs/open-run.js';
import { modelFromRecipe } from './build.js';
import { fingerprintNetwork } from './fingerprint.js';
import type { Hardware } from './network.js';
import { writeState } from './network.js';
import type { Sequential } from './sequential.js';

/** Options of {@link modelFromRun}. */
export interface ModelFromRunOptions {
  /** Those of the run's end, or of the epoch that was best (`fit({ best })`). @default 'final' */
  readonly weights?: 'final' | 'best';
}

const optionsSchema = fields({ weights: v.optional(oneOf(['final', 'best'] as const), 'final') });

/**
 * The model of a run folder, compiled: with its final weights, optimizer state and counters; of an unfinished run those of
 * its newest checkpoint; and the initial weights where there is none yet.
 *
 * @example
 * const model = await modelFromRun('runs/a');
 * await model.predict(x);
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`, also where no best weights were kept.
 */
export async function modelFromRun(folder: string, options: ModelFromRunOptions = {}): Promise<Sequential> {
  const { weights } = check(optionsSchema, options, 'modelFromRun');
  const run = await openRun(folder);
  const model = await modelOf(run);
  try {
    if (weights === 'best') model.setWeights(await bestWeights(run));
    else await restoreLast(run, model);
    return model;
  } catch (cause) {
    model.dispose();
    throw cause;
  }
}

/** A fresh model of the run, which prepares rows of tables as it did. */
export async function modelOf(run: RunFolder): Promise<Sequential> {
  return modelFromRecipe(run.manifest.recipe, await run.preparation());
}

async function bestWeights(run: RunFolder): Promise<readonly NamedTensor[]> {
  const { result } = run.manifest;
  const best = result === null ? (await run.lastCheckpoint())?.bestWeights : await run.bestWeights();
  if (!best) throw damaged("a run whose best weights were kept, as fit({ best: 'val_loss' }) does,", run.path, 'none');
  return best;
}

async function restoreLast(run: RunFolder, model: Sequential): Promise<void> {
  const { result } = run.manifest;
  const checkpoint = await run.lastCheckpoint();
  if (checkpoint !== null && (result === null || checkpoint.step === result.steps)) {
    restore(run, model, checkpoint);
  } else if (result !== null) {
    // Its checkpoints were removed: without the optimizer's state.
    model.setWeights(await run.weights());
  }
}

/**
 * Gives a fresh model of the run the state of a checkpoint.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` where that is not the state whose fingerprint the checkpoint has.
 */
export function restore(run: RunFolder, model: Sequential, checkpoint: Checkpoint, hardware?: Hardware): NativeNetwork {
  const { live, compiled } = model.parts;
  const { data } = run.manifest;
  const parameters = live.parameters('resume');
  const slots = slotNames(compiled.optimizer);
  const network = live.network(data.columns, hardware);
  const tensors = checkpoint.weights.map((weights, i) => [
    weights.data,
    ...slotsOf(parameters[i], slots).map((slot) => checkpoint.optimizer[i][slot]),
  ]);
  const file = `step ${checkpoint.step} of ${run.path}`;
  inFile(file, () => writeState(network, parameters, { tensors, counters: checkpoint.counters }));
  live.weightsSet();
  const found = fingerprintNetwork(network, parameters, 'state', slots);
  if (found !== checkpoint.fingerprint) throw damaged(`the state ${checkpoint.fingerprint}`, file, found);
  return network;
}
