/** How far the weights of two runs are apart. */
import {
  DistanceSums,
  type Distances,
  distances,
  type ElementDifference,
  elementDifference,
  firstDifferingIndex,
} from '../../compare/distances.js';
import { expected } from '../../errors.js';
import { countFar, type Tolerances } from './allclose.js';

/** A tensor by name; what `getWeights()` gives will do. */
export interface NamedArray {
  readonly name: string;
  readonly data: Float32Array;
}

/** Distances of arrays, with what they are out of. Numbers may be NaN or infinite where values are. */
export interface ArrayDistances extends Distances {
  readonly elements: number;
  /** Whether all have the same bits, every NaN being the same. */
  readonly equalBits: boolean;
  /** Elements beyond the tolerances; see `isClose`. */
  readonly far: number;
  /** Whether there are none. */
  readonly allclose: boolean;
}

/** {@link ArrayDistances} of one tensor. */
export interface TensorDistances extends ArrayDistances {
  readonly name: string;
}

/** Distances of all weights, and of each tensor. */
export interface WeightDistances extends ArrayDistances {
  readonly tensors: readonly TensorDistances[];
  /** The first element, in model order, with other bits. */
  readonly firstDifference: (ElementDifference & { readonly tensor: string }) | null;
}

/** {@link ArrayDistances} of `b` from `a`, arrays of the same length. */
export function arrayDistances(a: Float32Array, b: Float32Array, tolerances: Tolerances = {}): ArrayDistances {
  return describe(distances(a, b), a.length, countFar(a, b, tolerances));
}

/**
 * Distances of the weights `b` from the weights `a`, the reference of relative ones; `allclose` is relative to `b`, as
 * NumPy's.
 *
 * @param a All weights of the one run, in model order.
 * @param b Tensors of the same names and lengths, in the same order.
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` where the tensors don't match.
 */
export function weightDistances(
  a: readonly NamedArray[],
  b: readonly NamedArray[],
  tolerances: Tolerances = {},
): WeightDistances {
  checkMatching(a, b);
  const sums = new DistanceSums();
  a.forEach(({ data }, i) => {
    sums.add(data, b[i].data);
  });
  const tensors = a.map(({ name, data }, i) => ({ name, ...arrayDistances(data, b[i].data, tolerances) }));
  const elements = tensors.reduce((sum, tensor) => sum + tensor.elements, 0);
  const far = tensors.reduce((sum, tensor) => sum + tensor.far, 0);
  return { ...describe(sums.get(), elements, far), tensors, firstDifference: firstDifference(a, b) };
}

/**
 * The first element, in model order, at which two sets of tensors have other bits; null where there is none.
 *
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` where the tensors don't match.
 */
export function firstDifference(
  a: readonly NamedArray[],
  b: readonly NamedArray[],
): (ElementDifference & { readonly tensor: string }) | null {
  checkMatching(a, b);
  for (const [i, { name, data }] of a.entries()) {
    const index = firstDifferingIndex(data, b[i].data);
    if (index >= 0) return { tensor: name, ...elementDifference(data, b[i].data, index) };
  }
  return null;
}

function describe(found: Distances, elements: number, far: number): ArrayDistances {
  return { ...found, elements, equalBits: found.differing === 0, far, allclose: far === 0 };
}

function checkMatching(a: readonly NamedArray[], b: readonly NamedArray[]): void {
  if (a.length !== b.length) throw expected(`${a.length} tensors`, 'b', b.length, 'ERR_SAMEBITS_SHAPE');
  a.forEach(({ name, data }, i) => {
    if (b[i].name !== name) throw expected(`'${name}'`, `b[${i}].name`, b[i].name, 'ERR_SAMEBITS_SHAPE');
    if (b[i].data.length !== data.length) {
      throw expected(`${data.length} elements`, `b[${i}].data`, b[i].data, 'ERR_SAMEBITS_SHAPE');
    }
  });
}
