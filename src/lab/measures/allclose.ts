/** Whether arrays are equal within tolerances, as NumPy says it. */

/** Tolerances of {@link isClose}; NumPy's names and defaults. */
export interface Tolerances {
  /** Relative to the second array. @default 1e-5 */
  readonly rtol?: number;
  /** @default 1e-8 */
  readonly atol?: number;
  /** Whether NaN is close to NaN. @default false */
  readonly equalNan?: boolean;
}

/**
 * |a − b| ≤ atol + rtol·|b|: `numpy.isclose`. Not symmetric: `b` is the reference. Equal infinities are close, others
 * aren't. Computed in binary64; NumPy computes in the arrays' own type, which may tell otherwise at the very edge.
 */
export function isClose(
  a: number,
  b: number,
  { rtol = 1e-5, atol = 1e-8, equalNan = false }: Tolerances = {},
): boolean {
  if (a === b) return true;
  if (Number.isNaN(a) && Number.isNaN(b)) return equalNan;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= atol + rtol * Math.abs(b);
}

/** How many elements of arrays of the same length are not close. */
export function countFar(a: ArrayLike<number>, b: ArrayLike<number>, tolerances: Tolerances = {}): number {
  let far = 0;
  for (let i = 0; i < a.length; i += 1) if (!isClose(a[i], b[i], tolerances)) far += 1;
  return far;
}

/** `numpy.allclose`, of arrays of the same length. */
export function allclose(a: ArrayLike<number>, b: ArrayLike<number>, tolerances: Tolerances = {}): boolean {
  return countFar(a, b, tolerances) === 0;
}
