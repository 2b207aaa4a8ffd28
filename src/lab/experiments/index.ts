/** The built-in experiments, in the order in which `samebits lab list` shows them. */
import type { Experiment } from '../experiment/experiment.js';

export const EXPERIMENTS: readonly Experiment[] = [];

export function experimentNamed(name: string): Experiment | undefined {
  return EXPERIMENTS.find((experiment) => experiment.name === name);
}
