/**
 * The kernels themselves, on row-major Float32Arrays: what training is made of, for those who build something else of
 * it. All run off the event loop. Arrays that are passed in must not be changed or transferred until the promise
 * settles; those that come back are fresh.
 *
 * @module samebits/kernels
 */
import * as v from 'valibot';
import { check, fields, integer, type Schema } from './arguments.js';
import { expected } from './errors.js';
import { type ActivationOption, activationSchema } from './model/activations.js';
import { fitEntries } from './model/recipe.js';
import { addon, type KernelOptions as NativeOptions } from './native/addon.js';
import { checkRepeatable, type ExecutionOptions, executionEntries, resolveExecution } from './train/execution.js';

export type { ActivationOption } from './model/activations.js';
export type { InstructionSet } from './native/instruction-set.js';
export type { Reduction } from './native/network.js';
export type { ActivationName } from './native/network-description.js';
export type { ExecutionOptions } from './train/execution.js';

/** Sizes of a dense layer. */
export interface DenseShape {
  /** Rows of the batch, at least 1. */
  readonly rows: number;
  /** Columns of `x`, at least 1. */
  readonly inputs: number;
  /** Columns of the outputs, at least 1. */
  readonly units: number;
}

/** Arguments of {@link denseForward}. */
export interface DenseForward extends DenseShape, ExecutionOptions {
  /** [rows, inputs]. */
  readonly x: Float32Array;
  /** [inputs, units]. */
  readonly weights: Float32Array;
  /** [units]. @default none */
  readonly bias?: Float32Array;
  /** @default 'linear' */
  readonly activation?: ActivationOption;
}

/** Arguments of {@link denseBackward}. */
export interface DenseBackward extends DenseShape, ExecutionOptions {
  /** [rows, inputs]. */
  readonly x: Float32Array;
  /** [inputs, units]. */
  readonly weights: Float32Array;
  /** The gradient that reaches `x · weights + bias`, [rows, units]. */
  readonly outputGradient: Float32Array;
  /** Fixed order: rows that are summed in one chain. @default 64 */
  readonly batchLeaf?: number;
  /** Free order: rows that a thread claims as one unit. @default 8 */
  readonly freeGrain?: number;
}

/** What {@link denseBackward} gives: sums over the rows, not means. */
export interface DenseGradients {
  /** [rows, inputs]. */
  readonly inputGradient: Float32Array;
  /** [inputs, units]. */
  readonly weightGradient: Float32Array;
  /** [units]. */
  readonly biasGradient: Float32Array;
}

const array: Schema<Float32Array> = v.instance(Float32Array, 'a Float32Array');
const size = integer(1, 0x7fff_ffff);
const denseEntries = { x: array, weights: array, rows: size, inputs: size, units: size, ...executionEntries };
const { batchLeaf, freeGrain } = fitEntries;

const forwardSchema = fields({
  ...denseEntries,
  bias: v.optional(array),
  activation: v.optional(activationSchema, 'linear'),
});
const backwardSchema = fields({ ...denseEntries, outputGradient: array, batchLeaf, freeGrain });
const sumSchema = fields(executionEntries);

/**
 * `activation(x · weights + bias)`, [rows, units]. There is no sum over rows in it: `reduction` is taken, and changes
 * nothing.
 *
 * @throws SamebitsError (as rejection) `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_ISA`
 */
export async function denseForward(args: DenseForward): Promise<Float32Array> {
  const { x, weights, bias, rows, inputs, units, activation, ...options } = check(forwardSchema, args, 'denseForward');
  checkLength(x, 'x', { rows, inputs });
  checkLength(weights, 'weights', { inputs, units });
  if (bias !== undefined) checkLength(bias, 'bias', { units });
  const native = nativeOptions({ ...options, reduction: 'fixed' });
  return addon().denseForward(x, weights, bias ?? null, rows, inputs, units, activation, native);
}

/**
 * The gradients of a dense layer before its activation: with respect to `x`, and summed over the rows with respect to
 * weights and bias.
 *
 * @throws SamebitsError (as rejection) `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_ISA`,
 * `ERR_SAMEBITS_NOT_DETERMINISTIC`
 */
export async function denseBackward(args: DenseBackward): Promise<DenseGradients> {
  const checked = check(backwardSchema, args, 'denseBackward');
  const { x, weights, outputGradient, rows, inputs, units, batchLeaf, freeGrain, ...options } = checked;
  checkLength(x, 'x', { rows, inputs });
  checkLength(weights, 'weights', { inputs, units });
  checkLength(outputGradient, 'outputGradient', { rows, units });
  const native = { ...nativeOptions(options), batchLeaf, freeGrain };
  return addon().denseBackward(x, weights, outputGradient, rows, inputs, units, native);
}

/**
 * The sum of all `values`, in binary32. In fixed order always the same bits; in free order over 2 threads and more, other
 * bits from call to call.
 *
 * @throws SamebitsError (as rejection) `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_ISA`, `ERR_SAMEBITS_NOT_DETERMINISTIC`
 */
export async function sum(values: Float32Array, options: ExecutionOptions = {}): Promise<number> {
  check(array, values, 'values');
  return addon().sum(values, nativeOptions(check(sumSchema, options, 'sum')));
}

/**
 * The sum of the products of the elements of `a` and `b`, in binary32, each product and addition with one rounding.
 *
 * @throws SamebitsError (as rejection) `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_ISA`,
 * `ERR_SAMEBITS_NOT_DETERMINISTIC`
 */
export async function dot(a: Float32Array, b: Float32Array, options: ExecutionOptions = {}): Promise<number> {
  check(array, a, 'a');
  check(array, b, 'b');
  if (a.length !== b.length) throw expected(`${a.length} elements, as many as a has,`, 'b', b, 'ERR_SAMEBITS_SHAPE');
  return addon().dot(a, b, nativeOptions(check(sumSchema, options, 'dot')));
}

function nativeOptions(options: ExecutionOptions): NativeOptions {
  const execution = resolveExecution(options);
  checkRepeatable(execution, { seedDrawn: false, replays: false });
  const { threads, reduction, isa } = execution;
  return { threads, reduction, isa };
}

function checkLength(values: Float32Array, name: string, shape: Readonly<Record<string, number>>): void {
  const sizes = Object.values(shape);
  const length = sizes.reduce((product, one) => product * one, 1);
  if (values.length === length) return;
  const text = `${Object.keys(shape).join(' · ')} = ${sizes.join(' · ')} = ${length} elements`;
  throw expected(text, name, values, 'ERR_SAMEBITS_SHAPE');
}
