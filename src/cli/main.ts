#!/usr/bin/env node
/**
 * The `samebits` command. Exit codes: 0 well; 1 what was to be equal differs; 2 wrong usage or input; 130 interrupted.
 */
import { Command, CommanderError } from 'commander';
import { SamebitsError } from '../errors.js';
import { version } from '../native/version.js';
import { printable } from '../report/table.js';
import { benchCommand } from './bench.js';
import { buildCommand } from './build.js';
import { compareCommand } from './compare.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { exportCommand } from './export.js';
import { inspectCommand } from './inspect.js';
import { Interrupted } from './interrupted.js';
import { labCommand } from './lab.js';
import { predictCommand } from './predict.js';
import { trainCommand } from './train.js';
import { verifyCommand } from './verify.js';
import { whyCommand } from './why.js';

const WRONG_INPUT = 2;
const INTERRUPTED = 130;

const EXAMPLES = `
Examples:
  $ samebits train iris.csv --target species --out runs/iris
  $ samebits predict runs/iris new.csv  the class of each row, as CSV
  $ samebits compare                    MNIST, or the digits of this package, at
                                        1, 2 and 4 threads and in both orders
  $ samebits compare digits --threads 1,8 --repeats 5
  $ samebits compare ./fashion --json   a folder of IDX files; one JSON document
  $ samebits compare --help             every option
  $ samebits lab list                   why do results differ? the experiments
  $ samebits why runs/a runs/b          two runs: where do they part, and why?
  $ samebits verify runs/a              is a run what it claims to be?
  $ samebits doctor                     check this machine and this build

Exit codes: 0 well; 1 what was to be equal differs; 2 wrong usage or input;
130 interrupted. Set NO_COLOR for text without colors.`;

function program(signal: AbortSignal): Command {
  return new Command('samebits')
    .description('Trains neural networks to the same bits on any number of threads, and shows what makes runs differ.')
    .version(version)
    .addHelpText('after', EXAMPLES)
    .addCommand(trainCommand(signal))
    .addCommand(predictCommand(signal))
    .addCommand(evaluateCommand(signal))
    .addCommand(exportCommand())
    .addCommand(inspectCommand())
    .addCommand(compareCommand(signal))
    .addCommand(whyCommand(signal))
    .addCommand(verifyCommand(signal))
    .addCommand(labCommand(signal))
    .addCommand(benchCommand(signal))
    .addCommand(doctorCommand(signal))
    .addCommand(buildCommand());
}

/** Subcommands that are added do not inherit these settings from their parent. */
function throwInsteadOfExit(command: Command): Command {
  command.exitOverride();
  // On one line, and in the form of all other errors.
  command.configureOutput({
    outputError: (text, write) =>
      write(
        errorLines(
          text
            .replace(/^error: /, '')
            .trim()
            .replaceAll(/\s+/g, ' '),
        ),
      ),
  });
  for (const child of command.commands) throwInsteadOfExit(child);
  return command;
}

/** The interrupt: the first asks the work to stop at a step boundary, a second one does not wait. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort(new Error('interrupted'));
  });
  return controller.signal;
}

/** What a file or a path says in a message is not trusted. */
function errorLines(message: string): string {
  return `samebits: ${message.split('\n').map(printable).join('\n')}\n`;
}

function report(error: unknown, signal: AbortSignal): number {
  if (signal.aborted) {
    const message = error instanceof Interrupted ? error.message : 'interrupted, nothing was written';
    process.stderr.write(errorLines(message));
    return INTERRUPTED;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_INPUT;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(errorLines(message));
  if (process.env.SAMEBITS_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (!(error instanceof SamebitsError)) process.stderr.write('Set SAMEBITS_DEBUG=1 to see where.\n');
  return WRONG_INPUT;
}

async function main(): Promise<void> {
  // A reader that has seen enough, such as head, is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(errorLines(`Expected a standard output that can be written but received: ${error.message}`));
    process.exit(WRONG_INPUT);
  });
  // Whoever has seen enough of the progress does not end the work.
  process.stderr.on('error', () => {});
  const signal = interruptSignal();
  const command = throwInsteadOfExit(program(signal));
  try {
    if (process.argv.length <= 2) command.help();
    await command.parseAsync();
  } catch (error) {
    process.exitCode = report(error, signal);
  }
}

void main();
