/** Regularizers of weights, as descriptions (docs/numerics.md, "Penalties"). */
import * as v from 'valibot';
import { check, choice, fields, real, type Schema } from '../arguments.js';

/** Adds `l1` times the sum of the magnitudes of a tensor to the loss, and `l1 · sign(w)` to its gradient; `sign(0)` is 0. */
export interface L1 {
  readonly name: 'l1';
  /** At least 0; 0 is no regularizer. */
  readonly l1: number;
}

/** Adds `l2` times the sum of the squares of a tensor to the loss, and `2 · l2 · w` to its gradient. */
export interface L2 {
  readonly name: 'l2';
  /** At least 0; 0 is no regularizer. */
  readonly l2: number;
}

/** {@link L1} and {@link L2} together. */
export interface L1L2 {
  readonly name: 'l1l2';
  /** At least 0; 0 is none. */
  readonly l1: number;
  /** At least 0; 0 is none. */
  readonly l2: number;
}

/** What {@link l1}, {@link l2} or {@link l1l2} gives. */
export type Regularizer = L1 | L2 | L1L2;

const PHRASE = "a regularizer: 'l1', 'l2', 'l1l2', or what l1(), l2() or l1l2() gives,";
const NAMES = ['l1', 'l2', 'l1l2'] as const;

const factor = real(
  'a number of at least 0, neither 0 nor infinite as binary32 unless it is 0,',
  (value) => value === 0 || (Math.fround(value) > 0 && Number.isFinite(Math.fround(2 * value))),
);

const entry = v.optional(factor, 0.01);
const l1Object: Schema<L1> = fields({ name: v.literal('l1', PHRASE), l1: entry });
const l2Object: Schema<L2> = fields({ name: v.literal('l2', PHRASE), l2: entry });
const l1l2Object: Schema<L1L2> = fields({ name: v.literal('l1l2', PHRASE), l1: entry, l2: entry });

const regularizerObject: Schema<Regularizer> = choice<Regularizer>([l1Object, l2Object, l1l2Object], (value) => {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
  if (name === 'l1') return l1Object;
  return name === 'l1l2' ? l1l2Object : l2Object;
});

const regularizerName: Schema<Regularizer> = v.pipe(
  v.picklist(NAMES, PHRASE),
  v.transform((name) => ({ l1, l2, l1l2 })[name]()),
);

export const regularizerSchema: Schema<Regularizer> = choice([regularizerName, regularizerObject], (value) =>
  typeof value === 'object' ? regularizerObject : regularizerName,
);

/**
 * L1 regularization, as in Keras: the loss that is minimized and reported has `factor · Σ |w|` added.
 *
 * @param factor At least 0. @default 0.01
 *
 * @example
 * dense({ units: 10, kernelRegularizer: l1(1e-4) })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function l1(factor = 0.01): L1 {
  return check(l1Object, { name: 'l1', l1: factor }, 'l1');
}

/**
 * L2 regularization, as in Keras: the loss that is minimized and reported has `factor · Σ w²` added.
 *
 * @param factor At least 0. @default 0.01
 *
 * @example
 * dense({ units: 10, kernelRegularizer: l2(1e-4) })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function l2(factor = 0.01): L2 {
  return check(l2Object, { name: 'l2', l2: factor }, 'l2');
}

/**
 * Both, as in Keras: `l1 · Σ |w| + l2 · Σ w²`.
 *
 * @param factors Each at least 0, 0.01 unless given.
 *
 * @example
 * dense({ units: 10, kernelRegularizer: l1l2({ l1: 1e-5, l2: 1e-4 }) })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function l1l2(factors: { readonly l1?: number; readonly l2?: number } = {}): L1L2 {
  return check(l1l2Options, factors, 'l1l2');
}

const l1l2Options: Schema<L1L2> = v.pipe(
  fields({ l1: entry, l2: entry }),
  v.transform((factors) => ({ name: 'l1l2', ...factors }) as const),
);

/** Its factors of magnitudes and of squares; 0 for none. */
export function factorsOf(regularizer: Regularizer | undefined): { readonly l1: number; readonly l2: number } {
  const { l1: ofMagnitudes, l2: ofSquares } = { l1: 0, l2: 0, ...regularizer };
  return { l1: ofMagnitudes, l2: ofSquares };
}

/** The regularizer of these factors, or null where both are 0. */
export function regularizerOf(factors: { readonly l1: number; readonly l2: number }): Regularizer | null {
  if (factors.l1 === 0) return factors.l2 === 0 ? null : { name: 'l2', l2: factors.l2 };
  return factors.l2 === 0 ? { name: 'l1', l1: factors.l1 } : { name: 'l1l2', ...factors };
}
