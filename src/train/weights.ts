/** Weights at the border: named, shaped, row-major. */
import { asMatrix } from '../data/matrix.js';
import { expected } from '../errors.js';
import type { NamedTensor, Parameter } from '../model/description.js';
import type { NativeNetwork, Slot } from '../native/network.js';

/** Copies of all weights, or of another slot of theirs, in model order. */
export function readWeights(network: NativeNetwork, parameters: readonly Parameter[], slot: Slot = 0): NamedTensor[] {
  return parameters.map(({ layer, kind, name, shape }) => ({
    name,
    shape: [...shape],
    data: network.getParameter(layer, kind, slot),
  }));
}

/**
 * Sets all weights, in model order; nothing is set where one does not fit.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, or `ERR_SAMEBITS_DATA` for values not finite.
 */
export function writeWeights(
  network: NativeNetwork,
  parameters: readonly Parameter[],
  weights: readonly NamedTensor[],
): void {
  if (!Array.isArray(weights)) throw expected('an array of tensors, as getWeights() gives,', 'weights', weights);
  if (weights.length !== parameters.length) {
    throw expected(`${parameters.length} tensors`, 'weights.length', weights.length, 'ERR_SAMEBITS_SHAPE');
  }
  for (const [index, parameter] of parameters.entries()) checkTensor(parameter, weights[index], `weights[${index}]`);
  putWeights(network, parameters, weights);
}

/** As {@link writeWeights}, of weights that {@link readWeights} gave. */
export function putWeights(
  network: NativeNetwork,
  parameters: readonly Parameter[],
  weights: readonly NamedTensor[],
): void {
  for (const [index, { layer, kind }] of parameters.entries()) {
    network.setParameter(layer, kind, 0, weights[index].data);
  }
}

function checkTensor({ name, shape, size }: Parameter, tensor: NamedTensor, at: string): void {
  if (typeof tensor !== 'object' || tensor === null) throw expected('{ name, shape, data }', at, tensor);
  if (tensor.name !== name) throw expected(`'${name}', in model order,`, `${at}.name`, tensor.name);
  if (!Array.isArray(tensor.shape) || tensor.shape.join() !== shape.join()) {
    throw expected(`[${shape.join(', ')}]`, `${at}.shape`, tensor.shape, 'ERR_SAMEBITS_SHAPE');
  }
  if (!(tensor.data instanceof Float32Array)) throw expected('a Float32Array', `${at}.data`, tensor.data);
  if (tensor.data.length !== size) throw expected(`${size} elements`, `${at}.data`, tensor.data, 'ERR_SAMEBITS_SHAPE');
  asMatrix(tensor.data, `${at}.data`, shape[shape.length - 1]);
}
