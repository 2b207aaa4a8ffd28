/** Embeddings as operators of ONNX. */
import type { LookUpLayer, TableInputLayer } from '../../model/embeddings.js';
import type { Graph, Value } from './graph.js';
import { type Weights, weight } from './weights.js';

const TO_INT64 = { to: { int: 7 } };
const BY_COLUMNS = { axis: { int: 1 } };

/** Vectors for the indices in `x` [rows, columns], side by side; an index that is out of range is the runtime's to refuse. */
export function lookUp(graph: Graph, layer: LookUpLayer, weights: Weights, x: Value): Value {
  const { name = '' } = layer;
  return layer.kind === 'embedding'
    ? vectors(graph, weights, x, name, name)
    : tableInput(graph, layer, weights, x, name);
}

/** Numbers first, then vectors. */
function tableInput(graph: Graph, { columns }: TableInputLayer, weights: Weights, x: Value, name: string): Value {
  const places = columns.map((column, place) => ({ ...column, place }));
  const choose = (chosen: readonly { readonly place: number }[], what: string): Value => {
    const indices = graph.integers(
      `${name}/${what}/places`,
      chosen.map(({ place }) => place),
    );
    return graph.node('Gather', [x, indices], `${name}/${what}`, BY_COLUMNS);
  };
  const numbers = places.filter(({ categories }) => categories === undefined);
  const looked = places
    .filter(({ categories }) => categories !== undefined)
    .map((column) =>
      vectors(graph, weights, choose([column], `column ${column.place}`), `${name}/${column.name}`, name),
    );
  const parts = [...(numbers.length === 0 ? [] : [choose(numbers, 'numbers')]), ...looked];
  return graph.node('Concat', parts, `${name}/outputs`, BY_COLUMNS);
}

/** @param table What the table's name begins with. */
function vectors(graph: Graph, weights: Weights, indices: Value, table: string, name: string): Value {
  const whole = graph.node('Cast', [indices], `${name}/indices`, TO_INT64);
  const embeddings = weight(graph, weights, `${table}/embeddings`);
  const found = graph.node('Gather', [embeddings, whole], `${name}/vectors`, { axis: { int: 0 } });
  // [rows, columns, units] to [rows, columns · units].
  return graph.node('Flatten', [found], `${name}/flat`, BY_COLUMNS);
}
