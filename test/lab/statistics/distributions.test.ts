import { describe, expect, it } from 'vitest';
import { chiSquaredAbove, chiSquaredQuantile } from '../../../dist/lab/statistics/chi-squared.js';
import { exp, expm1, log, log1p, log2 } from '../../../dist/lab/statistics/elementary.js';
import { fAbove } from '../../../dist/lab/statistics/f-distribution.js';
import { incompleteBeta } from '../../../dist/lab/statistics/incomplete-beta.js';
import { incompleteGamma } from '../../../dist/lab/statistics/incomplete-gamma.js';
import { normalAbove, normalBelow, normalDensity, normalQuantile } from '../../../dist/lab/statistics/normal.js';
import { rootAbove, rootBetween } from '../../../dist/lab/statistics/roots.js';
import {
  noncentralStudentBeyond,
  studentBelow,
  studentBeyond,
  studentCritical,
} from '../../../dist/lab/statistics/student-t.js';
import { expectNear, type Row, r } from './fixtures.js';

const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;

describe('elementary functions', () => {
  it('agree with R to two units in the last place', () => {
    for (const [x, ...values] of r.elementary as Row[]) {
      const received = [exp(x), expm1(x), log(Math.abs(x)), log1p(Math.abs(x))];
      received.forEach((value, i) => {
        expectNear(value, values[i], 2 * 2 ** -52, `function ${i} of ${x}`);
      });
    }
    expectNear(log2(8), 3, 2 ** -52);
  });

  it('have the right ends', () => {
    expect([exp(-800), exp(800), exp(NEGATIVE_INFINITY), exp(0)]).toEqual([0, POSITIVE_INFINITY, 0, 1]);
    expect(exp(-744)).toBe(2 * Number.MIN_VALUE);
    expect([log(0), log(1), log(POSITIVE_INFINITY), log(-1)]).toEqual([
      NEGATIVE_INFINITY,
      0,
      POSITIVE_INFINITY,
      Number.NaN,
    ]);
    expect([log1p(-1), log1p(POSITIVE_INFINITY), log1p(-2)]).toEqual([
      NEGATIVE_INFINITY,
      POSITIVE_INFINITY,
      Number.NaN,
    ]);
    expectNear(log(Number.MIN_VALUE), -744.4400719213812, 1e-15);
    expect(exp(Number.NaN)).toBeNaN();
  });
});

describe('distributions agree with R, tails included:', () => {
  it('the normal, which R rounds to 0 from −37.5 on', () => {
    for (const [x, below, above, density] of r.normal as Row[]) {
      expectNear(normalBelow(x), below, 1e-13, `below ${x}`);
      expectNear(normalAbove(x), above, 1e-13, `above ${x}`);
      expectNear(normalDensity(x), density, 1e-13, `density at ${x}`);
    }
    for (const [share, quantile] of r.normalQuantiles as Row[]) {
      expect(Math.abs(normalQuantile(share) - quantile)).toBeLessThan(1e-14 * Math.max(1, Math.abs(quantile)));
    }
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(-1)]).toEqual([
      NEGATIVE_INFINITY,
      POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it("Student's t", () => {
    for (const [t, degrees, beyond] of r.student as Row[]) {
      expectNear(studentBeyond(t, degrees), beyond, 1e-10, `beyond ${t} with ${degrees}`);
      expectNear(studentBelow(-t, degrees), beyond / 2, 1e-10, `below −${t} with ${degrees}`);
      expectNear(studentBelow(t, degrees), 1 - beyond / 2, 1e-13, `below ${t} with ${degrees}`);
    }
    for (const [share, degrees, critical] of r.critical as Row[]) {
      expectNear(studentCritical(share, degrees), critical, 1e-9, `critical for ${share} with ${degrees}`);
    }
  });

  it("Fisher's F", () => {
    for (const [f, numerator, denominator, above] of r.f as Row[]) {
      expectNear(fAbove(f, numerator, denominator), above, 1e-10, `above ${f} with ${numerator} and ${denominator}`);
    }
    expect(fAbove(POSITIVE_INFINITY, 2, 3)).toBe(0);
  });

  it('χ²', () => {
    for (const [x, degrees, above] of r.chiSquared as Row[]) {
      expectNear(chiSquaredAbove(x, degrees), above, 1e-11, `above ${x} with ${degrees}`);
    }
    for (const [share, degrees, quantile] of r.chiSquaredQuantiles as Row[]) {
      expectNear(chiSquaredQuantile(share, degrees), quantile, 1e-10, `quantile ${share} with ${degrees}`);
    }
  });

  it("the noncentral t, where R's series is exact to 1e-12", () => {
    expect(r.noncentral).toHaveLength(4 * 6 * 7);
    for (const [critical, degrees, shift, power] of r.noncentral as Row[]) {
      const received = noncentralStudentBeyond(critical, degrees, shift);
      expect(Math.abs(received - power), `beyond ${critical} with ${degrees}, shift ${shift}`).toBeLessThan(2e-11);
    }
    // The central one is a special case, and far shifts leave nothing to chance.
    expectNear(noncentralStudentBeyond(2, 7, 0), studentBeyond(2, 7), 1e-12);
    expectNear(noncentralStudentBeyond(2, 7, -1.5), noncentralStudentBeyond(2, 7, 1.5), 1e-14);
    expectNear(noncentralStudentBeyond(3, 12, 500), 1, 1e-12);
  });
});

describe('incomplete functions', () => {
  it('take their two sides from each other', () => {
    for (const [a, b] of [
      [0.3, 4],
      [2, 2],
      [55.5, 1e4],
    ]) {
      for (const x of [1e-9, 0.004, 0.2, 0.71, 0.9999]) {
        expectNear(incompleteBeta(x, 1 - x, a, b) + incompleteBeta(1 - x, x, b, a), 1, 1e-13);
      }
    }
    const { lower, upper } = incompleteGamma(3, 2);
    // Q(3, x) = e^−x (1 + x + x²/2)
    expectNear(upper, 5 * exp(-2), 1e-14);
    expectNear(lower + upper, 1, 1e-15);
  });

  it('have their ends', () => {
    expect([incompleteBeta(0, 1, 2, 3), incompleteBeta(1, 0, 2, 3)]).toEqual([0, 1]);
    expect(incompleteGamma(2, 0)).toEqual({ lower: 0, upper: 1 });
    expect(incompleteGamma(2, POSITIVE_INFINITY)).toEqual({ lower: 1, upper: 0 });
  });
});

describe('roots', () => {
  it('are found where steps by interpolation fail, too', () => {
    expectNear(
      rootBetween((x) => x * x - 2, 0, 2),
      Math.SQRT2,
      1e-15,
    );
    expectNear(
      rootBetween((x) => (x < 0.3 ? -1 : 1), 0, 1),
      0.3,
      1e-14,
    );
    expectNear(
      rootBetween((x) => (x - 1) ** 9, -10, 3.5),
      1,
      1e-2,
    );
    expect(rootBetween((x) => x, 0, 1)).toBe(0);
    expectNear(
      rootAbove((x) => 1e9 - x, 0, 1),
      1e9,
      1e-15,
    );
    expect(rootAbove(() => 1, 0, 1)).toBe(POSITIVE_INFINITY);
  });
});
