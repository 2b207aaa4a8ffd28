/** Models as files. */
import { check, fields, flag } from '../arguments.js';
import type { Preparation } from '../data/prepare/preparation.js';
import { expected } from '../errors.js';
import { slotNames } from '../model/optimizers.js';
import { toStateDictOrder } from '../model/state-dict.js';
import type { Slot } from '../native/network.js';
import { modelMetadata, modelTensors } from '../runs/model-file.js';
import { type TensorSource, writeSafetensors } from '../runs/safetensors.js';
import { formatSealedSafetensors } from '../runs/safetensors-bytes.js';
import { fingerprintNetwork } from './fingerprint.js';
import { countersAnew } from './learning-rate.js';
import type { LiveNetwork } from './live-network.js';
import type { Blueprint, Compiled } from './sequential-options.js';

/** Options of `save` and `toSafetensors`. */
export interface SaveOptions {
  /**
   * With what the optimizer remembers, so that training goes on to the bits of one that was not interrupted. Without, the
   * file is smaller and has weights only, under the names of a `state_dict`.
   * @default true
   */
  readonly optimizer?: boolean;
}

/** A model that may not be compiled. */
export interface SavableModel {
  readonly live: LiveNetwork;
  readonly blueprint: Blueprint;
  readonly compiled: Compiled | null;
  readonly preparation: Preparation | null;
}

interface FileContent {
  readonly tensors: readonly TensorSource[];
  readonly metadata: Readonly<Record<string, string>>;
}

const saveSchema = fields({ optimizer: flag });

/** Writes a model's file; steps of training wait until it is written. */
export async function saveModel(model: SavableModel, path: string, options: SaveOptions): Promise<void> {
  if (typeof path !== 'string' || path === '') throw expected('the path of a file', 'path', path);
  const checked = checkOptions(options, 'save');
  await model.live.read('save', async () => {
    const { tensors, metadata } = contentOf(model, checked, 'save');
    await writeSafetensors(path, tensors, metadata);
  });
}

/** The bytes of a model's file. */
export function modelBytes(model: SavableModel, options: SaveOptions): Buffer {
  const checked = checkOptions(options, 'toSafetensors');
  model.live.checkReadable('toSafetensors');
  const { tensors, metadata } = contentOf(model, checked, 'toSafetensors');
  return formatSealedSafetensors(tensors, metadata, 'toSafetensors');
}

function checkOptions(options: SaveOptions, name: string): Required<SaveOptions> {
  return check(saveSchema, { optimizer: true, ...Object(options) }, name);
}

function contentOf(
  { live, blueprint, compiled, preparation }: SavableModel,
  options: Required<SaveOptions>,
  what: string,
): FileContent {
  const network = live.networkAsDeclared(what);
  const optimizerState = options.optimizer && slotNames(compiled?.optimizer).length > 0;
  const { model, seed, seeds, generator, flippedBit } = blueprint;
  const saved = {
    model,
    inputs: live.knownInputs(what),
    seed,
    seeds,
    generator,
    flippedBit,
    compiled,
    counters: options.optimizer
      ? network.getCounters()
      : // An optimizer without its memory starts anew, as after `compile`.
        countersAnew(network.getCounters(), compiled?.optimizer),
    preparation,
    fingerprint: fingerprintNetwork(network, live.parameters(what), 'weights'),
    optimizerState,
  };
  const tensors = modelTensors(saved).map(({ name, shape, parameter, slot }): TensorSource => {
    const parts = function* (): Iterable<Float32Array> {
      const data = network.getParameter(parameter.layer, parameter.kind, slot as Slot);
      yield toStateDictOrder(parameter, data);
    };
    return { name, dtype: 'F32', shape, parts };
  });
  return { tensors, metadata: modelMetadata(saved) };
}
