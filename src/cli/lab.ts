/** `samebits lab`: experiments on why results differ. */
import { Command } from 'commander';
import { labListCommand } from './lab-list.js';
import { labMergeCommand } from './lab-merge.js';
import { labNoiseCommand, labToleranceCommand } from './lab-noise.js';
import { labRunCommand } from './lab-run.js';
import { labVersusCommand } from './lab-versus.js';

/** @param signal Stops the work at step boundaries. */
export function labCommand(signal: AbortSignal): Command {
  return new Command('lab')
    .description('find out why results differ, by experiments')
    .addCommand(labListCommand())
    .addCommand(labRunCommand(signal))
    .addCommand(labMergeCommand(signal))
    .addCommand(labNoiseCommand(signal))
    .addCommand(labVersusCommand(signal))
    .addCommand(labToleranceCommand(signal));
}
