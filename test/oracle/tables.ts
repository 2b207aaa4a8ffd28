/** Preparation of tables (docs/numerics.md, section 15). All arithmetic is binary64; only a feature is rounded to binary32. */
import { f32 } from './arithmetic.js';

interface Part {
  readonly n: number;
  readonly m: number;
  readonly q: number;
}

function leaf(x: readonly number[]): Part {
  let sum = 0;
  for (const value of x) sum += value;
  const m = sum / x.length;
  let q = 0;
  for (const value of x) q += (value - m) * (value - m);
  return { n: x.length, m, q };
}

function join(a: Part, b: Part): Part {
  const n = a.n + b.n;
  const d = b.m - a.m;
  const r = b.n / n;
  return { n, m: a.m + d * r, q: a.q + b.q + d * d * (a.n * r) };
}

export interface Statistics {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
  readonly median: number;
}

/** Level by level, as any tree of the contract. */
export function statistics(x: readonly number[]): Statistics {
  let level: Part[] = [];
  for (let start = 0; start < x.length; start += 256) level.push(leaf(x.slice(start, start + 256)));
  while (level.length > 1) {
    const next: Part[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(join(level[i], level[i + 1]));
    if (level.length % 2 === 1) next.push(level[level.length - 1]);
    level = next;
  }
  const [{ n, m, q }] = level;
  const sorted = [...x].sort((a, b) => a - b);
  const half = n >> 1;
  const median = n % 2 === 1 ? sorted[half] : sorted[half - 1] / 2 + sorted[half] / 2;
  return { mean: m, deviation: Math.sqrt(q / n), least: sorted[0], most: sorted[n - 1], median };
}

export type Scale = 'standard' | 'minMax' | 'none';

/** One feature from one value. */
export function feature(value: number, scale: Scale, { mean, deviation, least, most }: Statistics): number {
  switch (scale) {
    case 'standard':
      return f32((value - mean) / (deviation === 0 ? 1 : deviation));
    case 'minMax':
      return f32((value - least) / (most - least === 0 ? 1 : most - least));
    case 'none':
      return f32(value);
  }
}
