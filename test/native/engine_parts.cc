#include "engine_parts.h"

#include <utility>

using namespace samebits;

OptimizerDescription optimizer(UpdateKind kind, double learningRate) {
  OptimizerDescription made;
  made.kind = kind;
  made.learningRate = learningRate;
  const bool moves =
      kind == UpdateKind::momentum || kind == UpdateKind::nesterov || kind == UpdateKind::rmspropMomentum;
  made.momentum = moves ? 0.9 : 0;
  return made;
}

OptimizerDescription adagrad(double learningRate) {
  OptimizerDescription made = optimizer(UpdateKind::adagrad, learningRate);
  made.initialAccumulatorValue = 0.1;
  return made;
}

TensorRules l2(double factor) {
  TensorRules rules;
  rules.l2 = factor;
  return rules;
}

OptimizerDescription adamw(double learningRate) {
  OptimizerDescription made = optimizer(UpdateKind::adam, learningRate);
  made.weightDecay = 0.01;
  made.decayBiases = true;
  made.globalClipNorm = 0.3;
  made.averages = true;
  made.averageMomentum = 0.9;
  made.averageReplacesEvery = 5;
  return made;
}

OptimizerDescription clippedByRow(UpdateKind kind, double learningRate) {
  OptimizerDescription made = optimizer(kind, learningRate);
  made.weightDecay = 0.02;
  made.decayBiases = true;
  made.clipValue = 0.002;
  return made;
}

OptimizerDescription clipped(UpdateKind kind, double learningRate) {
  OptimizerDescription made = optimizer(kind, learningRate);
  made.weightDecay = 0.02;
  made.clipValue = 0.01;
  made.averages = true;
  return made;
}

LayerDescription dropout(double rate, uint32_t stream) {
  LayerDescription layer;
  layer.kind = NodeKind::dropout;
  layer.dropout = {rate, {{0x01234567u, 0x89abcdefu}}, stream};
  return layer;
}

LayerDescription gaussianNoise(double stddev, uint32_t stream) {
  LayerDescription layer;
  layer.kind = NodeKind::gaussianNoise;
  layer.noise = {stddev, {{0x89abcdefu, 0x01234567u}}, stream};
  return layer;
}

LayerDescription batchNormalization(bool center, bool scale) {
  LayerDescription layer;
  layer.kind = NodeKind::batchNormalization;
  layer.normalization.momentum = 0.8;
  layer.normalization.center = center;
  layer.normalization.scale = scale;
  return layer;
}

LayerDescription layerNormalization(bool center, bool scale) {
  LayerDescription layer = batchNormalization(center, scale);
  layer.kind = NodeKind::layerNormalization;
  return layer;
}

LayerDescription activation(Activation kind) {
  LayerDescription layer;
  layer.kind = NodeKind::activation;
  layer.activation = kind;
  return layer;
}

LayerDescription residual(std::vector<LayerDescription> layers) {
  LayerDescription layer;
  layer.kind = NodeKind::sum;
  layer.block = std::move(layers);
  return layer;
}
