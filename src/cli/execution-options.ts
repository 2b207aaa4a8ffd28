/** Options of commands that execute runs again: they decide how fast, and no bit. */
import type { Command } from 'commander';
import { shellWord } from '../format.js';
import { INSTRUCTION_SETS, type InstructionSet } from '../native/instruction-set.js';
import { MOST_THREADS } from '../train/execution.js';
import { integerOption, nameOption } from './option-values.js';

export interface ExecutionFlags {
  readonly threads?: number;
  readonly isa?: InstructionSet | 'auto';
}

/** Adds them to a command. */
export function withExecutionOptions(command: Command): Command {
  return command
    .option('--threads <count>', '(default: all that there are)', integerOption('--threads', 1, MOST_THREADS))
    .option(
      '--isa <name>',
      'auto, scalar, avx2, … (default: auto)',
      nameOption('--isa', ['auto', ...INSTRUCTION_SETS]),
    );
}

/** The line that repeats a command: its words, then the options that were typed, but for where its output goes. */
export function commandLine(words: readonly string[], options: Readonly<Record<string, unknown>>): string {
  const typed = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  return ['samebits', ...words, ...typed].map(shellWord).join(' ');
}
