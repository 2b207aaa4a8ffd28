/** Weights in a graph. */
import type { NamedTensor } from '../../model/description.js';
import type { Graph, Value } from './graph.js';

/** A model's weights by name. */
export type Weights = ReadonlyMap<string, NamedTensor>;

export function weight(graph: Graph, weights: Weights, name: string): Value {
  const { shape, data } = weights.get(name) as NamedTensor;
  return graph.floats(name, shape, data);
}
