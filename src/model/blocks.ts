/** Layers that hold layers: going through all of them, and what a block must give. */
import { expected } from '../errors.js';
import { isLookUp, lookedUpUnits } from './embeddings.js';
import type { Layer, ResidualLayer } from './layers.js';

/** A layer, and where it stands in its model: `layers[1].layers[0]`. */
export interface PlacedLayer {
  readonly layer: Layer;
  readonly at: string;
}

/** All layers in the order in which rows pass them, a block before those in it. @param at What the list is called. */
export function placedLayers(layers: readonly Layer[], at = 'layers'): PlacedLayer[] {
  return layers.flatMap((layer, index): PlacedLayer[] => {
    const here = `${at}[${index}]`;
    return [{ layer, at: here }, ...(layer.kind === 'residual' ? placedLayers(layer.layers, `${here}.layers`) : [])];
  });
}

/** The same without their places. */
export function allLayers({ layers }: { readonly layers: readonly Layer[] }): Layer[] {
  return placedLayers(layers).map(({ layer }) => layer);
}

/** Layers with each that is no block changed, in blocks too, in the order of {@link allLayers}; blocks stay. */
export function mapLayers(
  layers: readonly Layer[],
  change: (layer: Exclude<Layer, ResidualLayer>) => Layer,
): readonly Layer[] {
  return layers.map((layer) =>
    layer.kind === 'residual' ? { ...layer, layers: mapLayers(layer.layers, change) } : change(layer),
  );
}

/**
 * Checks that each block gives as many units as it takes in, as far as that is known.
 *
 * @param inputs Columns of the data, if they are known.
 * @param at What the list of layers is called.
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE`
 */
export function checkBlocks(layers: readonly Layer[], inputs: number | undefined, at: string): void {
  unitsAfter(layers, inputs, at);
}

/** Units of the last of these layers, which take in `units`; undefined where that is not known. */
function unitsAfter(layers: readonly Layer[], units: number | undefined, at: string): number | undefined {
  return layers.reduce((before: number | undefined, layer, index) => {
    if (layer.kind === 'dense') return layer.units;
    if (isLookUp(layer)) return before === undefined ? undefined : lookedUpUnits(layer, before);
    if (layer.kind !== 'residual') return before;
    const here = `${at}[${index}].layers`;
    const after = unitsAfter(layer.layers, before, here);
    if (before === undefined || after === before) return after;
    const what = `a block that gives ${before} units, as many as it takes in,`;
    throw expected(what, here, after, 'ERR_SAMEBITS_SHAPE');
  }, units);
}
