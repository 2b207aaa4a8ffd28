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

export const RATES = { sgd: 0.01, adam: 0.001, momentum: 0.9 };

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

/** Numbers from [0, 1), on shared memory. */
export function uniform(count, seed = 2463534242) {
  const next = words(seed);
  const values = new Float32Array(new SharedArrayBuffer(4 * count));
  for (let i = 0; i < count; i += 1) values[i] = (next() >>> 8) / 2 ** 24;
  return values;
}

/** Labels at random: nobody learns them by heart in the time, so gradients stay what they are in real training. */
export function labels(rows, classes) {
  const next = words(88675123);
  return Uint32Array.from({ length: rows }, () => next() % Math.max(2, classes));
}
