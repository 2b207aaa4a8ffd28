/**
 * Elementary functions of binary32 numbers, element by element, correctly rounded: each result is the binary32 nearest
 * to the real value of the function, ties to even. The bits are therefore the same with any instruction set, compiler
 * and machine, which the functions of `Math` do not promise.
 *
 * All take any binary32, infinities and NaN included; NaN gives NaN. Underflow is gradual, and settings of the calling
 * thread (rounding mode, flush to zero) are neither obeyed nor changed. They run on the calling thread, and return
 * fresh arrays of the argument's length.
 *
 * @module samebits/math
 */
import * as v from 'valibot';
import { check, fields, oneOf } from './arguments.js';
import { addon, type ElementaryFunction } from './native/addon.js';
import { INSTRUCTION_SETS, type InstructionSet, resolveInstructionSet } from './native/instruction-set.js';

export type { InstructionSet } from './native/instruction-set.js';

/** Options of every function here. */
export interface MathOptions {
  /** Instruction set; `auto` is the best that this machine has. Same bits. @default 'auto' */
  readonly isa?: InstructionSet | 'auto';
}

/**
 * e^x. 1 at ±0; +0 at −∞, +∞ at +∞. Infinite from 88.7229 on, subnormal below −87.3366, +0 below
 * −103.9721.
 *
 * @param x Any numbers, any length.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`
 */
export function exp(x: Float32Array, options?: MathOptions): Float32Array {
  return compute('exp', x, options);
}

/**
 * e^x − 1, without the cancellation near 0. ±0 at ±0; −1 at −∞, +∞ at +∞.
 *
 * @param x Any numbers, any length.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`
 */
export function expm1(x: Float32Array, options?: MathOptions): Float32Array {
  return compute('expm1', x, options);
}

/**
 * The natural logarithm. −∞ at ±0, +0 at 1, +∞ at +∞; NaN below 0.
 *
 * @param x Any numbers, any length.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`
 */
export function log(x: Float32Array, options?: MathOptions): Float32Array {
  return compute('log', x, options);
}

/**
 * log(1 + x), without the cancellation near 0. ±0 at ±0; −∞ at −1, +∞ at +∞; NaN below −1.
 *
 * @param x Any numbers, any length.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`
 */
export function log1p(x: Float32Array, options?: MathOptions): Float32Array {
  return compute('log1p', x, options);
}

/**
 * The hyperbolic tangent. ±0 at ±0; ±1 at ±∞, and where it rounds to ±1: beyond ±9.011.
 *
 * @param x Any numbers, any length.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`
 */
export function tanh(x: Float32Array, options?: MathOptions): Float32Array {
  return compute('tanh', x, options);
}

/**
 * The logistic function 1 / (1 + e^−x), rounded once. ½ at ±0; +0 at −∞, 1 at +∞.
 *
 * @param x Any numbers, any length.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`
 */
export function sigmoid(x: Float32Array, options?: MathOptions): Float32Array {
  return compute('sigmoid', x, options);
}

/**
 * The error function, 2/√π · ∫ e^(−t²) dt from 0 to x. ±0 at ±0; ±1 at ±∞.
 *
 * @param x Any numbers, any length.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`
 */
export function erf(x: Float32Array, options?: MathOptions): Float32Array {
  return compute('erf', x, options);
}

/**
 * sin(π · x), exact at multiples of ½: a zero with the argument's sign at integers. NaN at ±∞.
 *
 * @param x Half turns; any numbers, any length.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`
 */
export function sinpi(x: Float32Array, options?: MathOptions): Float32Array {
  return compute('sinpi', x, options);
}

/**
 * cos(π · x), exact at multiples of ½: +0 at an integer plus ½. 1 at ±0; NaN at ±∞.
 *
 * @param x Half turns; any numbers, any length.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`
 */
export function cospi(x: Float32Array, options?: MathOptions): Float32Array {
  return compute('cospi', x, options);
}

const array = v.instance(Float32Array, 'a Float32Array');
const optionsSchema = fields({ isa: v.optional(oneOf(['auto', ...INSTRUCTION_SETS] as const), 'auto') });

function compute(name: ElementaryFunction, x: Float32Array, options: MathOptions = {}): Float32Array {
  check(array, x, 'x');
  const { isa } = check(optionsSchema, options, name);
  return addon().elementary(name, x, resolveInstructionSet(isa));
}
