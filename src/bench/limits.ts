/** The machine's limits, measured natively. */
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { addon } from '../native/addon.js';
import type { InstructionSet } from '../native/instruction-set.js';
import type { BenchLimits } from './document.js';
import type { Effort } from './effort.js';
import { quantile } from './statistics.js';

/**
 * A limit is what the machine can do, not what it does while somebody else has a core: the time that a tenth of the
 * repetitions beat.
 */
const BEST_SHARE = 0.1;
/** Two threads that reach less than this share of twice one thread's peak may sit on one physical core … */
const APART = 0.9;
/** … and the operating system gets some time to part them, before the next try. */
const PAUSE_MILLISECONDS = 150;
const MOST_ROUNDS = 1 << 30;
const TRIPS = 100;
const BARRIERS = 1000;
/** A team that has to share cores waits for the scheduler in each barrier. */
const CROWDED_BARRIERS = 20;

export interface LimitsWanted {
  readonly isas: readonly InstructionSet[];
  readonly threads: readonly number[];
  readonly effort: Effort;
  readonly signal?: AbortSignal;
}

/** Cores that a team can have at once. */
export function coresFor(threads: number): number {
  return Math.min(threads, availableParallelism());
}

/** Rounds of fma chains that take about `seconds` on one undisturbed thread. */
export async function roundsFor(isa: InstructionSet, seconds: number): Promise<number> {
  const rounds = 1000;
  const trial = await addon().timeFmaChains({ isa, threads: 1, rounds, repetitions: 9, fed: false });
  return Math.max(1, Math.min(MOST_ROUNDS, Math.round((rounds * seconds) / quantile([...trial], BEST_SHARE))));
}

/** GFLOP/s of `rounds` rounds in `seconds`. */
export function fmaGflops(isa: InstructionSet, threads: number, rounds: number, seconds: number): number {
  return (threads * rounds * addon().fmaFlopsPerRound(isa)) / seconds / 1e9;
}

/** Where the operands of the chains are: in registers, or in the first-level cache. */
type Operands = 'registers' | 'cache';

async function peakOf(isa: InstructionSet, from: Operands, threads: number, effort: Effort) {
  const { sampleSeconds, limitRepetitions: repetitions } = effort;
  const rounds = await roundsFor(isa, sampleSeconds / 10);
  const times = await addon().timeFmaChains({ isa, threads, rounds, repetitions, fed: from === 'cache' });
  return fmaGflops(isa, threads, rounds, quantile([...times], BEST_SHARE));
}

async function peaksOf(isa: InstructionSet, from: Operands, wanted: LimitsWanted): Promise<Record<string, number>> {
  const peaks: Record<string, number> = {};
  for (const threads of wanted.threads) {
    for (let tries = 1; tries <= wanted.effort.peakTries; tries += 1) {
      wanted.signal?.throwIfAborted();
      if (tries > 1) await setTimeout(PAUSE_MILLISECONDS);
      peaks[threads] = Math.max(await peakOf(isa, from, threads, wanted.effort), peaks[threads] ?? 0);
      if (peaks[threads] >= APART * coresFor(threads) * (peaks['1'] ?? 0)) break;
    }
  }
  return peaks;
}

async function byThreads(wanted: LimitsWanted, measure: (threads: number) => Promise<number>) {
  const found: Record<string, number> = {};
  for (const threads of wanted.threads) {
    wanted.signal?.throwIfAborted();
    found[threads] = await measure(threads);
  }
  return found;
}

/** Seconds of one trip there and back between two threads, as a limit. */
export async function pingPongSeconds(repetitions: number): Promise<number[]> {
  const times = await addon().timePingPong({ trips: TRIPS, repetitions });
  return Array.from(times, (time) => time / TRIPS);
}

/** Peaks by instruction set and threads, in GFLOP/s. */
export type Peaks = Pick<BenchLimits, 'peak' | 'peakFromCache'>;

export async function measurePeaks(wanted: LimitsWanted): Promise<Peaks> {
  const peak: Record<string, Record<string, number>> = {};
  const peakFromCache: Record<string, Record<string, number>> = {};
  for (const isa of wanted.isas) {
    peak[isa] = await peaksOf(isa, 'registers', wanted);
    peakFromCache[isa] = await peaksOf(isa, 'cache', wanted);
  }
  return { peak, peakFromCache };
}

/** The higher of two measurements of the same peaks. */
export function higherPeaks(first: Peaks, second: Peaks): Peaks {
  return {
    peak: higher(first.peak, second.peak),
    peakFromCache: higher(first.peakFromCache, second.peakFromCache),
  };
}

function higher(first: BenchLimits['peak'], second: BenchLimits['peak']): BenchLimits['peak'] {
  return Object.fromEntries(
    Object.entries(first).map(([isa, values]) => [
      isa,
      Object.fromEntries(
        Object.entries(values).map(([threads, value]) => [threads, Math.max(value, second[isa][threads])]),
      ),
    ]),
  );
}

/** Measures everything, for every instruction set and number of threads. */
export async function measureLimits(wanted: LimitsWanted): Promise<BenchLimits> {
  const peaks = await measurePeaks(wanted);
  const { bandwidthFloats: floats, limitRepetitions: repetitions } = wanted.effort;
  const bandwidth = await byThreads(wanted, async (threads) => {
    const times = await addon().timeTriad({ threads, floats, repetitions });
    return (12 * floats) / quantile([...times], BEST_SHARE) / 1e9;
  });
  const barrierMicroseconds = await byThreads(wanted, async (threads) => {
    if (threads === 1) return 0;
    const barriers = threads > coresFor(threads) ? CROWDED_BARRIERS : BARRIERS;
    const times = await addon().timeBarriers({ threads, barriers, repetitions });
    return (quantile([...times], BEST_SHARE) / barriers) * 1e6;
  });
  const trips = coresFor(2) < 2 ? [] : await pingPongSeconds(repetitions);
  return {
    ...peaks,
    bandwidth,
    barrierMicroseconds,
    pingPongNanoseconds: trips.length === 0 ? null : quantile(trips, BEST_SHARE) * 1e9,
  };
}
