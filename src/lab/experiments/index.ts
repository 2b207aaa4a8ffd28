/** The built-in experiments, in the order in which `samebits lab list` shows them. */
import type { Experiment } from '../experiment/experiment.js';
import { depthWidth } from './depth-width.js';
import { epochs } from './epochs.js';
import { floatSums } from './float-sums.js';
import { generator } from './generator.js';
import { globalSeed } from './global-seed.js';
import { initSeed } from './init-seed.js';
import { initializer } from './initializer.js';
import { instructionSet } from './instruction-set.js';
import { kerasBinary } from './keras-binary.js';
import { kerasRegression } from './keras-regression.js';
import { miniBatches } from './mini-batches.js';
import { oneBit } from './one-bit.js';
import { optimizer } from './optimizer.js';
import { otherHardware } from './other-hardware.js';
import { parallelSum } from './parallel-sum.js';
import { refit } from './refit.js';
import { remedies } from './remedies.js';
import { repeatForward } from './repeat-forward.js';
import { sameSeed } from './same-seed.js';
import { shuffleOrNot } from './shuffle-or-not.js';
import { shuffleSeed } from './shuffle-seed.js';
import { threadsAndOrder } from './threads-and-order.js';
import { varianceShares } from './variance-shares.js';

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
  refit,
  depthWidth,
  generator,
  floatSums,
  parallelSum,
  repeatForward,
  threadsAndOrder,
  instructionSet,
  otherHardware,
  oneBit,
  varianceShares,
  remedies,
  kerasRegression,
  kerasBinary,
];

export function experimentNamed(name: string): Experiment | undefined {
  return EXPERIMENTS.find((experiment) => experiment.name === name);
}
