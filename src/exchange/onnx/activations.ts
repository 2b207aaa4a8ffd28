/** Activations as operators of ONNX (docs/numerics.md, "Activations"; roundings are the runtime's own). */
import type { Activation } from '../../model/activations.js';
import type { Attribute, Graph, Value } from './graph.js';

type PlainActivation = Exclude<Activation, 'linear' | 'gelu' | 'silu' | { readonly name: string }>;

const OPERATORS: Readonly<Record<PlainActivation, readonly [string, Readonly<Record<string, Attribute>>?]>> = {
  relu: ['Relu'],
  selu: ['Selu'],
  softplus: ['Softplus'],
  softsign: ['Softsign'],
  hardSigmoid: ['HardSigmoid', { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }],
  tanh: ['Tanh'],
  sigmoid: ['Sigmoid'],
  softmax: ['Softmax', { axis: { int: -1 } }],
};

/** @param layer Prefix of the names of values. */
export function activate(graph: Graph, activation: Activation, z: Value, layer: string): Value {
  if (activation === 'linear') return z;
  if (activation === 'gelu') return gelu(graph, z, layer);
  if (activation === 'silu')
    return graph.node('Mul', [z, graph.node('Sigmoid', [z], `${layer}/sigmoid`)], `${layer}/silu`);
  if (typeof activation === 'object') {
    const operator = activation.name === 'elu' ? 'Elu' : 'LeakyRelu';
    return graph.node(operator, [z], `${layer}/${activation.name}`, { alpha: { float: activation.alpha } });
  }
  const [operator, attributes] = OPERATORS[activation];
  return graph.node(operator, [z], `${layer}/${activation}`, attributes);
}

/** `½ · z · (1 + erf(z / √2))`: the operator Gelu came later. */
function gelu(graph: Graph, z: Value, layer: string): Value {
  const name = (part: string) => `${layer}/gelu/${part}`;
  const number = (part: string, value: number) => graph.constant(name(part), 'float', value);
  const scaled = graph.node('Mul', [z, number('root', Math.sqrt(0.5))], name('scaled'));
  const shifted = graph.node('Add', [graph.node('Erf', [scaled], name('erf')), number('one', 1)], name('shifted'));
  const half = graph.node('Mul', [z, number('half', 0.5)], name('halved'));
  return graph.node('Mul', [half, shifted], `${layer}/gelu`);
}
