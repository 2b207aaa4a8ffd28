/** Mean and deviation in binary64, in one pass and a fixed order (docs/numerics.md, "Tables"). */

const LEAF = 256;

/** Of some values that follow each other: how many, their mean, and the sum of their squared distances from it. */
interface Part {
  readonly leaves: number;
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** Values come one by one; the result depends on them and on nothing else, such as how they were batched. */
export class Moments {
  readonly #leaf = new Float64Array(LEAF);
  #inLeaf = 0;
  /** Complete subtrees, larger ones first. */
  readonly #parts: Part[] = [];
  /** Least and largest value; infinite where there is none. Zeros have no sign. */
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.#leaf[this.#inLeaf] = value;
    this.#inLeaf += 1;
    if (value < this.least) this.least = value + 0;
    if (value > this.most) this.most = value + 0;
    if (this.#inLeaf < LEAF) return;
    let part = partOf(this.#leaf);
    this.#inLeaf = 0;
    for (let last = this.#parts.at(-1); last !== undefined && last.leaves === part.leaves; last = this.#parts.at(-1)) {
      this.#parts.pop();
      part = combine(last, part);
    }
    this.#parts.push(part);
  }

  /** `deviation` is that of the population: the root of the mean squared distance. Null for no values. */
  result(): { readonly count: number; readonly mean: number; readonly deviation: number } | null {
    const parts = [...this.#parts];
    if (this.#inLeaf > 0) parts.push(partOf(this.#leaf.subarray(0, this.#inLeaf)));
    const whole = parts.reduceRight<Part | null>((right, left) => (right === null ? left : combine(left, right)), null);
    if (whole === null) return null;
    return { count: whole.count, mean: whole.mean, deviation: Math.sqrt(whole.squares / whole.count) };
  }
}

function partOf(values: Float64Array): Part {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const distance = values[i] - mean;
    squares += distance * distance;
  }
  return { leaves: 1, count: values.length, mean, squares };
}

/**
 * Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979: two-pass
 * accuracy in one pass.
 */
function combine(left: Part, right: Part): Part {
  const count = left.count + right.count;
  const share = right.count / count;
  const distance = right.mean - left.mean;
  return {
    leaves: left.leaves + right.leaves,
    count,
    mean: left.mean + distance * share,
    squares: left.squares + right.squares + distance * distance * (left.count * share),
  };
}
