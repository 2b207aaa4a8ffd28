/** Optimizers (docs/numerics.md, section 5). */
import { add, div, f32, fma, mul, sqrt, sub } from './arithmetic.js';
import { type LearningRate, type Plateau, power, rateAt } from './schedules.js';
import {
  type Constraint,
  clippedValue,
  constrain,
  decay,
  gradientsOf,
  moveAverage,
  type Regularizer,
} from './updates.js';

/** What any optimizer may have. */
export interface UpdateOptions {
  readonly weightDecay?: number;
  readonly decayBiases?: boolean;
  readonly clipValue?: number;
  readonly clipNorm?: number;
  readonly globalClipNorm?: number;
  readonly movingAverage?: { readonly momentum: number; readonly overwriteEvery?: number };
}

export type Optimizer = Rule & UpdateOptions;

type Rule =
  | {
      readonly name: 'sgd';
      readonly learningRate: LearningRate;
      readonly momentum: number;
      readonly nesterov?: boolean;
    }
  | {
      readonly name: 'rmsprop';
      readonly learningRate: LearningRate;
      readonly rho: number;
      readonly momentum: number;
      readonly epsilon: number;
    }
  | {
      readonly name: 'adam';
      readonly learningRate: LearningRate;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly amsgrad?: boolean;
    }
  | {
      readonly name: 'nadam';
      readonly learningRate: LearningRate;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    }
  | {
      readonly name: 'adagrad';
      readonly learningRate: LearningRate;
      readonly initialAccumulatorValue: number;
      readonly epsilon: number;
    };

/** A tensor of weights with its gradient's state: named as in the fingerprint. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly state: Readonly<Record<string, Float32Array>>;
  readonly regularizer?: Regularizer;
  readonly constraint?: Constraint;
  /** Not even with `decayBiases`: rows of tables. */
  readonly neverDecays?: true;
}

export function stateNames(optimizer: Optimizer): string[] {
  return [...ruleNames(optimizer), ...(optimizer.movingAverage === undefined ? [] : ['average'])];
}

function ruleNames(optimizer: Rule): string[] {
  if (optimizer.name === 'adagrad') return ['accumulator'];
  if (optimizer.name === 'nadam') return ['m', 'v'];
  if (optimizer.name === 'adam') return optimizer.amsgrad ? ['m', 'v', 'vMax'] : ['m', 'v'];
  const momentum = optimizer.momentum === 0 ? [] : ['momentum'];
  return optimizer.name === 'rmsprop' ? ['v', ...momentum] : momentum;
}

/** Where an element's state starts. */
export function initialState(optimizer: Optimizer): number {
  return optimizer.name === 'adagrad' ? f32(optimizer.initialAccumulatorValue) : 0;
}

/** Binary64 running products of Adam's and Nadam's betas, and the steps made, the current one included. */
export interface Powers {
  readonly p1: number;
  readonly p2: number;
  readonly steps: number;
  /** What a schedule has observed. */
  readonly plateau?: Plateau;
}

/** At the start of each step. */
export function advance(optimizer: Optimizer, before: Powers): Powers {
  const { plateau } = before;
  return { ...advanced(optimizer, before), ...(plateau && { plateau }) };
}

function advanced(optimizer: Optimizer, { p1, p2, steps }: Powers): Powers {
  const t = steps + 1;
  if (optimizer.name === 'adam') return { p1: p1 * optimizer.beta1, p2: p2 * optimizer.beta2, steps: t };
  if (optimizer.name === 'nadam')
    return { p1: p1 * momentumAt(optimizer.beta1, t), p2: p2 * optimizer.beta2, steps: t };
  return { p1, p2, steps: t };
}

/** Nadam's `u(t)`. */
export function momentumAt(beta1: number, t: number): number {
  return beta1 * (1 - 0.5 * power(0.96, t));
}

/**
 * All that a step does to a parameter.
 *
 * @param sums The gradient of each element, summed over the batch's `rows` rows.
 * @param factor Of its gradient, where it is clipped by its norm.
 */
