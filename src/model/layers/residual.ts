/** Residual blocks: layers with a way around them. */
import * as v from 'valibot';
import { fields, type Schema } from '../../arguments.js';
import { inputShape, name } from '../layer-entries.js';
import type { Layer } from '../layers.js';

/** Blocks within blocks, at most. */
const MOST_NESTED = 16;

/** Options of {@link residual}. */
export interface ResidualOptions {
  /** At least one; the last gives as many units as the first takes in. Blocks may stand in blocks, 16 deep at most. */
  readonly layers: readonly Layer[];
  /** Columns of the data; in the first layer only. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
  /** No `/`. @default 'residual_<i>', counting the model's blocks from 1, each before those in it */
  readonly name?: string;
}

/** `x + f(x)`, `f` being what its layers make of `x`. */
export interface ResidualLayer {
  readonly kind: 'residual';
  readonly name?: string;
  readonly layers: readonly Layer[];
  readonly inputShape?: readonly [number];
}

/** What the description of a block has beside its kind. @param layer The schema of any layer; blocks are layers themselves. */
export function residualEntries(layer: () => Schema<Layer>) {
  // Looked at before it is checked: what stands too deep must not be gone into.
  const inner = v.lazy((value: unknown) => (isDeeper(value, MOST_NESTED - 1) ? tooDeep : layer()));
  const layers: Schema<readonly Layer[]> = v.pipe(
    v.array(inner, 'an array of layers, as dense(), dropout() and the others give,'),
    v.minLength(1, 'at least one layer'),
  );
  return { layers, inputShape, name };
}

/** A block as a layer of a description. */
export function residualSchemaOf(layer: () => Schema<Layer>) {
  return fields({ kind: v.literal('residual'), ...residualEntries(layer) });
}

const tooDeep: Schema<never> = v.custom<never>(
  () => false,
  `blocks of layers within each other at most ${MOST_NESTED} deep`,
);

/** Whether more than `most` blocks stand within each other. */
function isDeeper(layer: unknown, most: number): boolean {
  const { layers } = Object(layer) as { readonly layers?: unknown };
  return Array.isArray(layers) && (most === 0 || layers.some((one) => isDeeper(one, most - 1)));
}
