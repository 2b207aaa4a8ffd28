/** Models from files. */
import { expected } from '../errors.js';
import { fromStateDictOrder } from '../model/state-dict.js';
import type { NativeNetwork, Slot } from '../native/network.js';
import { damaged, inFile } from '../runs/file-errors.js';
import { type OpenFile, openInside, openNamed } from '../runs/inside.js';
import { type ModelTensor, parseModel, type SavedModel } from '../runs/model-file.js';
import { SafetensorsFile } from '../runs/safetensors.js';
import { SafetensorsBytes } from '../runs/safetensors-bytes.js';
import { fingerprintNetwork } from './fingerprint.js';
import { Sequential } from './sequential.js';

/**
 * The model of a file that `model.save` wrote: its weights, compiled as it was, and with what its optimizer remembers, so that
 * `fit` goes on to the bits of training that was never interrupted.
 *
 * @example
 * const model = await loadModel('iris.safetensors');
 * await model.predict(x);
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for a file that is missing, damaged or of another kind, and where the weights do not have
 * the fingerprint that it says.
 */
export async function loadModel(path: string): Promise<Sequential> {
  if (typeof path !== 'string' || path === '') throw expected('the path of a file', 'path', path);
  return loadOpened(await openNamed(path));
}

/** As {@link loadModel}, of a file in a folder that is not trusted: a link in its place is refused. */
export async function loadModelInside(folder: string, name: string): Promise<Sequential> {
  return loadOpened(await openInside(folder, [name]));
}

async function loadOpened(opened: OpenFile): Promise<Sequential> {
  const file = await SafetensorsFile.of(opened);
  try {
    const { saved, tensors } = parseModel(file.header, file.path);
    await file.checkSeal();
    const loading = new Loading(saved, file.path);
    try {
      for (const tensor of tensors) loading.put(tensor, await file.read(tensor.name, 'F32', tensor.shape));
      return loading.finish();
    } catch (cause) {
      loading.model.dispose();
      throw cause;
    }
  } finally {
    await file.close();
  }
}

/**
 * As {@link loadModel}, of a file's bytes.
 *
 * @param bytes What `model.toSafetensors()` gave.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export function modelFromSafetensors(bytes: Uint8Array): Sequential {
  if (!(bytes instanceof Uint8Array)) throw expected('a Uint8Array', 'bytes', bytes);
  const name = 'bytes';
  const file = new SafetensorsBytes(bytes, name);
  const { saved, tensors } = parseModel(file.header, name);
  file.checkSeal();
  const loading = new Loading(saved, name);
  try {
    for (const tensor of tensors) loading.put(tensor, file.read(tensor.name, 'F32', tensor.shape));
    return loading.finish();
  } catch (cause) {
    loading.model.dispose();
    throw cause;
  }
}

/** A model that gets its tensors one after another. */
class Loading {
  readonly model: Sequential;
  readonly #saved: SavedModel;
  readonly #file: string;
  readonly #network: NativeNetwork;

  /** @param file What errors call it. */
  constructor(saved: SavedModel, file: string) {
    this.#saved = saved;
    this.#file = file;
    const { model, seed, seeds, generator, flippedBit, preparation, compiled } = saved;
    this.model = new Sequential({ model, seed, seedDrawn: false, seeds, generator, flippedBit, preparation });
    if (compiled !== null) inFile(file, () => this.model.compile(compiled));
    this.#network = this.model.live.network(saved.inputs);
  }

  /** @param data In the file's order. */
  put({ parameter, slot }: ModelTensor, data: Float32Array): void {
    const values = fromStateDictOrder(parameter, data);
    inFile(this.#file, () => this.#network.setParameter(parameter.layer, parameter.kind, slot as Slot, values));
  }

  finish(): Sequential {
    const { live } = this.model;
    inFile(this.#file, () => this.#network.setCounters(this.#saved.counters));
    live.weightsSet();
    const found = fingerprintNetwork(this.#network, live.parameters('loadModel'), 'weights');
    if (found === this.#saved.fingerprint) return this.model;
    throw damaged(`weights of the fingerprint ${this.#saved.fingerprint}`, this.#file, found);
  }
}
