/**
 * Clipping, weight decay, regularizers of magnitudes, constraints and moving averages: the same bits over threads,
 * instruction sets, plans and orders.
 */
import {
  adamw,
  dense,
  l1,
  l1l2,
  maxNorm,
  nonNegative,
  type Optimizer,
  rmsprop,
  type Sequential,
  sequential,
  sgd,
} from 'samebits';
import { describe } from 'vitest';
import { CLASSES, COLUMNS, itHasTheSameBits, wavesOf } from './waves.js';

const waves = wavesOf(83);

/** Layers on both sides of a leaf's and a panel's width. */
function model(optimizer: Optimizer): Sequential {
  const made = sequential({
    layers: [
      dense({ units: 290, activation: 'relu', inputShape: [COLUMNS], kernelConstraint: maxNorm({ maxValue: 0.7 }) }),
      dense({ units: 33, activation: 'tanh', kernelRegularizer: l1(0.001), biasRegularizer: 'l1l2' }),
      dense({ units: 17, activation: 'relu', kernelConstraint: nonNegative(), biasConstraint: 'nonNegative' }),
      dense({ units: CLASSES, activation: 'softmax', kernelRegularizer: l1l2({ l1: 0.002, l2: 0.01 }) }),
    ],
    seed: 'updates',
  });
  made.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return made;
}

const movingAverage = { momentum: 0.9, overwriteEvery: 4 };
const OPTIMIZERS: [string, Optimizer][] = [
  ['momentum, clipped values', sgd({ learningRate: 0.05, momentum: 0.9, clipValue: 0.01, weightDecay: 0.1 })],
  ['rmsprop, clipped by norms', rmsprop({ clipNorm: 0.1, movingAverage: {} })],
  ['adamw, clipped by the norm of all', adamw({ globalClipNorm: 0.5, decayBiases: true, movingAverage })],
];

describe.each(OPTIMIZERS)('%s has the same bits', (_, optimizer) => {
  itHasTheSameBits(() => model(optimizer), waves);
});
