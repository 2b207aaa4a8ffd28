/** Moving averages of the weights, which an optimizer keeps beside them. */
import { SamebitsError } from '../errors.js';
import type { NamedTensor } from '../model/description.js';
import { slotNames } from '../model/optimizers.js';
import type { Slot } from '../native/network.js';
import type { LiveNetwork } from './live-network.js';
import { readWeights } from './weights.js';

/** @throws SamebitsError `ERR_SAMEBITS_STATE` where the optimizer keeps none. */
export function readAveragedWeights(live: LiveNetwork): NamedTensor[] {
  live.checkReadable('getAveragedWeights');
  const { optimizer } = live.compiled('getAveragedWeights');
  if (optimizer.movingAverage === undefined) {
    throw new SamebitsError(
      'ERR_SAMEBITS_STATE',
      'Expected an optimizer with movingAverage for getAveragedWeights, as in adam({ movingAverage: {} })',
    );
  }
  const network = live.networkAsDeclared('getAveragedWeights');
  const slot = slotNames(optimizer).length as Slot;
  return readWeights(network, live.parameters('getAveragedWeights'), slot);
}
