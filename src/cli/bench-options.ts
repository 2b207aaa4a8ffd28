/** The options of `samebits bench`. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { type BenchCase, CASES, casesOf } from '../bench/cases.js';
import { USUAL_EFFORT } from '../bench/effort.js';
import { REDUCTIONS } from '../model/recipe.js';
import { INSTRUCTION_SETS, type InstructionSet } from '../native/instruction-set.js';
import type { Reduction } from '../native/network.js';
import { wrapText } from '../report/table.js';
import { MOST_THREADS } from '../train/execution.js';
import { integerOption, integersOption, namesOption } from './option-values.js';

/** As commander gives them: what was not typed is not there. */
export interface BenchFlags {
  readonly case?: readonly BenchCase[];
  readonly threads?: readonly number[];
  readonly reduction?: readonly Reduction[];
  readonly isa?: readonly (InstructionSet | 'auto')[];
  readonly samples?: number;
  readonly json?: boolean;
  readonly output?: string;
  readonly report?: string;
}

const MOST_SAMPLES = 1000;

const WIDTH = 80;
const EXAMPLES = `
${wrapText(`Cases: ${CASES.map(({ name }) => name).join(', ')}.`, WIDTH)}
A name also stands for all that begin with it and a hyphen, such as step or
step-adam.

Examples:
  $ samebits bench
  $ samebits bench --case step,tiny --threads 1,2,4 --report bench.html
  $ samebits bench --case product,forward --isa avx2,avx512 --json > bench.json

Samples around which the machine was disturbed (its peak not reached, threads
far apart) are thrown away and counted.
Exit code 1: a training case ended with different bits in fixed order.`;

/** The command without its action. */
export function benchOptions(): Command {
  return new Command('bench')
    .description("measure kernels, training and prediction against this machine's limits, and what fixed order costs")
    .option('--case <list>', 'cases to measure (default: all)', (text) =>
      casesOf(
        text.split(',').map((name) => name.trim()),
        '--case',
      ),
    )
    .option(
      '--threads <list>',
      '(default: 1, 2, 4, … up to the cores there are)',
      integersOption('--threads', 1, MOST_THREADS, { distinct: true }),
    )
    .option('--reduction <list>', 'fixed, free or both (default: fixed,free)', namesOption('--reduction', REDUCTIONS))
    .option(
      '--isa <list>',
      'auto, scalar, avx2, … (default: SAMEBITS_ISA, or auto, the best)',
      namesOption('--isa', ['auto', ...INSTRUCTION_SETS]),
    )
    .option(
      '--samples <count>',
      `undisturbed samples of each (default: ${USUAL_EFFORT.samples})`,
      integerOption('--samples', 1, MOST_SAMPLES),
    )
    .option('--report <file>', 'write the page with charts here')
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the JSON document here')
    .addHelpText('after', EXAMPLES);
}

/** Powers of two up to the cores that this process may use, and these. */
export function usualThreads(): number[] {
  const cores = Math.min(availableParallelism(), MOST_THREADS);
  const threads: number[] = [];
  for (let power = 1; power < cores; power *= 2) threads.push(power);
  return [...threads, cores];
}
