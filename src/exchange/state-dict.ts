/** Weights from and to PyTorch: the `state_dict` of a module. */
import * as v from 'valibot';
import { check, fields } from '../arguments.js';
import { expected } from '../errors.js';
import type { NamedTensor, Parameter } from '../model/description.js';
import type { Layer } from '../model/layers.js';
import { fromStateDictOrder, layerOf, stateDictName, stateDictShape, toStateDictOrder } from '../model/state-dict.js';
import { tensorSource } from '../runs/safetensors.js';
import { formatSafetensors, SafetensorsBytes } from '../runs/safetensors-bytes.js';
import type { Sequential } from '../train/sequential.js';

/** Options of {@link toStateDict} and {@link loadStateDict}. */
export interface StateDictOptions {
  /**
   * Names of PyTorch's modules, one for each layer with weights, in order: `['fc1', 'fc2']`. `'layers'`: the layers' own names.
   * `'sequential'`: their places in an `nn.Sequential` of the layers in which each activation and dropout is a module of its own:
   * `0`, `2`, …; those of a residual block `<place>.block.0`, …, as of a module that has them as `self.block = nn.Sequential(…)`.
   * @default 'layers'; to load also, where all modules are such places, those in ascending order
   */
  readonly modules?: 'layers' | 'sequential' | readonly string[];
}

const MODULES = "'layers', 'sequential', or an array of names";

const optionsSchema = fields({
  modules: v.optional(
    v.union([v.picklist(['layers', 'sequential'], MODULES), v.array(v.string(MODULES), MODULES)], MODULES),
  ),
});

/** Of what PyTorch keeps beside weights: how often a normalization saw a batch. Nothing here depends on it. */
const IGNORED = /\.num_batches_tracked$/;

/**
 * A model's weights as PyTorch has them: `dense_1.weight` [units, inputs] and `dense_1.bias` [units] of each layer.
 *
 * @example
 * await writeFile('net.safetensors', tensorsToSafetensors(toStateDict(model, { modules: 'sequential' })));
 * // Python: net.load_state_dict(safetensors.torch.load_file('net.safetensors'))
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function toStateDict(model: Sequential, options: StateDictOptions = {}): NamedTensor[] {
  const { modules = 'layers' } = check(optionsSchema, options, 'toStateDict');
  const weights = model.getWeights();
  const parameters = model.live.parameters('toStateDict');
  const names = namesOf(model, parameters, modules);
  return parameters.map((parameter, i) => ({
    name: names[i],
    shape: [...stateDictShape(parameter)],
    data: toStateDictOrder(parameter, weights[i].data),
  }));
}

/**
 * Sets a model's weights to those of a PyTorch module; optimizer state and counters stay.
 *
 * @param state What {@link toStateDict} or {@link tensorsFromSafetensors} gives, or the bytes of a safetensors file.
 * @example
 * // Python: safetensors.torch.save_file(net.state_dict(), 'net.safetensors')
 * loadStateDict(model, await readFile('net.safetensors'));
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` where a tensor is missing or not the model's, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA` for
 * values not finite, `ERR_SAMEBITS_FILE` for bytes that are no such file. Nothing is set then.
 */
export function loadStateDict(
  model: Sequential,
  state: readonly NamedTensor[] | Uint8Array,
  options: StateDictOptions = {},
): void {
  const { modules } = check(optionsSchema, options, 'loadStateDict');
  const tensors = tensorsOf(state);
  const parameters = model.live.parameters('loadStateDict');
  const names = namesOf(model, parameters, modules ?? modulesIn(tensors, parameters));
  for (const name of tensors.keys()) {
    if (!names.includes(name)) throw expected(`tensors of ${names.join(', ')}`, 'state', name);
  }
  const weights = parameters.map((parameter, i) => {
    const tensor = tensors.get(names[i]);
    if (tensor === undefined) throw expected(`the tensor ${names[i]}`, 'state', [...tensors.keys()]);
    const shape = stateDictShape(parameter);
    if (tensor.shape.join() !== shape.join() || tensor.data.length !== parameter.size) {
      throw expected(`[${shape.join(', ')}]`, `shape of ${names[i]}`, tensor.shape, 'ERR_SAMEBITS_SHAPE');
    }
    return { name: parameter.name, shape: parameter.shape, data: fromStateDictOrder(parameter, tensor.data) };
  });
  model.setWeights(weights);
}

/** The bytes of a safetensors file of these tensors, in binary32. */
export function tensorsToSafetensors(tensors: readonly NamedTensor[]): Uint8Array {
  const sources = tensors.map((tensor, i) => {
    const { name, shape, data } = checkTensor(tensor, `tensors[${i}]`);
    return tensorSource(name, shape, data);
  });
  return formatSafetensors(sources, {}, 'tensorsToSafetensors');
}