export function update(
  optimizer: Optimizer,
  parameter: Parameter,
  sums: Float32Array,
  rows: number,
  powers: Powers,
  factor = 1,
): void {
  const gradients = gradientsOf(parameter, sums, rows).map((g) => clippedValue(optimizer, mul(g, factor)));
  decay(optimizer, parameter, rateAt(optimizer.learningRate, powers.steps - 1, powers.plateau?.learningRate));
  follow(optimizer, parameter, gradients, powers);
  constrain(parameter);
  moveAverage(optimizer, parameter, powers.steps);
}

/** The optimizer's own rule. */
function follow(optimizer: Rule, parameter: Parameter, gradients: Float32Array, powers: Powers): void {
  const { p1, p2, steps, plateau } = powers;
  const w = parameter.values;
  const learningRate = rateAt(optimizer.learningRate, steps - 1, plateau?.learningRate);
  if (optimizer.name === 'sgd') {
    const rate = f32(learningRate);
    const { momentum } = parameter.state;
    gradients.forEach((g, i) => {
      let direction = g;
      if (momentum !== undefined) {
        momentum[i] = fma(f32(optimizer.momentum), momentum[i], g);
        direction = optimizer.nesterov ? fma(f32(optimizer.momentum), momentum[i], g) : momentum[i];
      }
      w[i] = fma(-rate, direction, w[i]);
    });
    return;
  }
  if (optimizer.name === 'rmsprop') {
    const { v, momentum } = parameter.state;
    gradients.forEach((g, i) => {
      v[i] = fma(f32(optimizer.rho), v[i], mul(mul(f32(1 - optimizer.rho), g), g));
      const d = div(mul(f32(learningRate), g), sqrt(add(v[i], f32(optimizer.epsilon))));
      if (momentum !== undefined) momentum[i] = fma(f32(optimizer.momentum), momentum[i], d);
      w[i] = sub(w[i], momentum === undefined ? d : momentum[i]);
    });
    return;
  }
  if (optimizer.name === 'adagrad') {
    const { accumulator: v } = parameter.state;
    gradients.forEach((g, i) => {
      v[i] = fma(g, g, v[i]);
      w[i] = sub(w[i], div(mul(f32(learningRate), g), sqrt(add(v[i], f32(optimizer.epsilon)))));
    });
    return;
  }
  const { beta1, beta2, epsilon } = optimizer;
  const { m, v, vMax } = parameter.state;
  const inverseRoot = f32(1 / Math.sqrt(1 - p2));
  const up = directionOf({ ...optimizer, learningRate }, { p1, p2, steps });
  gradients.forEach((g, i) => {
    m[i] = fma(f32(beta1), m[i], mul(f32(1 - beta1), g));
    v[i] = fma(f32(beta2), v[i], mul(mul(f32(1 - beta2), g), g));
    if (vMax !== undefined) vMax[i] = vMax[i] > v[i] ? vMax[i] : v[i];
    const square = vMax === undefined ? v[i] : vMax[i];
    w[i] = sub(w[i], div(up(m[i], g), fma(sqrt(square), inverseRoot, f32(epsilon))));
  });
}

/** What is divided by the root: of Adam and Nadam. */
function directionOf(
  {
    name,
    learningRate,
    beta1,
  }: { readonly name: 'adam' | 'nadam'; readonly learningRate: number; readonly beta1: number },
  { p1, steps }: Powers,
): (m: number, g: number) => number {
  if (name === 'adam') {
    const stepSize = f32(learningRate / (1 - p1));
    return (m) => mul(stepSize, m);
  }
  const next = momentumAt(beta1, steps + 1);
  const stepSize = f32((learningRate * next) / (1 - p1 * next));
  const gradientStep = f32((learningRate * (1 - momentumAt(beta1, steps))) / (1 - p1));
  return (m, g) => fma(stepSize, m, mul(gradientStep, g));
}
