// Layers and optimizers of made-up networks, in few words.
#ifndef SAMEBITS_TEST_ENGINE_PARTS_H
#define SAMEBITS_TEST_ENGINE_PARTS_H

#include <cstdint>
#include <vector>

#include "../../native/engine/network.h"

// Momentum is 0.9 where the kind has one.
samebits::OptimizerDescription optimizer(samebits::UpdateKind kind, double learningRate);
samebits::OptimizerDescription adagrad(double learningRate);
// An optimizer that decays all weights, clips by the norm of all gradients, and averages.
samebits::OptimizerDescription adamw(double learningRate);
// Values are clipped, and weights decay: biases too, as tables allow, or with averages.
samebits::OptimizerDescription clippedByRow(samebits::UpdateKind kind, double learningRate);
samebits::OptimizerDescription clipped(samebits::UpdateKind kind, double learningRate);
samebits::TensorRules l2(double factor);

samebits::LayerDescription dropout(double rate, uint32_t stream);
samebits::LayerDescription gaussianNoise(double stddev, uint32_t stream);
samebits::LayerDescription batchNormalization(bool center, bool scale);
samebits::LayerDescription layerNormalization(bool center, bool scale);
samebits::LayerDescription activation(samebits::Activation kind);
samebits::LayerDescription residual(std::vector<samebits::LayerDescription> layers);

#endif
