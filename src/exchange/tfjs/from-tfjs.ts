/** Models of tfjs and Keras. */
import * as v from 'valibot';
import { check, fields } from '../../arguments.js';
import { expected } from '../../errors.js';
import type { NamedTensor } from '../../model/description.js';
import type { Layer } from '../../model/layers.js';
import { layerOf } from '../../model/state-dict.js';
import type { ParameterKind } from '../../native/network.js';
import { type Seed, seedSchema } from '../../random/seed.js';
import { damaged, inFile } from '../../runs/file-errors.js';
import { sequential } from '../../train/build.js';
import type { Sequential } from '../../train/sequential.js';
import { type FoundModel, fromMemory, readModel, type TfjsArtifacts } from './artifacts.js';
import { type ReadTopology, readTopology } from './topology.js';
import type { TfjsTensor } from './weights.js';

/** Options of {@link fromTfjs}. */
export interface FromTfjsOptions {
  /** Of what is random in further training. @default drawn */
  readonly seed?: Seed;
}

const optionsSchema = fields({ seed: v.optional(seedSchema) });

/** A weight's name within its layer: `moving_mean` for movingMean. */
function kerasName(kind: ParameterKind): string {
  return kind.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * A layers model of tfjs: a Sequential stack of Dense, Activation, ReLU, LeakyReLU, ELU, Softmax, Dropout, GaussianNoise,
 * BatchNormalization and LayerNormalization layers, with Rescaling or Flatten as first ones. Its predictions are those of tfjs but for
 * roundings. It is not compiled, and what decides only how weights begin is not taken over.
 *
 * @param source The path of `model.json` or of its folder, or what `model.save(tf.io.withSaveHandler(…))` hands over.
 * @example
 * const model = await fromTfjs('my-model/model.json');
 * model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for files that are missing or damaged, name others outside of their folder, or have what is not
 * supported: then the message names layer and feature.
 */
export async function fromTfjs(source: string | TfjsArtifacts, options: FromTfjsOptions = {}): Promise<Sequential> {
  const { seed } = check(optionsSchema, options, 'fromTfjs');
  if (typeof source !== 'string' && (typeof source !== 'object' || source === null)) {
    throw expected('a path, or { modelTopology, weightSpecs, weightData },', 'source', source);
  }
  const found = typeof source === 'string' ? await readModel(source) : fromMemory(source);
  const topology = readTopology(found.topology, found.file);
  const inputs = inputsOf(topology, found);
  const model = inFile(found.file, () => built(topology, inputs, seed));
  try {
    inFile(found.file, () => model.setWeights(weightsOf(model, topology, found)));
    return model;
  } catch (cause) {
    model.dispose();
    throw cause;
  }
}

function built({ name, layers }: ReadTopology, inputs: number, seed: Seed | undefined): Sequential {
  const [first, ...others] = layers;
  const described = [{ ...first, inputShape: [inputs] }, ...others] as unknown as readonly Layer[];
  return sequential({
    layers: described,
    ...(name === undefined ? {} : { name }),
    ...(seed === undefined ? {} : { seed }),
  });
}

/** Weights in our order, each of the shape that the layers give it. */
function weightsOf(model: Sequential, { names }: ReadTopology, { weights, file }: FoundModel): NamedTensor[] {
  const parameters = model.live.parameters('fromTfjs');
  if (weights.size !== parameters.length) {
    throw damaged(`${parameters.length} weights, of ${[...names.values()].join(', ')}`, file, [...weights.keys()]);
  }
  return parameters.map((parameter) => {
    const layer = layerOf(parameter);
    const name = nameOf(`${names.get(layer) ?? layer}/${kerasName(parameter.kind)}`, weights, file);
    const { shape, data } = weights.get(name) as TfjsTensor;
    if (shape.join() !== parameter.shape.join()) {
      throw damaged(`[${parameter.shape.join(', ')}]`, `shape of ${name} of ${file}`, shape);
    }
    return { name: parameter.name, shape: parameter.shape, data };
  });
}

/** The name of a weight, which some programs begin with the name of the model. */
function nameOf(wanted: string, weights: ReadonlyMap<string, TfjsTensor>, file: string): string {
  if (weights.has(wanted)) return wanted;
  const candidates = [...weights.keys()].filter((name) => name.endsWith(`/${wanted}`));
  if (candidates.length === 1) return candidates[0];
  throw damaged(`the weight ${wanted}`, file, [...weights.keys()]);
}

/** Columns of the data, or as many as the first weight has rows. */
function inputsOf({ inputs, layers }: ReadTopology, { weights, file }: FoundModel): number {
  const [first] = layers;
  if (first === undefined) throw damaged('at least one layer', file, []);
  const columns = inputs ?? [...weights.values()][0]?.shape[0];
  if (columns !== undefined) return columns;
  throw damaged('layers that say how many columns the data have', file, undefined);
}
