// What every contestant is asked to do, and the numbers that it does it with. Sizes are columns of the data, then units.
export const PROBLEMS = [
  ...['sgd', 'adam'].flatMap((optimizer) =>
    [32, 128, 256].map((batch) => ({ kind: 'train', sizes: [784, 512, 512, 10], optimizer, batch, rows: 10_000 })),
  ),
  { kind: 'train', sizes: [1024, 2048, 2048, 1000], optimizer: 'sgd', batch: 256, rows: 2048 },
  { kind: 'train', sizes: [10, 10, 1], optimizer: 'sgd', batch: 32, rows: 100 },
  { kind: 'predict', sizes: [784, 512, 512, 10], rows: 1 },
  { kind: 'predict', sizes: [784, 512, 512, 10], rows: 256 },
];

/** Small ones: where relus die, their momenta become subnormal numbers, which slow some CPUs and contestants down. */
export const RATES = { sgd: 0.01, adam: 0.0001, momentum: 0.9 };

/** In words, and what `--only` looks into. */
export function nameOf({ kind, sizes, optimizer, batch, rows }) {
  const net = sizes.join('-');
  return kind === 'train' ? `train ${net} ${optimizer} ${batch}` : `predict ${net} ${rows}`;
}

/** A generator of 32-bit words (xorshift), the same for everybody. */
function words(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Numbers from [-1, 1), on shared memory. */
export function uniform(count, seed = 2463534242) {
  const next = words(seed);
  const values = new Float32Array(new SharedArrayBuffer(4 * count));
  for (let i = 0; i < count; i += 1) values[i] = (next() >>> 8) / 2 ** 23 - 1;
  return values;
}

/** A quarter of the labels at random, the others by the sign of a sum: something to learn, and gradients that stay. */
export function labels(x, rows, classes) {
  const next = words(88675123);
  const columns = x.length / rows;
  const some = Math.max(2, classes);
  return Uint32Array.from({ length: rows }, (_, row) => {
    const noise = next() % (4 * some);
    if (noise < some) return noise;
    let label = 0;
    for (let bit = 0; 1 << bit < some; bit += 1) {
      let sum = 0;
      for (let i = 0; i < 16; i += 1) sum += x[row * columns + ((bit * 16 + i) % columns)];
      label = 2 * label + (sum > 0 ? 1 : 0);
    }
    return label % some;
  });
}
