/** Rescaling of the data. */
import * as v from 'valibot';
import { check, fields, real } from '../../arguments.js';
import { inputShape, withoutUndefined } from '../layer-entries.js';

/** Options of {@link rescaling}. */
export interface RescalingOptions {
  readonly scale: number;
  /** @default 0 */
  readonly offset?: number;
  /** Columns of the data. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
}

/** `x * scale + offset`, one rounding, made as the rows are read: 8-bit data stays 8-bit in memory. */
export interface RescalingLayer {
  readonly kind: 'rescaling';
  readonly scale: number;
  readonly offset: number;
  readonly inputShape?: readonly [number];
}

const rescalingEntries = { scale: real(), offset: v.optional(real(), 0), inputShape };

export const rescalingSchema = fields({ kind: v.literal('rescaling'), ...rescalingEntries });
const rescalingOptions = fields(rescalingEntries);

/**
 * Scales and shifts the data; the first layer of a model only.
 *
 * @example
 * rescaling({ scale: 1 / 255 }) // bytes to 0…1
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function rescaling(options: RescalingOptions): RescalingLayer {
  return withoutUndefined({ ...check(rescalingOptions, options, 'rescaling'), kind: 'rescaling' });
}