/**
 * All tensors of a safetensors file, in the order of their data.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for bytes that are no such file, and for elements other than binary32.
 */
export function tensorsFromSafetensors(bytes: Uint8Array): NamedTensor[] {
  if (!(bytes instanceof Uint8Array)) throw expected('a Uint8Array', 'bytes', bytes);
  const file = new SafetensorsBytes(bytes, 'bytes');
  const wanted = file.header.tensors.filter(({ name }) => !IGNORED.test(name));
  return wanted.map(({ name, shape }) => ({ name, shape, data: file.read(name, 'F32') }));
}

function tensorsOf(state: readonly NamedTensor[] | Uint8Array): ReadonlyMap<string, NamedTensor> {
  if (state instanceof Uint8Array) return byName(tensorsFromSafetensors(state));
  if (!Array.isArray(state)) throw expected('an array of tensors, or a Uint8Array,', 'state', state);
  return byName(state.map((tensor, i) => checkTensor(tensor, `state[${i}]`)));
}

function byName(tensors: readonly NamedTensor[]): Map<string, NamedTensor> {
  return new Map(tensors.filter(({ name }) => !IGNORED.test(name)).map((tensor) => [tensor.name, tensor]));
}

function checkTensor(tensor: NamedTensor, at: string): NamedTensor {
  const { name, shape, data } = Object(tensor) as NamedTensor;
  if (typeof name !== 'string') throw expected('a string', `${at}.name`, name);
  if (!Array.isArray(shape)) throw expected('an array of integers', `${at}.shape`, shape);
  if (!(data instanceof Float32Array)) throw expected('a Float32Array', `${at}.data`, data);
  return tensor;
}

/** The name of each parameter's tensor. */
function namesOf(
  model: Sequential,
  parameters: readonly Parameter[],
  modules: NonNullable<StateDictOptions['modules']>,
): string[] {
  if (modules === 'layers') return parameters.map((parameter) => stateDictName(parameter));
  const layers = [...new Set(parameters.map(layerOf))];
  const names = modules === 'sequential' ? sequentialPlaces(model.layers) : modules;
  if (names.length !== layers.length) {
    throw expected(`${layers.length} names, for ${layers.join(', ')}`, 'modules', names);
  }
  return parameters.map((parameter) => stateDictName(parameter, names[layers.indexOf(layerOf(parameter))]));
}

/** Places in an `nn.Sequential`. A rescaling has none: there it belongs to the data. @param within Where it stands itself. */
function sequentialPlaces(layers: readonly Layer[], within = ''): string[] {
  const places: string[] = [];
  let place = 0;
  for (const layer of layers) {
    if (layer.kind === 'rescaling') continue;
    if (layer.kind === 'tableInput') {
      throw expected("'layers' or names, as nn.Sequential has nothing like tableInput,", 'modules', 'sequential');
    }
    if (layer.kind === 'embedding') {
      places.push(`${within}${place}`);
      // nn.Flatten puts the vectors side by side.
      place += 2;
      continue;
    }
    if (layer.kind === 'residual') places.push(...sequentialPlaces(layer.layers, `${within}${place}.block.`));
    if (hasTensors(layer)) places.push(`${within}${place}`);
    if (layer.kind === 'dense' && layer.activation !== 'linear') place += 1;
    place += 1;
  }
  return places;
}

function hasTensors(layer: Layer): boolean {
  if (layer.kind === 'layerNormalization') return layer.scale || layer.center;
  return layer.kind === 'dense' || layer.kind === 'batchNormalization';
}

/** Modules that are places in ascending order; else they should have the layers' names. */
function modulesIn(tensors: ReadonlyMap<string, NamedTensor>, parameters: readonly Parameter[]): 'layers' | string[] {
  if (parameters.every((parameter) => tensors.has(stateDictName(parameter)))) return 'layers';
  const modules = new Set([...tensors.keys()].map((name) => name.slice(0, name.lastIndexOf('.'))));
  const numbered = [...modules].every((module) => /^\d{1,9}(\.block\.\d{1,9})*$/.test(module));
  return numbered ? [...modules].sort(comparePlaces) : 'layers';
}

/** `10` after `2.block.3` after `2.block.1`. */
function comparePlaces(a: string, b: string): number {
  const [first, second] = [a, b].map((place) => place.split('.block.').map(Number));
  const apart = first.findIndex((number, i) => number !== second[i]);
  return apart < 0 ? -1 : first[apart] - (second[apart] ?? -1);
}
