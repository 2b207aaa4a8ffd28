/** Splits, folds and shuffle buffers (docs/numerics.md, section 15). */
import { below, openStream, shuffle } from './random.js';

export type Method = 'random' | 'stratified' | 'grouped' | 'time';

type Seed = number | string;

const shuffled = (seed: Seed, stream: string, count: number): number[] => [
  ...shuffle({ seed, generator: 'philox' }, 0, count, stream),
];

/** Rows of each value, values in the order of their first rows. */
function groups(values: readonly number[]): number[][] {
  const rows = new Map<number, number[]>();
  values.forEach((value, row) => {
    rows.set(value, [...(rows.get(value) ?? []), row]);
  });
  return [...rows.values()];
}

const ascending = (rows: Iterable<number>): number[] => [...rows].sort((a, b) => a - b);

function timeOrder(values: readonly number[]): number[] {
  return values.map((_, row) => row).sort((a, b) => values[a] - values[b] || a - b);
}

/** The test rows, of as many rows as there are values. */
export function testRows(method: Method, values: readonly number[], m: number, seed: Seed): number[] {
  const n = values.length;
  const order = shuffled(seed, 'split', n);
  switch (method) {
    case 'random':
      return ascending(order.slice(0, m));
    case 'stratified': {
      const classes = groups(values);
      const seats = classes.map((rows) => Math.floor((rows.length * m) / n));
      const left = m - seats.reduce((a, b) => a + b, 0);
      const ranked = classes
        .map((_, i) => i)
        .sort((a, b) => {
          const remainder = (i: number): number => (classes[i].length * m) % n;
          return remainder(b) - remainder(a) || a - b;
        });
      for (const i of ranked.slice(0, left)) seats[i] += 1;
      return ascending(classes.flatMap((rows, i) => order.filter((row) => rows.includes(row)).slice(0, seats[i])));
    }
    case 'grouped': {
      const all = groups(values);
      const test: number[][] = [];
      for (const group of shuffled(seed, 'split/groups', all.length)) {
        if (test.flat().length < m) test.push(all[group]);
      }
      return ascending((test.length === all.length ? test.slice(0, -1) : test).flat());
    }
    case 'time': {
      const sorted = timeOrder(values);
      const first = values[sorted[n - m]];
      return ascending(sorted.filter((row) => values[row] >= first));
    }
  }
}

/** The test rows of `n` rows whose number is not known. */
export function blockTestRows(n: number, share: number, seed: Seed): number[] {
  const m = Math.floor(1000 * share + 0.5);
  const blocks = Array.from({ length: Math.ceil(n / 1000) }, (_, b) => b);
  const drawn = blocks.flatMap((b) =>
    [...shuffle({ seed, generator: 'philox' }, b, 1000, 'split/stream')].slice(0, m).map((i) => 1000 * b + i),
  );
  return ascending(drawn.filter((row) => row < n));
}

/** Training and test rows of each fold. */
export function folds(method: Method, values: readonly number[], k: number, seed: Seed): [number[], number[]][] {
  const n = values.length;
  if (method === 'time') {
    const sorted = timeOrder(values);
    const start = (i: number): number => {
      let b = Math.floor((i * n) / (k + 1));
      while (b < n && values[sorted[b]] === values[sorted[b - 1]]) b++;
      return b;
    };
    return Array.from({ length: k }, (_, f) => {
      const [from, to] = [start(f + 1), f + 2 === k + 1 ? n : start(f + 2)];
      return [ascending(sorted.slice(0, from)), ascending(sorted.slice(from, to))];
    });
  }
  const tested: number[][] = Array.from({ length: k }, () => []);
  if (method === 'grouped') {
    const all = groups(values);
    const order = shuffled(seed, 'folds/groups', all.length).map((group) => all[group]);
    for (const rows of order.sort((a, b) => b.length - a.length)) {
      const fewest = Math.min(...tested.map(({ length }) => length));
      tested.find(({ length }) => length === fewest)?.push(...rows);
    }
  } else {
    const order = shuffled(seed, 'folds', n);
    const list =
      method === 'random' ? order : groups(values).flatMap((rows) => order.filter((row) => rows.includes(row)));
    list.forEach((row, i) => {
      tested[i % k].push(row);
    });
  }
  return tested.map((test) => [values.map((_, row) => row).filter((row) => !test.includes(row)), ascending(test)]);
}

/** The order in which a buffer of `places` gives `rows` rows. */
export function bufferOrder(rows: number, places: number, seed: Seed, epoch: number): number[] {
  const draw = openStream({ seed, generator: 'philox' }, 'buffer', epoch);
  const source = Array.from({ length: rows }, (_, row) => row);
  const buffer = source.splice(0, places);
  const out: number[] = [];
  for (let t = 0; buffer.length > 0; t++) {
    const j = below(buffer.length, (attempt) => draw(Math.floor(t / 4), t % 4, attempt));
    out.push(buffer[j]);
    const next = source.shift() ?? buffer[buffer.length - 1];
    buffer[j] = next;
    if (out.length + buffer.length > rows) buffer.pop();
  }
  return out;
}
