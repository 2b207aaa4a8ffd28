/** What an optimizer can do for tables, of which a step updates only the rows that it looks up. */
import { expected } from '../errors.js';
import { lookUpLayer, type ModelDescription } from './description.js';
import type { Updates } from './update-options.js';

const REASONS = {
  clipNorm: 'norms are of whole tensors and tables have gradients row by row',
  globalClipNorm: 'norms are of whole tensors and tables have gradients row by row',
  movingAverage: 'it would move all rows of a table in every step',
} as const;

/**
 * Refuses what would need whole tables in every step.
 *
 * @param name Of the optimizer, e.g. `compile.optimizer`.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function checkLazyUpdates(optimizer: Updates, model: ModelDescription, name: string): void {
  const layer = lookUpLayer(model);
  if (layer === null) return;
  for (const option of ['clipNorm', 'globalClipNorm', 'movingAverage'] as const) {
    if (optimizer[option] === undefined) continue;
    throw expected(`no ${option} with ${layer.kind}, as ${REASONS[option]},`, `${name}.${option}`, optimizer[option]);
  }
}
