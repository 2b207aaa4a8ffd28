/** Ending a run of `samebits train` that no longer gets better, also where it goes on after an interrupt. */
import { expected } from '../errors.js';
import type { JsonValue } from '../runs/json.js';
import type { RunFolder } from '../runs/open-run.js';
import { earlyStopping } from '../train/callbacks/early-stopping.js';
import type { Callbacks } from '../train/fit-options.js';

/**
 * Ends a run after so many epochs without a better loss (of the validation rows, where there are some), and gives the model the
 * weights of its best epoch. Checkpoints remember the patience too.
 */
export function patientCallbacks(patience: number, validates: boolean): Callbacks {
  const monitor = validates ? 'val_loss' : 'loss';
  const stopping = earlyStopping({ monitor, patience, restoreBestWeights: true });
  return {
    ...stopping,
    getState: async () => ({ patience, stopping: await stopping.getState?.() }) as JsonValue,
    setState: (state) => stopping.setState?.((state as { readonly stopping: JsonValue }).stopping),
  };
}

/**
 * The patience that a run was begun with; null where it had none.
 *
 * @param given As an option says it now.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` where nobody knows it: no checkpoint was made
 */
export async function patienceOf(run: RunFolder, given: number | undefined): Promise<number | null> {
  if (run.manifest.options.best === null) {
    if (given === undefined) return null;
    throw expected('nothing, as the run was begun without it,', '--patience', given);
  }
  const { callbacks = [] } = (await run.lastCheckpoint()) ?? {};
  const kept = callbacks.map((state) => (Object(state) as { readonly patience?: unknown }).patience);
  const patience = kept.find((value) => typeof value === 'number') ?? given;
  if (patience === undefined) throw expected('the patience that the run was begun with', '--patience', undefined);
  if (given !== undefined && given !== patience) {
    throw expected(`${patience}, with which the run was begun,`, '--patience', given);
  }
  return patience as number;
}
