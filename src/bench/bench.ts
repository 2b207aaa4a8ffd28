/** The course of a benchmark: the machine's limits, then case by case, everything that is compared by turns. */
import type { Recipe } from '../model/recipe.js';
import type { InstructionSet } from '../native/instruction-set.js';
import type { Reduction } from '../native/network.js';
import { Calibration } from './calibration.js';
import {
  type BenchCase,
  type CrowdedCase,
  type FitCase,
  flopsOf,
  type MarkedCase,
  type PredictCase,
  type StepCase,
} from './cases.js';
import { FitContestant } from './contestants/fit.js';
import { PhaseContestant } from './contestants/phase.js';
import { PredictContestant } from './contestants/predict.js';
import { StepContestant } from './contestants/step.js';
import type { BenchLimits, PriceOfCrowding, PriceOfMarks, PriceOfOrder } from './document.js';
import type { Effort } from './effort.js';
import { coresFor, higherPeaks, measureLimits, measurePeaks } from './limits.js';
import { forgetMadeUpRows } from './made-up-data.js';
import { type Contestant, measureByTurns, type Samples } from './measure.js';
import { type Order, recipeOf } from './recipes.js';
import { type Executed, resultOf, withSpeedUps } from './results.js';

export interface BenchOptions {
  readonly cases: readonly BenchCase[];
  readonly threads: readonly number[];
  readonly reductions: readonly Reduction[];
  readonly isas: readonly InstructionSet[];
  readonly effort: Effort;
  readonly onProgress?: (progress: BenchProgress) => void;
  /** Ends the benchmark between two samples; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How far a benchmark is. */
export interface BenchProgress {
  /** What is measured: `limits`, or the name of a case and its execution. */
  readonly label: string;
  /** Which part this is of all, counted from 1. */
  readonly part: number;
  readonly parts: number;
  /** Rounds done of this part, and how many there may be; the part may end earlier. */
  readonly round: number;
  readonly rounds: number;
  /** The part has ended. */
  readonly done: boolean;
}

/** What was measured. */
export interface Benchmark {
  readonly limits: BenchLimits;
  readonly cases: ReturnType<typeof withSpeedUps>;
  readonly price: readonly PriceOfOrder[];
  readonly crowding: readonly PriceOfCrowding[];
  readonly marking: readonly PriceOfMarks[];
  /** Recipes of the training cases, by name. */
  readonly recipes: Readonly<Record<string, Recipe>>;
}

/** A share of the peak that whole steps can hope for, to make their samples about as long as is wanted. */
const HOPED_SHARE = 0.7;

interface Place {
  readonly isa: InstructionSet;
  readonly threads: number;
}

/** Something that is trained, with its order. */
type Trainee = Contestant & { readonly order: Order; readonly fingerprint: string | null; dispose(): void };

class Course {
  readonly #options: BenchOptions;
  readonly #parts: readonly { readonly one: BenchCase; readonly place: Place }[];
  #part = 1;
  #limits!: BenchLimits;
  #calibration!: Calibration;
  readonly #executed: { readonly one: BenchCase; readonly executed: Executed }[] = [];
  readonly #price: PriceOfOrder[] = [];
  readonly #crowding: PriceOfCrowding[] = [];
  readonly #marking: PriceOfMarks[] = [];

  constructor(options: BenchOptions) {
    this.#options = options;
    const places = options.isas.flatMap((isa) => options.threads.map((threads) => ({ isa, threads })));
    const alone = options.isas.map((isa) => ({ isa, threads: coresFor(Number.MAX_SAFE_INTEGER) }));
    this.#parts = options.cases
      .filter((one) => orderMatters(one) || options.reductions.includes('fixed'))
      .flatMap((one) => (one.kind === 'crowded' ? alone : places).map((place) => ({ one, place })));
  }

