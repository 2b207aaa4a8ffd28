/** `samebits lab run`. */
import type { Command } from 'commander';
import { expected } from '../errors.js';
import { Lab, type Prepared } from '../lab/lab.js';
import { commandLineOf, keepRequest, type LabRequest, nameOf } from '../lab/request.js';
import { ResultStore } from '../lab/store/result-store.js';
import { Interrupted } from './interrupted.js';
import { DEFAULT_STORE, type LabRunFlags, labRunOptions } from './lab-options.js';
import { checkLabPaths, deliverLab } from './lab-output.js';
import { labProgressView } from './lab-progress.js';
import { concludeAll, prepareAll, requestOf } from './lab-requests.js';

/** @param signal Stops the work at step boundaries. */
export function labRunCommand(signal: AbortSignal): Command {
  return labRunOptions().action(async (experiment: string, data: string | undefined, flags: LabRunFlags) => {
    const request = requestOf(experiment, data, flags);
    checkFlags(flags, request);
    const progress = labProgressView({ quiet: flags.quiet === true || flags.json === true });
    const lab = new Lab({ signal, onProgress: (how) => progress.update(how) });
    try {
      await run(request, flags, lab, () => progress.stop());
    } catch (error) {
      if (!signal.aborted) throw error;
      const store = flags.store ?? DEFAULT_STORE;
      throw new Interrupted(`interrupted: what is done is kept in ${store}; the same command goes on from there`);
    } finally {
      progress.stop();
      await lab.close();
    }
  });
}

async function run(request: LabRequest, flags: LabRunFlags, lab: Lab, stopProgress: () => void): Promise<void> {
  const prepared = await prepareAll(request, lab);
  const store = ResultStore.open(flags.store ?? DEFAULT_STORE);
  try {
    if (flags.shard !== undefined) await keepRequest(store.folder, request);
    for (const one of prepared) await lab.carryOut(one, store, flags.shard);
    stopProgress();
    if (flags.shard === undefined) deliverLab(await concludeAll(request, prepared, lab, [store]), flags);
    else sayHowToGoOn(request, flags, prepared);
  } finally {
    store.close();
  }
}

function checkFlags(flags: LabRunFlags, request: LabRequest): void {
  checkLabPaths(flags, request);
  if (flags.shard === undefined) return;
  for (const option of ['json', 'output', 'report'] as const) {
    if (flags[option] === undefined) continue;
    throw expected('no document of a share, which lab merge makes of all of them,', `--${option}`, flags[option]);
  }
}

function sayHowToGoOn(request: LabRequest, { shard, store }: LabRunFlags, prepared: readonly Prepared[]): void {
  const names = prepared.length === 1 ? prepared[0].experiment.name : nameOf(request);
  process.stdout.write(
    `Share ${shard?.part}/${shard?.parts} of ${names} is done and kept in ${store ?? DEFAULT_STORE}.\n` +
      `The others: ${commandLineOf(request)} --shard i/${shard?.parts} --store FOLDER\n` +
      `Then all together: samebits lab merge FOLDER… --output FILE\n`,
  );
}
