/** Initial weights, data and targets, as test/fixtures/pytorch/make.py draws them. */

/** Multiples of 2^-24 from 0 to below 1: MurmurHash3's finalizer (Appleby, 2008) of salt and position. */
export function drawn(salt: number, count: number): Float32Array {
  const start = Math.imul(salt, 0x9e3779b9) >>> 0;
  return Float32Array.from({ length: count }, (_, position) => {
    let z = (start + position) >>> 0;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    z ^= z >>> 16;
    return (z >>> 8) * 2 ** -24;
  });
}

/** What a first layer says of the columns of the data, if it looks some up. */
export interface FirstLayer {
  readonly kind: string;
  readonly categories?: number;
  readonly columns?: readonly { readonly categories?: number }[];
}

/** From −1 to 1, and indices where the first layer looks columns up. */
export function drawnData(salt: number, rows: number, columns: number, first?: FirstLayer): Float32Array {
  return drawn(salt, rows * columns).map((u, i) => {
    const categories = first?.columns === undefined ? first?.categories : first.columns[i % columns].categories;
    return categories === undefined ? 2 * u - 1 : Math.floor(u * categories);
  });
}

/** Initial values of a tensor by its name: from −½ to ½, or what is to be positive from ½ to 1½. */
export function drawnWeights(name: string, salt: number, count: number): Float32Array {
  const centre = /\/(gamma|movingVariance)$/.test(name) ? 0.5 : -0.5;
  return drawn(salt, count).map((u) => u + centre);
}

export type TargetKind = 'numbers' | 'labels' | 'bits' | 'counts' | 'shares';

/** Labels [rows], or else targets [rows, units]. */
export function drawnTargets(kind: TargetKind, salt: number, rows: number, units: number): Float32Array | Uint32Array {
  const u = drawn(salt, rows * units);
  const labels = Uint32Array.from({ length: rows }, (_, row) => Math.floor(u[row * units] * units));
  switch (kind) {
    case 'labels':
      return labels;
    case 'bits':
      return u.map((value) => (value < 0.5 ? 1 : 0));
    case 'counts':
      return u.map((value) => Math.floor(4 * value));
    case 'shares': {
      // Half for one class, a quarter for each of the next two.
      const shares = new Float32Array(rows * units);
      labels.forEach((label, row) => {
        [0.5, 0.25, 0.25].forEach((share, place) => {
          shares[row * units + ((label + place) % units)] += share;
        });
      });
      return shares;
    }
    default:
      return u;
  }
}
