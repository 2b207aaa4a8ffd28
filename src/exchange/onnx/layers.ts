/** Layers as operators of ONNX, as they predict. */
import { expected } from '../../errors.js';
import type {
  BatchNormalizationLayer,
  DenseLayer,
  Layer,
  LayerNormalizationLayer,
  RescalingLayer,
  ResidualLayer,
} from '../../model/layers.js';
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
    case 'activation':
      return activate(graph, layer.activation, x, layer.name ?? '');
    case 'batchNormalization':
      return batchNormalization(graph, layer, weights, x);
    case 'layerNormalization':
      return layerNormalization(graph, layer, weights, x);
    case 'residual':
      return residual(graph, layer, weights, x);
    case 'dropout':
    case 'gaussianNoise':
      return x;
    default:
      throw expected('layers that ONNX has', 'toOnnx', (layer as Layer).kind);
  }
}

function residual(graph: Graph, { name = '', layers }: ResidualLayer, weights: Weights, x: Value): Value {
  return graph.node('Add', [x, addLayers(graph, layers, weights, x)], `${name}/outputs`);
}

/** By the moving statistics, as `predict` does. */
function batchNormalization(
  graph: Graph,
  { name = '', epsilon, center, scale }: BatchNormalizationLayer,
  weights: Weights,
  x: Value,
): Value {
  const mean = weight(graph, weights, `${name}/movingMean`);
  const variance = weight(graph, weights, `${name}/movingVariance`);
  const units = weights.get(`${name}/movingMean`)?.shape ?? [];
  // The operator has no form without them.
  const same = (what: string, value: number) =>
    graph.floats(`${name}/${what}`, units, new Float32Array(units[0]).fill(value));
  const gamma = scale ? weight(graph, weights, `${name}/gamma`) : same('gamma', 1);
  const beta = center ? weight(graph, weights, `${name}/beta`) : same('beta', 0);
  const attributes = { epsilon: { float: epsilon } };
  return graph.node('BatchNormalization', [x, gamma, beta, mean, variance], `${name}/outputs`, attributes);
}

function layerNormalization(
  graph: Graph,
  { name = '', epsilon, center, scale }: LayerNormalizationLayer,
  weights: Weights,
  x: Value,
): Value {
  const gamma = scale ? weight(graph, weights, `${name}/gamma`) : ones(graph, x, name);
  const beta = center ? [weight(graph, weights, `${name}/beta`)] : [];
  return graph.node('LayerNormalization', [x, gamma, ...beta], `${name}/outputs`, { epsilon: { float: epsilon } });
}

/** As many as a row of `x` has columns: the operator has no form without a scale. */
function ones(graph: Graph, x: Value, name: string): Value {
  const columns = graph.node('Shape', [x], `${name}/columns`, { start: { int: 1 } });
  const zeros = graph.node('ConstantOfShape', [columns], `${name}/zeros`);
  return graph.node('Add', [zeros, graph.constant(`${name}/one`, 'float', 1)], `${name}/gamma`);
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
