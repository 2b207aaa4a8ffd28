/** The machine that a process runs on, as documents and run folders describe it. */
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { addon } from './addon.js';

/** The machine on which something ran. */
export interface MachineDescription {
  readonly platform: string;
  readonly arch: string;
  /** Model name of the first CPU, as the operating system gives it. */
  readonly cpu: string;
  /** Logical CPUs that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  /** Version of Node, such as `v20.20.2`. */
  readonly node: string;
  /** Instruction sets of the addon that this machine can run, best first. */
  readonly instructionSets: readonly string[];
}

/**
 * The machine that this process runs on.
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
