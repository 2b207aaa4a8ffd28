/** Learning rates by step, as plain, serialisable descriptions: docs/numerics.md, section 5, "Learning rates". */

/** Steps up to a boundary have its value; the last value is of those beyond all. */
export interface PiecewiseConstantDecay {
  readonly name: 'piecewiseConstantDecay';
  /** Ascending; the last step of each piece but the last, counted from 0. */
  readonly boundaries: readonly number[];
  /** One more than boundaries. */
  readonly values: readonly number[];
}

/** `initialLearningRate · decayRate^(step / decaySteps)`, the quotient rounded down with `staircase`. */
export interface ExponentialDecay {
  readonly name: 'exponentialDecay';
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  readonly staircase: boolean;
}

/** `initialLearningRate / (1 + decayRate · step / decaySteps)`, the quotient rounded down with `staircase`. */
export interface InverseTimeDecay {
  readonly name: 'inverseTimeDecay';
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  readonly staircase: boolean;
}

/** From one rate to another by a power of the share of steps that is left. */
export interface PolynomialDecay {
  readonly name: 'polynomialDecay';
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly endLearningRate: number;
  readonly power: number;
  readonly cycle: boolean;
}

/** Half a cosine, down to `alpha` of the initial rate. */
export interface CosineDecay {
  readonly name: 'cosineDecay';
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly alpha: number;
}

/** Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017. */
export interface CosineDecayRestarts {
  readonly name: 'cosineDecayRestarts';
  readonly initialLearningRate: number;
  readonly firstDecaySteps: number;
  readonly tMul: number;
  readonly mMul: number;
  readonly alpha: number;
}

/** Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018. */
export interface OneCycle {
  readonly name: 'oneCycle';
  readonly maxLearningRate: number;
  readonly totalSteps: number;
  readonly pctStart: number;
  readonly annealStrategy: 'cos' | 'linear';
  readonly divFactor: number;
  readonly finalDivFactor: number;
}

/** Lower whenever a metric of the epochs has not become better for a while: decided at their ends, by what they came to. */
export interface ReduceOnPlateau {
  readonly name: 'reduceOnPlateau';
  readonly initialLearningRate: number;
  /** A metric of epochs, by its name. */
  readonly monitor: string;
  readonly factor: number;
  readonly patience: number;
  readonly minDelta: number;
  readonly cooldown: number;
  readonly minLearningRate: number;
  readonly mode: 'auto' | 'min' | 'max';
}

/** A straight line up to another schedule, which begins after it. */
export interface WarmUp {
  readonly name: 'warmUp';
  readonly schedule: number | Exclude<Schedule, WarmUp>;
  readonly steps: number;
  readonly initialLearningRate: number;
}

/** What the functions of schedules give: {@link exponentialDecay} and the others. */
export type Schedule =
  | PiecewiseConstantDecay
  | ExponentialDecay
  | InverseTimeDecay
  | PolynomialDecay
  | CosineDecay
  | CosineDecayRestarts
  | OneCycle
  | ReduceOnPlateau
  | WarmUp;

/** One rate for all steps, or a schedule. */
export type LearningRate = number | Schedule;
