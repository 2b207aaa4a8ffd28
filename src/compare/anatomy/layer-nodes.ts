/** Which nodes of a network each layer of its model is, and how layers are counted. */
import { type ModelDescription, parametersOf } from '../../model/description.js';
import type { Layer, RescalingLayer } from '../../model/layers.js';

/** A layer with its nodes, those of the layers in it among them. */
export interface LayerNodes {
  readonly layer: Exclude<Layer, RescalingLayer>;
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Place among the layers with tensors, each table of embeddings counting as one; null without tensors, and of a layer of embeddings. */
  readonly number: number | null;
  /** That of the next layer that has one; null if none has. */
  readonly next: number | null;
}

/**
 * The layers that are nodes, in the order in which rows come to them, a residual one before those in it; rescaling and linear
 * activations are none.
 *
 * @param inputs Columns of the data.
 */
export function layerNodes(model: ModelDescription, inputs: number): readonly LayerNodes[] {
  const spans = spansOf(model.layers, 0);
  const numbers = new Map<string, number>();
  for (const { kind, name, layer } of parametersOf(model, inputs)) {
    if (kind !== 'embeddings') numbers.set(name.slice(0, -`/${kind}`.length), layer);
  }
  let next: number | null = null;
  return spans
    .reverse()
    .map((span): LayerNodes => {
      const name = span.layer.name as string;
      const number = numbers.get(name) ?? null;
      const placed = { ...span, name, number, next };
      next = number ?? next;
      return placed;
    })
    .reverse();
}

type Span = Pick<LayerNodes, 'layer' | 'first' | 'last'>;

/** @param begin The first node. */
function spansOf(layers: readonly Layer[], begin: number): Span[] {
  const spans: Span[] = [];
  let node = begin;
  for (const layer of layers) {
    if (layer.kind === 'rescaling' || (layer.kind === 'activation' && layer.activation === 'linear')) continue;
    const inner = layer.kind === 'residual' ? spansOf(layer.layers, node + 1) : [];
    const last = layer.kind === 'residual' ? endOf(inner, node + 1) : node + (isTwo(layer) ? 1 : 0);
    spans.push({ layer, first: node, last }, ...inner);
    node = last + 1;
  }
  return spans;
}

function endOf(spans: readonly Span[], begin: number): number {
  return spans.reduce((end, { last }) => Math.max(end, last + 1), begin);
}

/** A dense layer's product, and its activation. */
function isTwo(layer: Exclude<Layer, RescalingLayer>): boolean {
  return layer.kind === 'dense' && layer.activation !== 'linear';
}