  async run(): Promise<Benchmark> {
    const { isas, threads, effort, signal, cases } = this.#options;
    const all = [...new Set([1, ...threads, ...threads.map(coresFor), coresFor(2), coresFor(Number.MAX_SAFE_INTEGER)])];
    const wanted = { isas, threads: all.sort((a, b) => a - b), effort, signal };
    this.#tell('limits', 0, 1, false);
    this.#limits = await measureLimits(wanted);
    this.#tell('limits', 1, 1, true);
    this.#calibration = new Calibration(this.#limits);
    for (const { one, place } of this.#parts) {
      this.#part += 1;
      await this.#measure(one, place);
    }
    // Looked at twice: a neighbor that was busy at the beginning must not make the program look better than the machine.
    const limits = { ...this.#limits, ...higherPeaks(this.#limits, await measurePeaks(wanted)) };
    return {
      limits,
      cases: withSpeedUps(this.#executed.map(({ one, executed }) => resultOf(one, executed, limits))),
      price: this.#price,
      crowding: this.#crowding,
      marking: this.#marking,
      recipes: Object.fromEntries(
        cases.flatMap((one) =>
          one.kind === 'step' || one.kind === 'fit' ? [[one.name, recipeOf(one, 'fixed')] as const] : [],
        ),
      ),
    };
  }

  #measure(one: BenchCase, place: Place): Promise<void> {
    switch (one.kind) {
      case 'phase': {
        const contestant = new PhaseContestant(one, place.isa, place.threads, this.#sizing(place.isa));
        return this.#alone(one, place, contestant);
      }
      case 'predict':
        return this.#predict(one, place);
      case 'crowded':
        return this.#crowded(one, place);
      case 'marked':
        return this.#marked(one, place);
      default:
        return this.#trained(one, place);
    }
  }

  async #alone(one: BenchCase, place: Place, contestant: Contestant): Promise<void> {
    await contestant.sample();
    const [samples] = await this.#byTurns(one, place, [contestant]);
    this.#add(one, { ...place, reduction: 'fixed', samples, fingerprint: null });
  }

  async #predict(one: PredictCase, place: Place): Promise<void> {
    const contestant = await PredictContestant.prepare(one, place.isa, place.threads, this.#sizing(place.isa));
    await this.#alone(one, place, contestant);
    contestant.dispose();
  }

  /** Fixed order, one chain, and free order, by turns. */
  async #trained(one: StepCase | FitCase, place: Place): Promise<void> {
    const { reductions } = this.#options;
    const orders = (['fixed', 'chain', 'free'] as const).filter((order) =>
      reductions.includes(order === 'free' ? 'free' : 'fixed'),
    );
    const trainees = orders.map((order) => this.#trainee(one, place, order));
    const samples = await this.#train(one, place, trainees);
    const of = (order: Order): Samples | undefined => samples[orders.indexOf(order)];
    for (const [index, { order, fingerprint }] of trainees.entries()) {
      if (order === 'chain') continue;
      const print = order === 'fixed' ? fingerprint : null;
      this.#add(one, { ...place, reduction: order, samples: samples[index], fingerprint: print });
    }
    const [fixed, chain, free] = [of('fixed'), of('chain'), of('free')];
    if (fixed === undefined || chain === undefined) return;
    const fixedOverFree = free === undefined ? null : fixed.over(free);
    this.#price.push({ name: one.name, ...place, fixedOverChain: fixed.over(chain), fixedOverFree });
  }

  async #crowded(one: CrowdedCase, { isa, threads: cores }: Place): Promise<void> {
    const threads = cores * one.crowding;
    const trainees = [cores, threads].map((many) => this.#trainee(one.step, { isa, threads: many }, 'fixed'));
    const [right, crowded] = await this.#train(one, { isa, threads }, trainees);
    const { fingerprint } = trainees[1];
    this.#add(one, { isa, threads, reduction: 'fixed', samples: crowded, fingerprint });
    this.#crowding.push({ name: one.name, isa, threads, cores, ratio: crowded.over(right) });
  }

  async #marked(one: MarkedCase, place: Place): Promise<void> {
    const trainees = [false, true].map((marks) => this.#trainee(one.step, place, 'fixed', marks));
    const [plain, marked] = await this.#train(one, place, trainees);
    this.#add(one, { ...place, reduction: 'fixed', samples: marked, fingerprint: trainees[1].fingerprint });
    this.#marking.push({ name: one.name, ...place, ratio: marked.over(plain) });
  }

  #trainee(one: StepCase | FitCase, { isa, threads }: Place, order: Order, marks = false): Trainee {
    const { effort, isas } = this.#options;
    if (one.kind === 'fit') return new FitContestant(one, isa, threads, order, effort.sampleSeconds);
    // The slowest instruction set decides, so that all make the same steps.
    const gflops = HOPED_SHARE * Math.min(...isas.map((some) => this.#limits.peak[some]['1']));
    const stepsPerSample = Math.max(1, Math.round((gflops * 1e9 * effort.sampleSeconds) / flopsOf(one)));
    return new StepContestant(one, { isa, threads, order, stepsPerSample, samples: effort.samples, marks });
  }

  async #train(one: BenchCase, place: Place, trainees: readonly Trainee[]): Promise<Samples[]> {
    try {
      for (const trainee of trainees) await trainee.sample();
      return await this.#byTurns(one, place, trainees);
    } finally {
      for (const trainee of trainees) trainee.dispose();
    }
  }

  async #byTurns(one: BenchCase, place: Place, contestants: readonly Contestant[]): Promise<Samples[]> {
    const { effort, signal } = this.#options;
    const label = `${one.name}, ${place.threads} thread${place.threads === 1 ? '' : 's'}, ${place.isa}`;
    this.#tell(label, 0, 1, false);
    const samples = await measureByTurns(contestants, {
      samples: effort.samples,
      calibration: this.#calibration,
      signal,
      onRound: (round, rounds) => this.#tell(label, round, rounds, false),
    });
    this.#tell(label, 1, 1, true);
    return samples;
  }

  #sizing(isa: InstructionSet): { gflops: number; seconds: number } {
    return { gflops: this.#limits.peak[isa]['1'], seconds: this.#options.effort.sampleSeconds };
  }

  #add(one: BenchCase, executed: Executed): void {
    this.#executed.push({ one, executed });
  }

  #tell(label: string, round: number, rounds: number, done: boolean): void {
    this.#options.onProgress?.({ label, part: this.#part, parts: this.#parts.length + 1, round, rounds, done });
  }
}

function orderMatters({ kind }: BenchCase): boolean {
  return kind === 'step' || kind === 'fit';
}

/**
 * Measures the machine's limits and then every case on every instruction set and number of threads.
 *
 * @throws SamebitsError `ERR_SAMEBITS_NON_FINITE` where a case's weights do not stay finite; the signal's reason.
 */
export async function runBench(options: BenchOptions): Promise<Benchmark> {
  try {
    return await new Course(options).run();
  } finally {
    forgetMadeUpRows();
  }
}
