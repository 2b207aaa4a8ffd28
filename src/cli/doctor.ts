/** `samebits doctor`. */
import { Command } from 'commander';
import pico from 'picocolors';
import type { DoctorDocument } from '../doctor/document.js';
import { examine } from '../doctor/examine.js';
import { readGolden } from '../doctor/golden.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import { renderDoctorList } from './doctor-list.js';
import { checkWritable, writeWhole } from './output-files.js';

/** Exit code where something is off. */
const OFF = 1;

interface DoctorFlags {
  readonly json?: boolean;
  readonly output?: string;
}

/** @param signal Stops the work between two checks. */
export function doctorCommand(signal: AbortSignal): Command {
  return new Command('doctor')
    .description('check that this machine and this build keep the numerics contract')
    .option('--json', 'print one JSON document instead of the list')
    .option('--output <file>', 'write the JSON document to a file too')
    .action(async (flags: DoctorFlags) => {
      if (flags.output !== undefined) checkWritable(flags.output, '--output');
      const document = await look(signal);
      deliver(document, flags);
      if (!document.ok) process.exitCode = OFF;
    });
}

async function look(signal: AbortSignal): Promise<DoctorDocument> {
  const checks = await examine({ signal, onProgress: showProgress });
  const binary = checks.find(({ name }) => name === 'binary');
  return {
    schemaVersion: 1,
    command: 'doctor',
    version,
    contract: readGolden().contract,
    machine: binary?.ok === true ? describeMachine() : describeMachine([]),
    commandLine: 'samebits doctor',
    ok: checks.every(({ ok }) => ok),
    checks,
  };
}

/** One line on a terminal, taken away at the end: the whole takes seconds. */
function showProgress(done: number, all: number): void {
  if (process.stderr.isTTY !== true) return;
  process.stderr.write(done < all ? `\r${done} of ${all} parts looked at` : '\r\u001b[K');
}

function deliver(document: DoctorDocument, { json, output }: DoctorFlags): void {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (output !== undefined) writeWhole(output, text, '--output');
  const color = pico.isColorSupported && process.stdout.isTTY === true;
  process.stdout.write(json === true ? text : renderDoctorList(document, { color }));
}
