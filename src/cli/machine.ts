import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import type { MachineDescription } from '../compare/document.js';
import { addon } from '../native/addon.js';

/**
 * The machine that this process runs on, as documents describe it.
 *
 * @param instructionSets Best first. @default those of the addon that can run here
 */
export function describeMachine(
  instructionSets: readonly string[] = addon().instructionSets().available.toReversed(),
): MachineDescription {
  return {
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
    instructionSets,
  };
}
