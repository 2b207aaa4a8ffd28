/** Weights of tfjs: specifications, and elements one after another in the bytes of a group of files. */
import * as v from 'valibot';
import { check, integer, oneOf, type Schema } from '../../arguments.js';
import { damaged, inFile } from '../../runs/file-errors.js';

/** A weight that was read. */
export interface TfjsTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Whole numbers stand for `min + scale · q`; float16 for itself. */
type Quantization =
  | { readonly dtype: 'uint8' | 'uint16'; readonly scale: number; readonly min: number }
  | { readonly dtype: 'float16' };

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32';
  readonly quantization?: Quantization;
}

const BYTES = { float32: 4, uint8: 1, uint16: 2, float16: 2 } as const;
const MOST_DIMENSIONS = 64;
const VIEW = new DataView(new ArrayBuffer(4));

const number = v.pipe(v.number('a finite number'), v.finite('a finite number'));

// Objects with other keys beside: programs of different ages write some of them.
const quantizationSchema: Schema<Quantization> = v.union(
  [
    v.object({ dtype: v.picklist(['uint8', 'uint16']), scale: number, min: number }),
    v.object({ dtype: v.literal('float16') }),
  ],
  "quantization as 'uint8', 'uint16' or 'float16'",
);

const specsSchema: Schema<readonly WeightSpec[]> = v.array(
  v.object(
    {
      name: v.string('a string'),
      shape: v.pipe(v.array(integer(0), 'an array of integers'), v.maxLength(MOST_DIMENSIONS, 'at most 64 dimensions')),
      dtype: oneOf(['float32']),
      quantization: v.optional(quantizationSchema),
    },
    'an object',
  ),
  'an array',
);

/** @throws SamebitsError `ERR_SAMEBITS_FILE` */
export function parseSpecs(value: unknown, name: string, file: string): readonly WeightSpec[] {
  return inFile(file, () => check(specsSchema, value, name));
}

/** Bytes of all weights of a group; Infinity beyond binary64. */
export function bytesOf(specs: readonly WeightSpec[]): number {
  return specs.reduce((sum, spec) => sum + storedBytes(spec), 0);
}

function storedBytes({ shape, dtype, quantization }: WeightSpec): number {
  return elementsOf(shape) * BYTES[quantization?.dtype ?? dtype];
}

// In doubles: a product of lying dimensions may round, but then it is no length of data either.
function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/**
 * The weights of a group, by name.
 *
 * @param bytes As many as {@link bytesOf} says.
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for a name that is there twice.
 */
export function decodeWeights(
  specs: readonly WeightSpec[],
  bytes: Uint8Array,
  into: Map<string, TfjsTensor>,
  file: string,
): void {
  let begin = 0;
  for (const spec of specs) {
    if (into.has(spec.name)) throw damaged('each weight once', file, spec.name);
    const end = begin + storedBytes(spec);
    // A copy, which begins where arrays of any type may begin.
    const stored = new Uint8Array(bytes.subarray(begin, end)).buffer;
    into.set(spec.name, { shape: spec.shape, data: elements(stored, spec.quantization) });
    begin = end;
  }
}

function elements(stored: ArrayBuffer, quantization: Quantization | undefined): Float32Array {
  if (quantization === undefined) return new Float32Array(stored);
  if (quantization.dtype === 'float16') return Float32Array.from(new Uint16Array(stored), float16);
  const { dtype, scale, min } = quantization;
  const whole = dtype === 'uint8' ? new Uint8Array(stored) : new Uint16Array(stored);
  return Float32Array.from(whole, (q) => q * scale + min);
}

/** The number that 16 bits of IEEE 754 stand for, which binary32 has too. */
function float16(bits: number): number {
  const sign = bits & 0x8000;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  // 2^-24 for each.
  if (exponent === 0) return ((sign === 0 ? 1 : -1) * fraction) / 0x100_0000;
  const wide = exponent === 0x1f ? 0xff : exponent + 112;
  VIEW.setUint32(0, (sign << 16) | (wide << 23) | (fraction << 13));
  return VIEW.getFloat32(0);
}
