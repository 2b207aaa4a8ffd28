/** `samebits verify`. */
import { Command } from 'commander';
import type { VerifyReport } from '../compare/verify/report.js';
import { verify } from '../compare/verify/verify.js';
import type { VerifyDocument } from '../compare/why/document.js';
import { loadSource } from '../data/load-source.js';
import { namedSourceLike } from '../data/named-source.js';
import { addon } from '../native/addon.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import { renderVerifyText } from '../report/why-text.js';
import { openRun } from '../runs/open-run.js';
import { type DocumentFlags, deliverDocument } from './document-output.js';
import { commandLine, type ExecutionFlags, withExecutionOptions } from './execution-options.js';
import { integerOption, seedOption } from './option-values.js';
import { checkWritable } from './output-files.js';
import { taskProgressView } from './task-progress.js';

interface VerifyFlags extends ExecutionFlags, DocumentFlags {
  readonly sample?: number;
  readonly seed?: number | string;
}

const EXIT = { verified: 0, differs: 1, 'cannot tell': 2 } as const satisfies Record<VerifyReport['verdict'], number>;
const MOST_STRETCHES = 1_000_000;

const EXAMPLES = `
RUN is the folder of a run, as fit({ folder }) writes it. DATA is what it was
trained on: mnist, digits, a table, or a folder of IDX files. Without it the
run's manifest says where its data come from.

Examples:
  $ samebits verify runs/monday
  $ samebits verify runs/monday digits --threads 8
  $ samebits verify runs/long --sample 4          four stretches side by side
  $ samebits verify runs/long --sample 4 --seed 7 --json > verified.json

Exit codes: 0 verified; 1 it differs, and where is said; 2 it cannot be read or
computed here, and what is missing is said: data, a recording of free order, or
another version.`;

/** @param signal Stops the work at a step boundary. */
export function verifyCommand(signal: AbortSignal): Command {
  const command = new Command('verify')
    .description('compute a run again and say whether it is what it claims to be')
    .argument('<run>', 'the folder of a run')
    .argument('[data]', 'what it was trained on')
    .option(
      '--sample <count>',
      'only so many stretches between two checkpoints',
      integerOption('--sample', 1, MOST_STRETCHES),
    )
    .option('--seed <seed>', 'which stretches (default: drawn, and said)', seedOption('--seed'));
  return withExecutionOptions(command)
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the JSON document here')
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, data: string | undefined, flags: VerifyFlags) => {
      if (flags.output !== undefined) checkWritable(flags.output, '--output');
      const document = await check(run, data, flags, signal);
      deliverDocument(document, flags, ({ run: report }, options) => renderVerifyText(report, options));
      process.exitCode = EXIT[document.run.verdict];
    });
}

async function check(
  path: string,
  data: string | undefined,
  { sample, seed, threads, isa, json }: VerifyFlags,
  signal: AbortSignal,
): Promise<VerifyDocument> {
  const { recipe, data: recorded } = (await openRun(path)).manifest;
  const progress = taskProgressView({ quiet: json === true });
  const given = data === undefined ? {} : { data: await loadSource(namedSourceLike(data, recorded.choice.source)) };
  signal.throwIfAborted();
  const run = await verify(path, {
    ...given,
    sample,
    seed,
    threads,
    isa,
    signal,
    onProgress: (how) => progress.update({ task: 'computing the run again', ...how }),
  }).finally(() => progress.stop());
  const options = { '--sample': sample, '--seed': run.seed ?? undefined, '--threads': threads, '--isa': isa };
  return {
    schemaVersion: 1,
    command: 'verify',
    version,
    contract: addon().contract,
    machine: describeMachine(),
    recipe: { ...recipe },
    commandLine: commandLine(['verify', path, ...(data === undefined ? [] : [data])], options),
    run,
  };
}
