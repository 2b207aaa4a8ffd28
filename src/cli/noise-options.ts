/** The options of `samebits lab noise`, `lab tolerance` and `lab versus`. */
import { Command } from 'commander';
import type { CauseName } from '../causes/cause.js';
import { NOISE_METRICS, type NoiseMetric } from '../lab/noise/documents.js';
import { NOISE_CAUSES, NOISE_REPEATS } from '../lab/noise/plan.js';
import { MOST_THREADS } from '../train/execution.js';
import { DEFAULT_STORE } from './lab-options.js';
import { folderOption, integerOption, nameOption, namesOption, numberOption } from './option-values.js';
import { DATA } from './table-options.js';

/** As commander gives them: what was not typed is not there. */
export interface NoiseFlags {
  readonly target?: string;
  readonly metric?: NoiseMetric;
  readonly repeats?: number;
  readonly cause?: readonly CauseName[];
  readonly epochs?: number;
  readonly rows?: number;
  readonly threads?: number;
  readonly store?: string;
  readonly json?: boolean;
  readonly output?: string;
  readonly quiet?: boolean;
}

export interface SampleFlags extends NoiseFlags {
  readonly recipe?: string;
  readonly falseAlarm?: number;
}

export interface VersusFlags extends NoiseFlags {
  readonly worth?: number;
}

const MOST_REPEATS = 1_000_000;
const MOST_ROWS = 0x7fff_ffff;

const NOISE_EXAMPLES = `
Examples:
  $ samebits lab noise
  $ samebits lab noise mnist --epochs 2 --repeats 10
  $ samebits lab noise --cause initialWeights         order and masks are held
  $ samebits lab noise --recipe mine.json --output noise.json

In a test: expect(accuracy).toBeWithinNoiseOf(JSON.parse(readFileSync('noise.json', 'utf8')))
with the matchers of samebits/matchers.`;

const TOLERANCE_EXAMPLES = `
Examples:
  $ samebits lab tolerance --recipe mine.json --repeats 30
  $ samebits lab tolerance --false-alarm 0.0001 --json`;

const VERSUS_EXAMPLES = `
Examples:
  $ samebits lab versus mine.json other.json
  $ samebits lab versus noise-of-mine.json other.json --worth 0.002
  $ samebits lab versus runs/mine runs/other         folders with run folders

Runs with the same seed are pairs. The exit code is 0 whatever the verdict.`;

/** `lab noise` without its action. */
export function noiseOptions(): Command {
  const command = new Command('noise').description('how much a metric moves for nothing');
  return sampleOptions(command).addHelpText('after', NOISE_EXAMPLES);
}

/** `lab tolerance` without its action. */
export function toleranceOptions(): Command {
  const command = new Command('tolerance').description('propose the tolerance that a test should use');
  return sampleOptions(command).addHelpText('after', TOLERANCE_EXAMPLES);
}

/** `lab versus` without its action. */
export function versusOptions(): Command {
  const command = new Command('versus')
    .description('does recipe B beat recipe A beyond noise, and how many more runs would tell?')
    .argument('<a>', 'a recipe, a document of lab noise, or a folder with run folders')
    .argument('<b>', 'likewise')
    .argument('[data]', `what recipes are trained on: ${DATA} (default: digits)`)
    .option(
      '--worth <difference>',
      'the least improvement that matters; accuracies are shares, from 0 to 1 (default: 0)',
      numberOption('--worth', 'a number of at least 0', (value) => value >= 0),
    );
  return withNoiseOptions(command).addHelpText('after', VERSUS_EXAMPLES);
}

function sampleOptions(command: Command): Command {
  command
    .argument('[data]', `${DATA} (default: digits)`)
    .option('--recipe <file>', 'a recipe as JSON (default: one hidden layer of 128 units)')
    .option(
      '--false-alarm <share>',
      'how often one more run may leave the band by chance (default: 0.001)',
      numberOption('--false-alarm', 'a number above 0 and below 1', (value) => value > 0 && value < 1),
    );
  return withNoiseOptions(command);
}

function withNoiseOptions(command: Command): Command {
  return command
    .option('--target <column>', 'of a table: the column that is predicted')
    .option('--metric <name>', 'accuracy or loss, of the test rows', nameOption('--metric', NOISE_METRICS))
    .option(
      '--repeats <count>',
      `runs of a recipe (default: ${NOISE_REPEATS})`,
      integerOption('--repeats', 2, MOST_REPEATS),
    )
    .option(
      '--cause <list>',
      `what moves (default: seed): ${NOISE_CAUSES.join(', ')}`,
      namesOption('--cause', NOISE_CAUSES),
    )
    .option('--epochs <count>', "(default: the recipe's)", integerOption('--epochs', 1, 1_000_000))
    .option('--rows <count>', 'train on the first rows only (default: all)', integerOption('--rows', 1, MOST_ROWS))
    .option('--threads <count>', 'of each run (default: 1)', integerOption('--threads', 1, MOST_THREADS))
    .option('--store <folder>', `keep finished runs here (default: ${DEFAULT_STORE})`, folderOption('--store'))
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the JSON document here')
    .option('--quiet', 'show no progress');
}
