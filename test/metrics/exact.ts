/** Rational numbers, exact: metrics of binary64 values by definition, without a rounding. */
export class Rational {
  readonly n: bigint;
  readonly d: bigint;

  constructor(n: bigint, d = 1n) {
    this.n = d < 0n ? -n : n;
    this.d = d < 0n ? -d : d;
  }

  static of(value: number): Rational {
    let d = 1n;
    let scaled = value;
    while (!Number.isInteger(scaled)) {
      scaled *= 2;
      d *= 2n;
    }
    return new Rational(BigInt(scaled), d);
  }

  plus(other: Rational): Rational {
    return new Rational(this.n * other.d + other.n * this.d, this.d * other.d);
  }

  minus(other: Rational): Rational {
    return new Rational(this.n * other.d - other.n * this.d, this.d * other.d);
  }

  times(other: Rational): Rational {
    return new Rational(this.n * other.n, this.d * other.d);
  }

  over(other: Rational): Rational {
    return new Rational(this.n * other.d, this.d * other.n);
  }

  abs(): Rational {
    return new Rational(this.n < 0n ? -this.n : this.n, this.d);
  }

  /** To within 2^-200. */
  get value(): number {
    return Number((this.n << 200n) / this.d) / 2 ** 200;
  }
}

export const sum = (terms: readonly Rational[]): Rational => terms.reduce((a, b) => a.plus(b), new Rational(0n));
export const mean = (terms: readonly Rational[]): Rational => sum(terms).over(new Rational(BigInt(terms.length)));
