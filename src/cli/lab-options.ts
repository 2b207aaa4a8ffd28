/** The options of `samebits lab run` and `samebits lab merge`. */
import { Command } from 'commander';
import { expected } from '../errors.js';
import type { Shard } from '../lab/planned.js';
import { MOST_THREADS } from '../train/execution.js';
import { folderOption, integerOption } from './option-values.js';
import { DATA } from './table-options.js';

/** Where results are kept unless told otherwise. */
export const DEFAULT_STORE = 'samebits-lab';

/** What both commands take for what they give. */
export interface LabOutputFlags {
  readonly json?: boolean;
  readonly output?: string;
  readonly report?: string;
  readonly quiet?: boolean;
}

/** As commander gives them: what was not typed is not there. */
export interface LabRunFlags extends LabOutputFlags {
  readonly target?: string;
  readonly repeats?: number;
  readonly recipe?: string;
  readonly epochs?: number;
  readonly rows?: number;
  readonly threads?: number;
  readonly store?: string;
  readonly shard?: Shard;
}

export interface LabMergeFlags extends LabOutputFlags {
  readonly experiment?: string;
}

const MOST_REPEATS = 1_000_000;
const MOST_SHARDS = 10_000;
const MOST_ROWS = 0x7fff_ffff;

const RUN_EXAMPLES = `
Examples:
  $ samebits lab list
  $ samebits lab run init-seed
  $ samebits lab run variance-shares mnist --epochs 2 --report shares.html
  $ samebits lab run init-seed iris.csv --target species
  $ samebits lab run my-experiment.json --json > document.json
  $ samebits lab run all --report lab
  $ samebits lab run epochs --shard 1/2 --store share-1

Finished runs are kept in the store and never computed twice: an interrupted
command goes on when it is typed again. The exit code is 0 whatever the verdict.`;

const MERGE_EXAMPLES = `
Examples:
  $ samebits lab run epochs --shard 1/2 --store share-1    on one machine
  $ samebits lab run epochs --shard 2/2 --store share-2    on another
  $ samebits lab merge share-1 share-2 --output epochs.json

The document has the bytes that one run without shards would have written.`;

/** The command without its action. */
export function labRunOptions(): Command {
  const command = new Command('run')
    .description('carry out an experiment: what is claimed, what the runs say')
    .argument('<experiment>', 'a name from `samebits lab list`, all, or a JSON file')
    .argument('[data]', `${DATA} (default: the experiment's own)`)
    .option('--target <column>', 'of a table: the column that is predicted')
    .option(
      '--repeats <count>',
      "seeds, pairs or repeats (default: the experiment's own)",
      integerOption('--repeats', 2, MOST_REPEATS),
    )
    .option('--recipe <file>', 'a recipe as JSON, in place of the experiment’s own')
    .option('--epochs <count>', "(default: the recipe's)", integerOption('--epochs', 1, 1_000_000))
    .option('--rows <count>', 'train on the first rows only (default: all)', integerOption('--rows', 1, MOST_ROWS))
    .option(
      '--threads <count>',
      'of each run (default: 1, and runs share the cores)',
      integerOption('--threads', 1, MOST_THREADS),
    )
    .option('--store <folder>', `keep finished runs here (default: ${DEFAULT_STORE})`, folderOption('--store'))
    .option('--shard <i/n>', 'do only the i-th of n shares; join them with lab merge', shardOption);
  return withOutputOptions(command).addHelpText('after', RUN_EXAMPLES);
}

/** The command without its action. */
export function labMergeOptions(): Command {
  const command = new Command('merge')
    .description('join shares of an experiment into its document')
    .argument('<stores...>', 'the stores of all shares', storesArgument)
    .option('--experiment <name>', 'which, where the stores have shares of several');
  return withOutputOptions(command).addHelpText('after', MERGE_EXAMPLES);
}

function storesArgument(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, folderOption('the stores')(text)];
}

function withOutputOptions(command: Command): Command {
  return command
    .option(
      '--report <path>',
      'write the page with pictures here: a file (.html) or a folder; of all, a list and their pages',
    )
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the JSON document here')
    .option('--quiet', 'show no progress');
}

function shardOption(text: string): Shard {
  const [, part, parts] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { part: Number(part), parts: Number(parts) };
  if (shard.part >= 1 && shard.part <= shard.parts && shard.parts <= MOST_SHARDS) return shard;
  throw expected(`i/n with i from 1 to n and n up to ${MOST_SHARDS}`, '--shard', text);
}
