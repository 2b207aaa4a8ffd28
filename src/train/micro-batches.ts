/** Batches that pass through the network in parts. */
import { expected } from '../errors.js';
import { allLayers } from '../model/blocks.js';
import { lookUpLayer, type ModelDescription } from '../model/description.js';
import type { Reduction } from '../native/network.js';

/** What the size of micro-batches must go with. */
export interface MicroBatchPlace {
  readonly reduction: Reduction;
  readonly batchLeaf: number;
  readonly model: ModelDescription;
}

/**
 * Checks that each micro-batch is a whole subtree of a batch's sums.
 *
 * @param of The call whose option it is, e.g. `fit`.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function checkMicroBatchSize(
  microBatchSize: number | undefined,
  { reduction, batchLeaf, model }: MicroBatchPlace,
  of: string,
): void {
  if (microBatchSize === undefined) return;
  const name = `${of}.microBatchSize`;
  // In free order sums are chains over rows as threads take them: parts would make others of them.
  if (reduction === 'free')
    throw expected("reduction 'fixed', as free order sums whole batches,", name, microBatchSize);
  const lookUp = lookUpLayer(model);
  if (lookUp !== null) {
    // Sums of rows that a batch looks up are not kept from one micro-batch to the next.
    throw expected(`no microBatchSize with ${lookUp.kind}, as its tables sum whole batches,`, name, microBatchSize);
  }
  if (allLayers(model).some(({ kind }) => kind === 'batchNormalization')) {
    // A part's statistics would be others.
    const phrase = 'no microBatchSize with batchNormalization, as its statistics are of whole batches,';
    throw expected(phrase, name, microBatchSize);
  }
  const leaves = microBatchSize / batchLeaf;
  if (!Number.isInteger(leaves) || (leaves & (leaves - 1)) !== 0) {
    throw expected(`batchLeaf, ${batchLeaf}, times a power of two`, name, microBatchSize);
  }
}
