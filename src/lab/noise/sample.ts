/** From runs to the numbers that statistics are made of. */
import { expected } from '../../errors.js';
import type { NoiseMetric, SeededRun } from './documents.js';

/** The metric that is meant where none was named: accuracy where there is one. */
export function metricOf(runs: readonly SeededRun[], named: NoiseMetric | undefined): NoiseMetric {
  const isRated = runs.every(({ test }) => test.accuracy !== null);
  if (named === 'accuracy' && !isRated) throw expected("'loss', since the recipe has no accuracy,", '--metric', named);
  return named ?? (isRated ? 'accuracy' : 'loss');
}

/** One number for each run; what is not finite is NaN, and statistics refuse it. */
export function valuesOf(runs: readonly SeededRun[], metric: NoiseMetric): number[] {
  return runs.map(({ test }) => {
    const value = test[metric];
    return typeof value === 'number' ? value : Number.NaN;
  });
}

/** How many different final weights there are. */
export function differentBits(runs: readonly SeededRun[]): number {
  return new Set(runs.map(({ fingerprint }) => fingerprint)).size;
}

/** Two samples, and whether value i of both belongs together. */
export interface PairedRuns {
  readonly a: readonly SeededRun[];
  readonly b: readonly SeededRun[];
  readonly paired: boolean;
}

/**
 * Pairs runs by seed where both sides have the same seeds, each once: what the seed does to both alike then cancels.
 * Else they stay two samples.
 */
export function pairBySeed(a: readonly SeededRun[], b: readonly SeededRun[]): PairedRuns {
  const bySeed = new Map(b.map((run) => [String(run.seed), run]));
  const matched = a.flatMap(({ seed }) => bySeed.get(String(seed)) ?? []);
  const isWhole = a.length === b.length && bySeed.size === b.length && new Set(matched).size === a.length;
  return isWhole ? { a, b: matched, paired: true } : { a, b, paired: false };
}
