/** The options of `samebits compare`, and what they say together. */
import { Command } from 'commander';
import { ACTIVATIONS } from '../model/activations.js';
import { OPTIMIZERS, type OptimizerName } from '../model/optimizers.js';
import { REDUCTIONS } from '../model/recipe.js';
import { INSTRUCTION_SETS, type InstructionSet } from '../native/instruction-set.js';
import type { Reduction } from '../native/network.js';
import type { ActivationName } from '../native/network-description.js';
import { MOST_THREADS } from '../train/execution.js';
import {
  integerOption,
  integersOption,
  layersOption,
  nameOption,
  namesOption,
  rateOption,
  seedOption,
} from './option-values.js';
import { DATA, type TableFlags, withTableOptions } from './table-options.js';

/** As commander gives them: what was not typed is not there. */
export interface CompareFlags extends TableFlags {
  readonly hidden?: readonly number[];
  readonly activation?: ActivationName;
  readonly optimizer?: OptimizerName;
  readonly learningRate?: number;
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly rows?: number;
  readonly seed?: number | string;
  readonly threads?: readonly number[];
  readonly reduction?: readonly Reduction[];
  readonly isa?: readonly (InstructionSet | 'auto')[];
  readonly repeats?: number;
  readonly recipe?: string;
  readonly report?: string;
  readonly json?: boolean;
  readonly output?: string;
}

/** What holds where neither an option nor a recipe says otherwise. */
export const DEFAULTS = {
  hidden: [512, 512],
  activation: 'relu',
  optimizer: 'adam',
  learningRate: { sgd: 0.01, rmsprop: 0.001, adam: 0.001, adamw: 0.001, nadam: 0.001, adagrad: 0.001 },
  batchSize: 128,
  epochs: 2,
  seed: 42,
  threads: [1, 2, 4],
  reduction: ['fixed', 'free'],
  isa: 'auto',
  repeats: 2,
  report: 'report.html',
} as const;

const MOST_ROWS = 0x7fff_ffff;

const EXAMPLES = `
Examples:
  $ samebits compare
  $ samebits compare digits --threads 1,2,8 --repeats 5
  $ samebits compare ./fashion --hidden 256 --activation tanh --epochs 3
  $ samebits compare mnist --isa scalar,avx2 --reduction fixed
  $ samebits compare iris.csv --target species
  $ samebits compare --recipe recipe.json --json > runs.json

The first fixed-order run is the baseline. Exit code 1: other fixed-order runs
differ from it. Free-order runs may.`;

/** The command without its action. */
export function compareOptions(): Command {
  const command = new Command('compare')
    .description('train one recipe at several thread counts and in both orders, and compare the bits')
    .argument('[data]', `${DATA} (default: mnist where installed, else digits)`);
  return withTableOptions(command)
    .option('--hidden <units>', 'units of the hidden layers (default: 512,512)', layersOption('--hidden'))
    .option('--activation <name>', 'of the hidden layers (default: relu)', nameOption('--activation', ACTIVATIONS))
    .option(
      '--optimizer <name>',
      'adam, adamw, nadam, adagrad, rmsprop or sgd (default: adam)',
      nameOption('--optimizer', OPTIMIZERS),
    )
    .option('--learning-rate <rate>', '(default: 0.001, for sgd 0.01)', rateOption('--learning-rate'))
    .option('--batch-size <rows>', '(default: 128)', integerOption('--batch-size', 1, MOST_ROWS))
    .option('--epochs <count>', '(default: 2)', integerOption('--epochs', 1, 1_000_000))
    .option('--rows <count>', 'train on the first rows only (default: all)', integerOption('--rows', 1, MOST_ROWS))
    .option('--seed <seed>', 'an integer or any text (default: 42)', seedOption('--seed'))
    .option('--threads <list>', '(default: 1,2,4)', integersOption('--threads', 1, MOST_THREADS, { distinct: true }))
    .option('--reduction <list>', 'fixed, free or both (default: fixed,free)', namesOption('--reduction', REDUCTIONS))
    .option(
      '--isa <list>',
      'auto, scalar, avx2, … (default: SAMEBITS_ISA, or auto, the best)',
      namesOption('--isa', ['auto', ...INSTRUCTION_SETS]),
    )
    .option('--repeats <count>', 'runs of each (default: 2)', integerOption('--repeats', 1, 1000))
    .option('--recipe <file>', 'a recipe as JSON; options that are given beat it')
    .option('--report <file>', 'write the page here (default: report.html, with --json none)')
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the JSON document here')
    .addHelpText('after', EXAMPLES);
}

/** Where the page goes, or null for nowhere. */
export function reportPath({ report, json }: CompareFlags): string | null {
  return report ?? (json === true ? null : DEFAULTS.report);
}
