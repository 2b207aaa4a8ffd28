/** `samebits lab merge`. */
import type { Command } from 'commander';
import { expected } from '../errors.js';
import { Lab } from '../lab/lab.js';
import { type LabRequest, nameOf, readRequests } from '../lab/request.js';
import { ResultStore } from '../lab/store/result-store.js';
import { type LabMergeFlags, labMergeOptions } from './lab-options.js';
import { checkLabPaths, deliverLab } from './lab-output.js';
import { concludeAll, prepareAll } from './lab-requests.js';

/** @param signal Stops between two experiments. */
export function labMergeCommand(signal: AbortSignal): Command {
  return labMergeOptions().action(async (folders: readonly string[], flags: LabMergeFlags) => {
    const stores = folders.map((folder) => ResultStore.openExisting(folder));
    const request = theRequest(stores, flags.experiment);
    checkLabPaths(flags, request);
    const lab = new Lab({ signal });
    try {
      deliverLab(await concludeAll(request, await prepareAll(request, lab), lab, stores), flags);
    } finally {
      await lab.close();
    }
  });
}

/** What all the shares are of. */
function theRequest(stores: readonly ResultStore[], name: string | undefined): LabRequest {
  const requests = new Map<string, LabRequest>();
  for (const { folder } of stores) {
    for (const request of readRequests(folder)) requests.set(JSON.stringify(request), request);
  }
  const found = [...requests.values()].filter((request) => name === undefined || nameOf(request) === name);
  if (found.length === 1) return found[0];
  const names = found.map(nameOf).join(', ');
  if (found.length === 0)
    throw expected(
      'stores with shares, as lab run --shard makes them,',
      'the stores',
      stores.map(({ folder }) => folder),
    );
  throw expected('shares of one run (name it with --experiment)', 'the stores', `shares of ${names}`);
}
