/** The smallest change of initial weights: one bit (docs/numerics.md, "A flipped bit"). */
import * as v from 'valibot';
import { fields, integer, type Schema } from '../arguments.js';
import { expected } from '../errors.js';
import { type ModelDescription, type Parameter, parametersOf } from './description.js';

/** One bit of one initial weight, to be inverted. */
export interface FlippedBit {
  /** `<layer>/kernel` or `<layer>/bias`. */
  readonly tensor: string;
  /** Row-major position in the tensor. */
  readonly index: number;
  /** 0, the lowest of the significand, to 31, the sign. High ones of the exponent may give an infinite weight or NaN. */
  readonly bit: number;
}

export const flippedBitSchema: Schema<FlippedBit | null> = v.nullable(
  fields({ tensor: v.string('the name of a tensor'), index: integer(0), bit: integer(0, 31) }),
);

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a tensor that the model does not have. */
export function checkFlippedBit(flipped: FlippedBit | null, model: ModelDescription, name: string): void {
  if (flipped === null) return;
  const tensors = parametersOf(model, 1).map((parameter) => parameter.name);
  if (tensors.includes(flipped.tensor)) return;
  throw expected(`one of ${tensors.join(', ')}`, `${name}.tensor`, flipped.tensor);
}

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for an index beyond the tensor. */
export function checkFlippedIndex({ tensor, index }: FlippedBit, { size }: Parameter): void {
  if (index < size) return;
  throw expected(`an integer below the ${size} elements of ${tensor}`, 'flippedBit.index', index);
}

/** `value` with one bit of its binary32 inverted. */
export function withFlippedBit(value: number, bit: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  view.setUint32(0, view.getUint32(0) ^ (1 << bit));
  return view.getFloat32(0);
}
