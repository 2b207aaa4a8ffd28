/** The options of `samebits train`. */
import { Command } from 'commander';
import { SCALES, type Scale } from '../data/prepare/options.js';
import { ACTIVATIONS } from '../model/activations.js';
import type { LOSSES } from '../model/losses.js';
import { OPTIMIZERS, type Optimizer } from '../model/optimizers.js';
import { REDUCTIONS } from '../model/recipe.js';
import type { Reduction } from '../native/network.js';
import type { ActivationName } from '../native/network-description.js';
import { type ExecutionFlags, withExecutionOptions } from './execution-options.js';
import {
  folderOption,
  integerOption,
  layersOption,
  nameOption,
  numberOption,
  rateOption,
  seedOption,
} from './option-values.js';
import { DATA, type TableFlags, withTableOptions } from './table-options.js';
import {
  classWeightsOption,
  type GivenClassWeights,
  lossOption,
  SCHEDULE_NAMES,
  type ScheduleName,
} from './train-values.js';

/** As commander gives them: what was not typed is not there. */
export interface TrainFlags extends TableFlags, ExecutionFlags {
  readonly drop?: readonly string[];
  readonly sampleWeights?: string;
  readonly stream?: boolean;
  readonly shuffleBuffer?: number;
  readonly checkpointEvery?: number;
  readonly targetScale?: Scale;
  readonly validationSplit?: number;
  readonly layers?: readonly number[];
  readonly activation?: ActivationName;
  readonly optimizer?: Optimizer['name'];
  readonly learningRate?: number;
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly seed?: number | string;
  readonly schedule?: ScheduleName;
  readonly weightDecay?: number;
  readonly dropout?: number;
  readonly loss?: (typeof LOSSES)[number];
  readonly classWeights?: GivenClassWeights;
  readonly patience?: number;
  readonly recipe?: string;
  readonly reduction?: Reduction;
  readonly deterministic?: boolean;
  readonly out?: string;
  readonly resume?: string;
  readonly json?: boolean;
  readonly output?: string;
  readonly quiet?: boolean;
}

/** What holds where neither an option nor a recipe says otherwise. */
export const TRAIN_DEFAULTS = { hidden: [64, 64], seed: 42, validationSplit: 0.2, targetScale: 'standard' } as const;

const MOST_ROWS = 0x7fff_ffff;

const EXAMPLES = `
DATA is ${DATA}. A table is a file
.csv, .tsv, .jsonl, .npy (or .gz of these) or .parquet.

Files of 256 MiB or more, compressed ones of 64 MiB, are streamed: rows are read
while the network is trained, and test rows are drawn without regard to classes.
--stream and --no-stream say otherwise; the two give other bits.

What has no option here (other schedules, regularizers, batch normalization …)
is said in a recipe: the document of --json has the whole one as "recipe".

Examples:
  $ samebits train iris.csv --target species
  $ samebits train houses.parquet --target price --layers 128,64 --out runs/a
  $ samebits train people.csv --target income --columns zip=category --drop id
  $ samebits train flights.csv.gz --target late --stream --out runs/flights
  $ samebits train digits --epochs 100 --patience 5 --dropout 0.2
  $ samebits train churn.csv --target left --class-weights balanced --json
  $ samebits train --resume runs/a

Ctrl-C ends training after the current step; with --out it can go on from there
with --resume, to the same bits. A second Ctrl-C does not wait.`;

/** The command without its action. */
export function trainOptions(): Command {
  const command = new Command('train')
    .description('train a network on a table, or on a data set')
    .argument('[data]', DATA);
  withTableOptions(command)
    .option('--drop <column...>', 'of a table: columns that are left out')
    .option('--sample-weights <column>', 'of a table: what rows weigh in the loss; no input')
    .option(
      '--target-scale <name>',
      'standard, minMax or none: numbers that are predicted (default: standard)',
      nameOption('--target-scale', SCALES),
    )
    .option(
      '--validation-split <share>',
      'of a table: rows that are kept to validate on; 0 for none (default: 0.2)',
      numberOption('--validation-split', 'a number from 0 to below 1', (value) => value >= 0 && value < 1),
    )
    .option('--stream', 'of a table: read rows while training, never all of them in memory')
    .option('--no-stream', 'hold the table in memory')
    .option(
      '--shuffle-buffer <rows>',
      'draw each row among so many that come next (default: among all; streamed 10,000)',
      integerOption('--shuffle-buffer', 1, 0x1000_0000),
    )
    .option('--out <folder>', 'keep the run and the model in this new folder', folderOption('--out'))
    .option(
      '--checkpoint-every <steps>',
      'with --out: steps between two checkpoints (default: one at the end of each epoch)',
      integerOption('--checkpoint-every', 1, MOST_ROWS),
    )
    .option('--resume <folder>', 'go on with a run that was interrupted', folderOption('--resume'))
    .option('--layers <units>', 'units of the hidden layers (default: 64,64)', layersOption('--layers'))
    .option('--activation <name>', 'of the hidden layers (default: relu)', nameOption('--activation', ACTIVATIONS))
    .option(
      '--optimizer <name>',
      'adam, adamw, nadam, adagrad, rmsprop or sgd (default: adam)',
      nameOption('--optimizer', OPTIMIZERS),
    )
    .option('--learning-rate <rate>', '(default: 0.001, for sgd 0.01)', rateOption('--learning-rate'))
    .option(
      '--schedule <name>',
      'of the learning rate, over all steps: constant, cosine or linear down to 0, or one-cycle (default: constant)',
      nameOption('--schedule', SCHEDULE_NAMES),
    )
    .option(
      '--weight-decay <factor>',
      'decoupled (default: none, for adamw 0.004)',
      numberOption('--weight-decay', 'a number of at least 0', (value) => value >= 0),
    )
    .option(
      '--dropout <rate>',
      'behind each hidden layer (default: none)',
      numberOption('--dropout', 'a number from 0 to below 1', (value) => value >= 0 && value < 1),
    )
    .option('--loss <name>', 'such as huber (default: by the task)', lossOption)
    .option('--class-weights <weights...>', 'balanced, or class=weight (default: all count alike)', classWeightsOption)
    .option(
      '--batch-size <rows>',
      '(default: 32, from 10,000 rows on 128)',
      integerOption('--batch-size', 1, MOST_ROWS),
    )
    .option('--epochs <count>', '(default: 20, from 10,000 rows on 5)', integerOption('--epochs', 1, 1_000_000))
    .option(
      '--patience <epochs>',
      'end after so many epochs without a better loss of the validation rows, and keep the weights of the best epoch',
      integerOption('--patience', 1, 1_000_000),
    )
    .option('--seed <seed>', 'an integer or any text (default: 42)', seedOption('--seed'))
    .option('--recipe <file>', 'a recipe as JSON; options that are given beat it')
    .option('--reduction <order>', 'fixed or free (default: fixed)', nameOption('--reduction', REDUCTIONS));
  return withExecutionOptions(command)
    .option('--deterministic', 'refuse what would not give the same bits again')
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the JSON document here')
    .option('--quiet', 'show nothing')
    .addHelpText('after', EXAMPLES);
}
