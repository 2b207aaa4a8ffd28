/** The built-in experiments, in the order in which `samebits lab list` shows them. */
import type { Experiment } from '../experiment/experiment.js';
import { depthWidth } from './depth-width.js';
import { epochs } from './epochs.js';
import { generator } from './generator.js';
import { globalSeed } from './global-seed.js';
import { initSeed } from './init-seed.js';
import { initializer } from './initializer.js';
import { miniBatches } from './mini-batches.js';
import { optimizer } from './optimizer.js';
import { sameSeed } from './same-seed.js';
import { shuffleOrNot } from './shuffle-or-not.js';
import { shuffleSeed } from './shuffle-seed.js';

export const EXPERIMENTS: readonly Experiment[] = [
  initSeed,
  epochs,
  initializer,
  sameSeed,
  globalSeed,
  shuffleSeed,
  shuffleOrNot,
  miniBatches,
  optimizer,
  depthWidth,
  generator,
];

export function experimentNamed(name: string): Experiment | undefined {
  return EXPERIMENTS.find((experiment) => experiment.name === name);
}
