/** Learning rates, step by step; and golden recipes with schedules, each of 20 steps. */
import { type LearningRate, rateAt } from '../oracle/schedules.js';
import { adam, common, dense, type GoldenRecipe, sgd } from './recipes.js';

const exponential = {
  name: 'exponentialDecay',
  initialLearningRate: 0.1,
  decaySteps: 7,
  decayRate: 0.96,
  staircase: false,
} as const;
const polynomial = {
  name: 'polynomialDecay',
  initialLearningRate: 0.1,
  decaySteps: 9,
  endLearningRate: 0.0001,
  power: 1,
  cycle: false,
} as const;
const cosine = { name: 'cosineDecay', initialLearningRate: 0.05, decaySteps: 15, alpha: 0 } as const;
const restarts = {
  name: 'cosineDecayRestarts',
  initialLearningRate: 0.03,
  firstDecaySteps: 5,
  tMul: 2,
  mMul: 1,
  alpha: 0,
} as const;
const cycle = {
  name: 'oneCycle',
  maxLearningRate: 0.02,
  totalSteps: 18,
  pctStart: 0.3,
  annealStrategy: 'cos',
  divFactor: 25,
  finalDivFactor: 10000,
} as const;

const rates: readonly LearningRate[] = [
  { name: 'piecewiseConstantDecay', boundaries: [], values: [0.5] },
  { name: 'piecewiseConstantDecay', boundaries: [0, 3, 20], values: [0.3, 0.2, 0.1, 0] },
  exponential,
  { ...exponential, staircase: true },
  { ...exponential, decayRate: 1.0000001, decaySteps: 1000003 },
  { ...exponential, decayRate: 1.5, decaySteps: 1 },
  { ...exponential, name: 'inverseTimeDecay', decayRate: 0.5 },
  { ...exponential, name: 'inverseTimeDecay', decayRate: 0.5, staircase: true },
  polynomial,
  { ...polynomial, power: 0.5 },
  { ...polynomial, power: 2.7, endLearningRate: 0.2 },
  { ...polynomial, power: 3, cycle: true },
  cosine,
  { ...cosine, alpha: 0.25, decaySteps: 1 },
  { ...cosine, decaySteps: 999999937 },
  restarts,
  { ...restarts, tMul: 1, mMul: 0.9, alpha: 0.1 },
  { ...restarts, tMul: 1.3, mMul: 1.1, firstDecaySteps: 3 },
  cycle,
  { ...cycle, annealStrategy: 'linear', pctStart: 0.5 },
  { ...cycle, totalSteps: 1, pctStart: 0 },
  { ...cycle, totalSteps: 4, pctStart: 0.25, finalDivFactor: 0.5 },
  { name: 'warmUp', schedule: 0.3, steps: 6, initialLearningRate: 0 },
  { name: 'warmUp', schedule: { ...cosine, decaySteps: 11 }, steps: 4, initialLearningRate: 0.01 },
  { name: 'warmUp', schedule: restarts, steps: 1, initialLearningRate: 1 },
];

const STEPS = [...Array(24).keys(), 999, 1000, 1000003, 4294967296, 999999999999];

/** Binary64, 16 hexadecimal digits, the most significant first. */
function hex64(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

export const schedulesDocument = () =>
  rates.map((learningRate) => ({
    learningRate,
    rates: Object.fromEntries(STEPS.map((step) => [step, hex64(rateAt(learningRate, step))])),
  }));

const small = {
  ...common,
  inputs: 5,
  loss: 'sparseCategoricalCrossentropy',
  rows: 34,
  batchSize: 9,
  epochs: 5,
} as const;

const recipe = (
  title: string,
  salt: number,
  optimizer: GoldenRecipe['optimizer'],
  units = 9,
): GoldenRecipe => ({
  ...small,
  title: `5-${units}-3, ${title}`,
  layers: [dense(units, 'tanh'), dense(3, 'softmax')],
  optimizer,
  x: { kind: 'floats', salt },
  targets: { kind: 'labels', salt: salt + 1, columns: 3 },
});

/** 10 epochs of 2 steps. */
const plateau = (...[title, salt, optimizer]: [string, number, GoldenRecipe['optimizer']]): GoldenRecipe => ({
  ...recipe(title, salt, optimizer),
  batchSize: 17,
  epochs: 10,
});

const reduced = {
  name: 'reduceOnPlateau',
  initialLearningRate: 0.05,
  monitor: 'loss',
  factor: 0.5,
  patience: 1,
  minDelta: 0.0001,
  cooldown: 0,
  minLearningRate: 0,
  mode: 'auto',
} as const;

const rmsprop = { name: 'rmsprop', rho: 0.9, momentum: 0.5, epsilon: 1e-7 } as const;

export const scheduleRecipes: readonly GoldenRecipe[] = [
  recipe('SGD, pieces', 121, {
    ...sgd,
    learningRate: { name: 'piecewiseConstantDecay', boundaries: [4, 11], values: [0.5, 0.2, 0.05] },
  }),
  recipe('Adam, exponential decay after a warm-up', 123, {
    ...adam,
    learningRate: { name: 'warmUp', schedule: exponential, steps: 6, initialLearningRate: 0 },
  }),
  recipe('Adagrad, inverse time', 125, {
    name: 'adagrad',
    initialAccumulatorValue: 0.1,
    epsilon: 1e-7,
    learningRate: { ...exponential, name: 'inverseTimeDecay', decayRate: 0.5 },
  }),
  recipe('RMSprop with momentum, polynomial decay in cycles', 127, {
    ...rmsprop,
    learningRate: { ...polynomial, initialLearningRate: 0.01, power: 1.5, cycle: true },
  }),
  recipe('Nesterov, cosine', 129, { name: 'sgd', momentum: 0.9, nesterov: true, learningRate: cosine }, 20),
  recipe('AMSGrad, cosines with restarts', 131, { ...adam, amsgrad: true, learningRate: restarts }),
  recipe('Nadam, one cycle', 133, { ...adam, name: 'nadam', learningRate: cycle }),
  // A loss that falls is no better here.
  plateau('Nesterov, reduced on plateaus with cooldown', 135, {
    name: 'sgd',
    momentum: 0.9,
    nesterov: true,
    learningRate: { ...reduced, mode: 'max', factor: 0.3, patience: 2, cooldown: 2 },
  }),
  plateau('AdamW, reduced on plateaus after a warm-up, down to the least', 137, {
    ...adam,
    weightDecay: 0.01,
    learningRate: {
      name: 'warmUp',
      schedule: { ...reduced, minDelta: 0.02, minLearningRate: 0.004 },
      steps: 3,
      initialLearningRate: 0,
    },
  }),
];
