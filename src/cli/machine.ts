import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import type { MachineDescription } from '../compare/document.js';
import { addon } from '../native/addon.js';

/** The machine that this process runs on, as documents describe it. */
export function describeMachine(): MachineDescription {
  return {
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
    instructionSets: addon().instructionSets().available.toReversed(),
  };
}
