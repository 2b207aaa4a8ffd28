/** Models of tfjs, made and asked with tfjs itself. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { TfjsArtifacts } from 'samebits';

const require = createRequire(import.meta.url);
// Says once that a faster backend is there: not to everybody who runs the tests.
console.warn = () => {};
export const tf = require('@tensorflow/tfjs-core') as typeof import('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const tfLayers = require('@tensorflow/tfjs-layers') as typeof import('@tensorflow/tfjs-layers');
export const { layers: tfl, regularizers, sequential: tfSequential } = tfLayers;
export type TfLayer = ReturnType<typeof tfl.dense>;
export type TfSequential = ReturnType<typeof tfSequential>;

export const ROWS = 19;

/** A stack whose weights are drawn from a seed, on both sides of 0. */
export function tfModel(layers: readonly unknown[], seed = 1): TfSequential {
  const model = tfSequential({ layers: layers as TfLayer[] });
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const set = model.getWeights().map((weight, i) => {
    // Variances are above 0.
    const least = model.weights[i].name.includes('variance') ? 0.6 : 0;
    return tf.tensor(
      Float32Array.from({ length: weight.size }, () => least + next()),
      weight.shape,
    );
  });
  model.setWeights(set);
  return model;
}

/** On both sides of 0, small and large. */
export function rowsOf(inputs: number): Float32Array {
  return Float32Array.from({ length: ROWS * inputs }, (_, i) => 3 * Math.sin(1 + i * i));
}

export async function tfPredictions(model: TfSequential, inputs: number): Promise<Float32Array> {
  const x = tf.tensor(rowsOf(inputs), [ROWS, ...(model.inputs[0].shape.slice(1) as number[])]);
  return (await (model.predict(x) as ReturnType<typeof tf.tensor>).data()) as Float32Array;
}

/** What tfjs hands over to be saved. */
export async function artifactsOf(model: TfSequential): Promise<TfjsArtifacts> {
  const saved: TfjsArtifacts[] = [];
  await model.save({
    save: async (artifacts) => {
      saved.push(artifacts as unknown as TfjsArtifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  return saved[0];
}

/** Writes a model as tfjs does in Node: `model.json`, and the weights in files of `shardBytes`. */
export function writeModel(
  folder: string,
  { modelTopology, weightSpecs, weightData }: TfjsArtifacts,
  { shardBytes = 1 << 22, shardFolder = '' } = {},
): string {
  mkdirSync(join(folder, shardFolder), { recursive: true });
  const bytes = Buffer.from(weightData as ArrayBuffer);
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const paths = Array.from({ length: count }, (_, i) => join(shardFolder, `group1-shard${i + 1}of${count}.bin`));
  for (const [i, path] of paths.entries()) {
    writeFileSync(join(folder, path), bytes.subarray(i * shardBytes, (i + 1) * shardBytes));
  }
  const document = {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths, weights: weightSpecs }],
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(document));
  return join(folder, 'model.json');
}
