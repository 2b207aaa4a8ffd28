/** From samples to the lines of the document. */
import type { InstructionSet } from '../native/instruction-set.js';
import type { Reduction } from '../native/network.js';
import { type BenchCase, flopsOf, rowsOf } from './cases.js';
import type { BenchCaseResult, BenchLimits } from './document.js';
import { coresFor } from './limits.js';
import type { Samples } from './measure.js';

/** What was run on one instruction set, with one number of threads, in one order. */
export interface Executed {
  readonly isa: InstructionSet;
  readonly threads: number;
  readonly reduction: Reduction;
  readonly samples: Samples;
  readonly fingerprint: string | null;
}

/** A line without what needs the other lines. */
export type LoneResult = Omit<BenchCaseResult, 'speedUp' | 'efficiency'>;

/** Peak for a team; more threads than cores cannot do more than the cores. */
export function peakFor(peak: BenchLimits['peak'], isa: string, threads: number): number {
  return peak[isa][String(coresFor(threads))];
}

export function resultOf(one: BenchCase, executed: Executed, limits: BenchLimits): LoneResult {
  const { isa, threads, reduction, samples, fingerprint } = executed;
  const { medianSeconds, ...taken } = samples.summary;
  const gflops = flopsOf(one) / medianSeconds / 1e9;
  return {
    name: one.name,
    work: one.work,
    isa,
    threads,
    reduction,
    medianSeconds,
    ...taken,
    gflops,
    fractionOfPeak: gflops / peakFor(limits.peak, isa, threads),
    fractionOfPeakFromCache: gflops / peakFor(limits.peakFromCache, isa, threads),
    samplesPerSecond: rowsOf(one) / medianSeconds,
    fingerprint,
  };
}

/** Adds speed-up and efficiency against the fewest threads of the same case, instruction set and order. */
export function withSpeedUps(lone: readonly LoneResult[]): BenchCaseResult[] {
  return lone.map((result) => {
    const same = lone.filter(
      ({ name, isa, reduction }) => name === result.name && isa === result.isa && reduction === result.reduction,
    );
    const reference = same.reduce((least, other) => (other.threads < least.threads ? other : least), result);
    const speedUp = reference.medianSeconds / result.medianSeconds;
    return { ...result, speedUp, efficiency: (speedUp * reference.threads) / result.threads };
  });
}

/** Names of the cases whose fixed-order runs did not all end with the same bits. */
export function casesThatDiffer(
  results: readonly Pick<BenchCaseResult, 'name' | 'reduction' | 'fingerprint'>[],
): string[] {
  const prints = new Map<string, Set<string>>();
  for (const { name, reduction, fingerprint } of results) {
    if (reduction !== 'fixed' || fingerprint === null) continue;
    prints.set(name, (prints.get(name) ?? new Set()).add(fingerprint));
  }
  return [...prints].filter(([, found]) => found.size > 1).map(([name]) => name);
}
