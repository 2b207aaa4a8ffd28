/** Layers as operators of ONNX, as they predict. */
import { expected } from '../../errors.js';
import type { DenseLayer, Layer, RescalingLayer } from '../../model/layers.js';
import { activate } from './activations.js';
import type { Graph, Value } from './graph.js';
import { lookUp } from './look-up.js';
import { type Weights, weight } from './weights.js';

/** What the layers make of `x` [rows, columns]. */
export function addLayers(graph: Graph, layers: readonly Layer[], weights: Weights, x: Value): Value {
  return layers.reduce((value, layer) => addLayer(graph, layer, weights, value), x);
}

function addLayer(graph: Graph, layer: Layer, weights: Weights, x: Value): Value {
  switch (layer.kind) {
    case 'rescaling':
      return rescale(graph, layer, x);
    case 'dense':
      return dense(graph, layer, weights, x);
    case 'embedding':
    case 'tableInput':
      return lookUp(graph, layer, weights, x);
    case 'dropout':
      return x;
    default:
      throw expected('layers that ONNX has', 'toOnnx', (layer as Layer).kind);
  }
}

function rescale(graph: Graph, { scale, offset }: RescalingLayer, x: Value): Value {
  const scaled = graph.node('Mul', [x, graph.constant('rescaling/scale', 'float', scale)], 'rescaling/scaled');
  return graph.node('Add', [scaled, graph.constant('rescaling/offset', 'float', offset)], 'rescaling');
}

function dense(graph: Graph, { name = '', activation, useBias }: DenseLayer, weights: Weights, x: Value): Value {
  const kernel = weight(graph, weights, `${name}/kernel`);
  const z = useBias
    ? graph.node('Gemm', [x, kernel, weight(graph, weights, `${name}/bias`)], `${name}/z`)
    : graph.node('MatMul', [x, kernel], `${name}/z`);
  return activate(graph, activation, z, name);
}
