/** Where a monotone function passes through zero. */

const EPSILON = 2 ** -52;

/**
 * A root of `f` between `low` and `high`, at which it has other signs: R. P. Brent, "Algorithms for Minimization
 * without Derivatives", 1973, chapter 4. Exact to a few units in the last place of the root.
 */
export function rootBetween(f: (x: number) => number, low: number, high: number): number {
  let [a, b, c] = [low, high, low];
  let [fa, fb] = [f(a), f(b)];
  let fc = fa;
  let step = b - a;
  let previous = step;
  for (let iteration = 0; iteration < 500; iteration += 1) {
    if (fb > 0 === fc > 0) {
      [c, fc] = [a, fa];
      step = b - a;
      previous = step;
    }
    // b is the best so far, and the root lies between b and c.
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const tolerance = 2 * EPSILON * Math.abs(b) + 1e-300;
    const middle = (c - b) / 2;
    if (Math.abs(middle) <= tolerance || fb === 0) return b;
    const interpolated = Math.abs(previous) >= tolerance && Math.abs(fa) > Math.abs(fb);
    const candidate = interpolated ? interpolate(a, fa, b, fb, c, fc) : Number.NaN;
    // A step that leaves three quarters of the bracket, or hardly shrinks, gives way to halving.
    const taken =
      candidate / middle > 0 && Math.abs(candidate) < Math.min(1.5 * Math.abs(middle), Math.abs(previous) / 2);
    previous = taken ? step : middle;
    step = taken ? candidate : middle;
    [a, fa] = [b, fb];
    b += Math.abs(step) > tolerance ? step : Math.sign(middle) * tolerance;
    fb = f(b);
  }
  return b;
}

/** The step from b by inverse quadratic interpolation through three points, or the secant through two. */
function interpolate(a: number, fa: number, b: number, fb: number, c: number, fc: number): number {
  const s = fb / fa;
  if (a === c) return -((c - b) * s) / (1 - s);
  const q = fa / fc;
  const r = fb / fc;
  const p = s * ((c - b) * q * (q - r) - (b - a) * (r - 1));
  return -p / ((q - 1) * (r - 1) * (s - 1));
}

/** The root of an increasing or decreasing `f` above `low`; the bracket is doubled from `guess` until it holds it. */
export function rootAbove(f: (x: number) => number, low: number, guess: number): number {
  const sign = f(low) > 0;
  let from = low;
  let to = guess;
  while (f(to) > 0 === sign) {
    if (to > 1e300) return Number.POSITIVE_INFINITY;
    from = to;
    to *= 2;
  }
  return rootBetween(f, from, to);
}
