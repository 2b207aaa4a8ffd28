/** The ordinary elementary functions of emulated hardware (docs/numerics.md, section 13). */
import { add, bitsOf, div, f32, fromBits, mul, seen, sub } from './arithmetic.js';

const H = 0.693359375;
const L = -f32(0.00021219444170128554);
const [C2, C3, C4, C5, C6, C7] = [2, 6, 24, 120, 720, 5040].map((factorial) => f32(1 / factorial));
const SHIFTER = 1.5 * 2 ** 23;

export function ordinaryExp(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x > fromBits(0x42b17217)) return Number.POSITIVE_INFINITY;
  if (x < -104) return 0;
  const k = sub(add(mul(x, f32(Math.LOG2E)), SHIFTER), SHIFTER);
  const r = sub(sub(x, mul(k, H)), mul(k, L));
  let p = C7;
  for (const c of [C6, C5, C4, C3, C2]) p = add(mul(p, r), c);
  const y = add(add(mul(mul(r, r), p), r), 1);
  const half = Math.floor(k / 2);
  return mul(mul(y, 2 ** half), 2 ** (k - half));
}

export function ordinaryLog(given: number): number {
  const x = seen(given);
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const rootHalf = fromBits(0x3f3504f3);
  let k = 0;
  let m = x;
  // Powers of two only, in binary64: exact.
  for (; m < rootHalf; k -= 1) m *= 2;
  for (; m >= 2 * rootHalf; k += 1) m /= 2;
  const f = sub(m, 1);
  const s = div(f, add(2, f));
  const z = mul(s, s);
  let q = f32(2 / 9);
  for (const divisor of [7, 5, 3]) q = add(mul(q, z), f32(2 / divisor));
  const R = mul(z, q);
  const h = mul(mul(0.5, f), f);
  return sub(mul(k, H), sub(sub(h, add(mul(s, add(h, R)), mul(k, L))), f));
}

export function ordinaryLog1p(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  const u = add(1, x);
  if (!(u > 0)) return ordinaryLog(u);
  return add(ordinaryLog(u), div(sub(x, sub(u, 1)), u));
}

export function ordinaryTanh(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const a = Math.abs(x);
  let y: number;
  if (a < 0.625) {
    const z = mul(a, a);
    const c = div(z, add(3, div(z, add(5, div(z, add(7, div(z, 9)))))));
    y = sub(a, mul(a, div(c, add(1, c))));
  } else {
    y = sub(1, div(2, add(ordinaryExp(add(a, a)), 1)));
  }
  return bitsOf(x) >>> 31 === 1 ? -y : y;
}

export const ordinarySigmoid = (x: number): number => div(1, add(1, ordinaryExp(-x)));
