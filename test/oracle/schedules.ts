/** Learning rates (docs/numerics.md, section 5): binary64, from the number of steps alone. */
import { CONTRACT, f32, withHardware } from './arithmetic.js';
import { cospi } from './elementary.js';

interface Decay {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
}

type Unwarmed =
  | {
      readonly name: 'piecewiseConstantDecay';
      readonly boundaries: readonly number[];
      readonly values: readonly number[];
    }
  | (Decay & {
      readonly name: 'exponentialDecay' | 'inverseTimeDecay';
      readonly decayRate: number;
      readonly staircase: boolean;
    })
  | (Decay & {
      readonly name: 'polynomialDecay';
      readonly endLearningRate: number;
      readonly power: number;
      readonly cycle: boolean;
    })
  | (Decay & { readonly name: 'cosineDecay'; readonly alpha: number })
  | {
      readonly name: 'cosineDecayRestarts';
      readonly initialLearningRate: number;
      readonly firstDecaySteps: number;
      readonly tMul: number;
      readonly mMul: number;
      readonly alpha: number;
    }
  | {
      readonly name: 'oneCycle';
      readonly maxLearningRate: number;
      readonly totalSteps: number;
      readonly pctStart: number;
      readonly annealStrategy: 'cos' | 'linear';
      readonly divFactor: number;
      readonly finalDivFactor: number;
    }
  | ReduceOnPlateau;

export interface ReduceOnPlateau {
  readonly name: 'reduceOnPlateau';
  readonly initialLearningRate: number;
  readonly monitor: string;
  readonly factor: number;
  readonly patience: number;
  readonly minDelta: number;
  readonly cooldown: number;
  readonly minLearningRate: number;
  readonly mode: 'auto' | 'min' | 'max';
}

/** What a rate that is reduced on plateaus has observed. */
export interface Plateau {
  readonly learningRate: number;
  readonly best: number;
  readonly wait: number;
  readonly cooldown: number;
}

export type Schedule =
  | Unwarmed
  | {
      readonly name: 'warmUp';
      readonly schedule: number | Unwarmed;
      readonly steps: number;
      readonly initialLearningRate: number;
    };

export type LearningRate = number | Schedule;

/** By squaring; what is behind the point by square roots. */
export function power(base: number, exponent: number): number {
  let [result, b] = [1, base];
  for (let e = Math.floor(exponent); e > 0; e = Math.floor(e / 2), b *= b) if (e % 2 === 1) result *= b;
  let root = base;
  for (let rest = exponent - Math.floor(exponent); rest > 0; ) {
    root = Math.sqrt(root);
    rest += rest;
    if (rest >= 1) [result, rest] = [result * root, rest - 1];
  }
  return result;
}

function left(x: number): number {
  const c = withHardware(CONTRACT, () => cospi(f32(x / 2)));
  return c * c;
}

/** The schedule that observes epochs, and the steps before it begins; null for another. */
export function observing(rate: LearningRate): { readonly schedule: ReduceOnPlateau; readonly after: number } | null {
  if (typeof rate === 'number') return null;
  if (rate.name === 'warmUp') {
    const inner = observing(rate.schedule);
    return inner && { ...inner, after: rate.steps };
  }
  return rate.name === 'reduceOnPlateau' ? { schedule: rate, after: 0 } : null;
}

const rises = ({ mode, monitor }: ReduceOnPlateau): boolean =>
  mode === 'max' || (mode === 'auto' && !/loss$|error$|score$/i.test(monitor));

/** Before the first epoch; undefined for a schedule that observes none. */
export function unobserved(rate: LearningRate): Plateau | undefined {
  const schedule = observing(rate)?.schedule;
  if (schedule === undefined) return undefined;
  const best = rises(schedule) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return { learningRate: schedule.initialLearningRate, best, wait: 0, cooldown: 0 };
}

/** After an epoch that ended with step `s`, counted from 1, and came to `value`. */
export function observed(rate: LearningRate, before: Plateau, s: number, value: number): Plateau {
  const { schedule, after } = observing(rate) as { schedule: ReduceOnPlateau; after: number };
  if (s <= after) return before;
  const cooldown = Math.max(before.cooldown - 1, 0);
  const wait = before.cooldown > 0 ? 0 : before.wait;
  const { minDelta, factor, minLearningRate: least } = schedule;
  const better = rises(schedule) ? value > before.best + minDelta : value < before.best - minDelta;
  if (better) return { ...before, best: value + 0, wait: 0, cooldown };
  if (cooldown > 0) return { ...before, wait, cooldown };
  if (wait + 1 < schedule.patience || !(before.learningRate > least)) return { ...before, wait: wait + 1, cooldown };
  const learningRate = Math.max(before.learningRate * factor, least);
  return { ...before, learningRate, wait: 0, cooldown: schedule.cooldown };
}

/** Of the step after `s` others. `reduced`: what has become of a rate that is reduced on plateaus. */
export function rateAt(rate: LearningRate, s: number, reduced?: number): number {
  if (typeof rate === 'number') return rate;
  switch (rate.name) {
    case 'piecewiseConstantDecay':
      return rate.values[rate.boundaries.filter((boundary) => boundary < s).length];
    case 'exponentialDecay':
      return rate.initialLearningRate * power(rate.decayRate, quotient(rate, s));
    case 'inverseTimeDecay':
      return rate.initialLearningRate / (1 + rate.decayRate * quotient(rate, s));
    case 'polynomialDecay': {
      const { initialLearningRate: a, endLearningRate: end, decaySteps: d, cycle } = rate;
      const q = cycle ? s : Math.min(s, d);
      const l = cycle ? d * Math.max(1, Math.ceil(s / d)) : d;
      return (a - end) * power(1 - q / l, rate.power) + end;
    }
    case 'cosineDecay':
      return rate.initialLearningRate * ((1 - rate.alpha) * left(Math.min(s / rate.decaySteps, 1)) + rate.alpha);
    case 'cosineDecayRestarts': {
      const { initialLearningRate: a, alpha, tMul, mMul } = rate;
      let [q, l, i] = [s, rate.firstDecaySteps, 0];
      // Subtracting one integer from another again and again: a remainder, without 2·10¹¹ turns.
      if (tMul === 1) [q, i] = [s % l, Math.floor(s / l)];
      for (; q >= l; i++) [q, l] = [q - l, l * tMul];
      return a * ((1 - alpha) * (power(mMul, i) * left(q / l)) + alpha);
    }
    case 'oneCycle': {
      const { maxLearningRate: max, totalSteps: d, annealStrategy } = rate;
      const first = max / rate.divFactor;
      const last = first / rate.finalDivFactor;
      const top = rate.pctStart * d - 1;
      const between = (p: number, q: number, x: number) =>
        annealStrategy === 'linear' ? p + (q - p) * x : q + (p - q) * left(x);
      if (s < top) return between(first, max, s / top);
      return between(max, last, Math.min((s - top) / (d - 1 - top), 1));
    }
    case 'reduceOnPlateau':
      return reduced ?? rate.initialLearningRate;
    case 'warmUp': {
      if (s >= rate.steps) return rateAt(rate.schedule, s - rate.steps, reduced);
      const a = rate.initialLearningRate;
      return a + (rateAt(rate.schedule, 0) - a) * (s / rate.steps);
    }
  }
}

function quotient({ decaySteps, staircase }: { decaySteps: number; staircase: boolean }, s: number): number {
  return staircase ? Math.floor(s / decaySteps) : s / decaySteps;
}
