/** A preparation as operators of ONNX: rows as a table has them come in, features come out. */
import type {
  FittedCategory,
  FittedColumn,
  FittedDate,
  PreparationDocument,
  Scaling,
} from '../../data/prepare/fitted.js';
import { expected } from '../../errors.js';
import { type Graph, ML_DOMAIN, type Value } from './graph.js';

/** How a missing text comes in. */
const MISSING = '';

const TO_FLOAT = { to: { int: 1 } };

/** An input, or several, for each column; the features [rows, features] of all. */
export function addPreparation(graph: Graph, { columns }: PreparationDocument): Value {
  // All inputs first: other values give way to their names.
  const inputs = columns.map((column) => inputsOf(graph, column));
  const features = columns.flatMap((column, i) => featuresOf(graph, column, inputs[i]));
  return graph.node('Concat', features, 'features', { axis: { int: 1 } });
}

function inputsOf(graph: Graph, column: FittedColumn): readonly Value[] {
  if (column.type === 'date') return column.parts.map(({ part }) => graph.input(`${column.name}.${part}`, 'double', 1));
  return [graph.input(column.name, column.type === 'category' ? 'string' : 'double', 1)];
}

function featuresOf(graph: Graph, column: FittedColumn, inputs: readonly Value[]): Value[] {
  if (column.type === 'category') return categoryFeatures(graph, column, inputs[0]);
  if (column.type === 'date') return dateFeatures(graph, column, inputs);
  const { name, indicator } = column;
  const present = presentOf(graph, inputs[0], name);
  return [scaled(graph, column, inputs[0], present, name), ...(indicator ? [absent(graph, present, name)] : [])];
}

function dateFeatures(graph: Graph, { name, parts, indicator }: FittedDate, inputs: readonly Value[]): Value[] {
  const present = inputs.map((input, i) => presentOf(graph, input, `${name}.${parts[i].part}`));
  const features = parts.map((part, i) => scaled(graph, part, inputs[i], present[i], `${name}.${part.part}`));
  return [...features, ...(indicator ? [absent(graph, present[0], name)] : [])];
}

/** NaN, a missing number, is not equal to itself. */
function presentOf(graph: Graph, input: Value, name: string): Value {
  return graph.node('Equal', [input, input], `${name}/present`);
}

function absent(graph: Graph, present: Value, name: string): Value {
  return graph.node('Cast', [graph.node('Not', [present], `${name}/absent`)], `${name}?`, TO_FLOAT);
}

/** `(x − center) / divisor` in binary64, rounded once, as here. */
function scaled(graph: Graph, { center, divisor, fill }: Scaling, input: Value, present: Value, name: string): Value {
  const constant = (part: string, value: number) => graph.constant(`${name}/${part}`, 'double', value);
  const filled =
    fill === null ? input : graph.node('Where', [present, input, constant('fill', fill)], `${name}/filled`);
  const centered = graph.node('Sub', [filled, constant('center', center)], `${name}/centered`);
  const quotient = graph.node('Div', [centered, constant('divisor', divisor)], `${name}/quotient`);
  return graph.node('Cast', [quotient], `${name}/scaled`, TO_FLOAT);
}

/** What was learned scaled, as numbers of the target's column: in binary64, rounded once, as here. */
export function restoreTarget(graph: Graph, { target }: PreparationDocument, outputs: Value): Value {
  if (target?.scaling === undefined) return outputs;
  const { center, divisor } = target.scaling;
  const constant = (part: string, value: number) => graph.constant(`${target.name}/${part}`, 'double', value);
  const exact = graph.node('Cast', [outputs], `${target.name}/exact`, { to: { int: 11 } });
  const product = graph.node('Mul', [exact, constant('divisor', divisor)], `${target.name}/product`);
  const sum = graph.node('Add', [product, constant('center', center)], `${target.name}/restored`);
  return graph.node('Cast', [sum], target.name, TO_FLOAT);
}

/** A text that is none of the known categories is 0, as a missing one without `fill`; nothing can be refused in a graph. */
function categoryFeatures(graph: Graph, column: FittedCategory, input: Value): Value[] {
  const { name, categories, encode, fill, indicator } = column;
  const numbers = new Map(categories.map((text, i) => [text, i + 1]));
  if (!numbers.has(MISSING)) numbers.set(MISSING, fill === null ? 0 : (numbers.get(fill) as number));
  else if (indicator) throw expected('columns of which the empty text is no category', 'toOnnx', name);
  const index = lookUp(graph, input, numbers, `${name}/index`);
  const missing = indicator ? [lookUp(graph, input, new Map([[MISSING, 1]]), `${name}?`)] : [];
  return [...(encode === 'ordinal' ? [index] : oneHot(graph, index, categories.length, name)), ...missing];
}

function lookUp(graph: Graph, input: Value, numbers: ReadonlyMap<string, number>, name: string): Value {
  const attributes = {
    keys_strings: { strings: [...numbers.keys()] },
    values_floats: { floats: [...numbers.values()] },
    default_float: { float: 0 },
  };
  return graph.node('LabelEncoder', [input], name, attributes, ML_DOMAIN);
}

function oneHot(graph: Graph, index: Value, count: number, name: string): Value[] {
  if (count === 0) return [];
  const numbers = Float32Array.from({ length: count }, (_, i) => i + 1);
  const equal = graph.node('Equal', [index, graph.floats(`${name}/numbers`, [1, count], numbers)], `${name}/equal`);
  return [graph.node('Cast', [equal], `${name}/oneHot`, TO_FLOAT)];
}
