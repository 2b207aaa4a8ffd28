/** The machine's limits, measured natively. */
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { addon, type InstructionSet } from '../native/addon.js';
import type { BenchLimits } from './document.js';
import type { Effort } from './effort.js';
import { quantile } from './statistics.js';

/**
 * A limit is what the machine can do, not what it does while somebody else has a core: the time that a tenth of the
 * repetitions beat.
 */
const BEST_SHARE = 0.1;
const REPETITIONS = 21;
/** Two threads that reach less than this share of twice one thread's peak may sit on one physical core … */
const APART = 0.9;
/** … and the operating system gets some time to part them. */
const TRIES = 4;
const PAUSE_MILLISECONDS = 150;
const MOST_ROUNDS = 1 << 30;
const TRIPS = 1000;
const BARRIERS = 1000;

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
  const trial = await addon().timeFmaChains({ isa, threads: 1, rounds, repetitions: 9 });
  return Math.max(1, Math.min(MOST_ROUNDS, Math.round((rounds * seconds) / quantile([...trial], BEST_SHARE))));
}

/** GFLOP/s of `rounds` rounds in `seconds`. */
export function fmaGflops(isa: InstructionSet, threads: number, rounds: number, seconds: number): number {
  return (threads * rounds * addon().fmaFlopsPerRound(isa)) / seconds / 1e9;
}

async function peakOf(isa: InstructionSet, threads: number, seconds: number): Promise<number> {
  const rounds = await roundsFor(isa, seconds);
  const times = await addon().timeFmaChains({ isa, threads, rounds, repetitions: REPETITIONS });
  return fmaGflops(isa, threads, rounds, quantile([...times], BEST_SHARE));
}

async function peaksOf(isa: InstructionSet, wanted: LimitsWanted): Promise<Record<string, number>> {
  const seconds = wanted.effort.sampleSeconds / 10;
  const peaks: Record<string, number> = {};
  for (const threads of wanted.threads) {
    for (let tries = 0; tries < TRIES; tries += 1) {
      wanted.signal?.throwIfAborted();
      const peak = await peakOf(isa, threads, seconds);
      peaks[threads] = Math.max(peak, peaks[threads] ?? 0);
      if (peaks[threads] >= APART * coresFor(threads) * (peaks['1'] ?? 0)) break;
      await setTimeout(PAUSE_MILLISECONDS);
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

/** Measures everything, for every instruction set and number of threads. */
export async function measureLimits(wanted: LimitsWanted): Promise<BenchLimits> {
  const peak: Record<string, Record<string, number>> = {};
  for (const isa of wanted.isas) peak[isa] = await peaksOf(isa, wanted);
  const floats = wanted.effort.bandwidthFloats;
  const bandwidth = await byThreads(wanted, async (threads) => {
    const times = await addon().timeTriad({ threads, floats, repetitions: REPETITIONS });
    return (12 * floats) / quantile([...times], BEST_SHARE) / 1e9;
  });
  const barrierMicroseconds = await byThreads(wanted, async (threads) => {
    // A team that has to share cores waits for the scheduler in each of them.
    const barriers = threads > coresFor(threads) ? BARRIERS / 50 : BARRIERS;
    const times = await addon().timeBarriers({ threads, barriers, repetitions: REPETITIONS });
    return (quantile([...times], BEST_SHARE) / barriers) * 1e6;
  });
  const trips = coresFor(2) < 2 ? [] : await pingPongSeconds(REPETITIONS);
  return {
    peak,
    bandwidth,
    barrierMicroseconds,
    pingPongNanoseconds: trips.length === 0 ? null : quantile(trips, BEST_SHARE) * 1e9,
  };
}
