// Made-up problems.
#include <utility>

#include "engine_parts.h"
#include "engine_test.h"

using namespace samebits;

namespace {

Problem problem(const char* name, size_t inputs, std::vector<LayerDescription> layers, Loss loss,
                OptimizerDescription optimizer, size_t rows, size_t batchSize, size_t batchLeaf, bool bytes) {
  Problem made;
  made.name = name;
  made.network.inputs = inputs;
  made.network.layers = std::move(layers);
  made.network.hasLoss = made.network.hasOptimizer = true;
  made.network.loss = loss;
  made.network.optimizer = optimizer;
  made.rows = rows;
  made.batchSize = batchSize;
  made.batchLeaf = batchLeaf;
  Numbers numbers{rows * inputs};
  if (bytes) {
    made.network.rescale = true;
    made.network.scale = 1.0 / 255;
    for (size_t i = 0; i < rows * inputs; ++i) made.bytes.push_back(static_cast<uint8_t>(numbers.next()));
  } else {
    for (size_t i = 0; i < rows * inputs; ++i) made.floats.push_back(numbers.centered());
  }
  // Blocks give what they take in.
  size_t units = inputs;
  for (const LayerDescription& layer : made.network.layers) {
    if (layer.kind == NodeKind::dense) units = layer.units;
  }
  if (loss == Loss::sparseCategoricalCrossentropy) {
    for (size_t i = 0; i < rows; ++i) made.labels.push_back(static_cast<uint32_t>(numbers.below(units)));
  } else {
    for (size_t i = 0; i < rows * units; ++i) made.targets.push_back(numbers.centered() + 0.5f);
  }
  return made;
}

// The problem with tables before its layers, and indices in the columns that look them up.
Problem withTables(Problem made, LookUpDescription lookUp) {
  Numbers numbers{made.rows};
  for (size_t i = 0; i < made.floats.size(); ++i) {
    const size_t table = lookUp.columns[i % made.network.inputs];
    if (table == LookUpDescription::kNumber) continue;
    made.floats[i] = static_cast<float>(numbers.below(lookUp.tables[table].categories));
  }
  made.network.lookUp = std::move(lookUp);
  return made;
}

}  // namespace

DataView Problem::view() const {
  DataView data;
  data.bytes = !bytes.empty();
  data.x = data.bytes ? static_cast<const void*>(bytes.data()) : floats.data();
  data.columns = network.inputs;
  data.labels = labels.empty() ? nullptr : labels.data();
  data.targets = targets.empty() ? nullptr : targets.data();
  data.rows = rows;
  return data;
}

const std::vector<Problem>& problems() {
  static const std::vector<Problem> all = {
      problem("3-2-1", 3, {{2, Activation::tanh, true}, {1, Activation::sigmoid, true}}, Loss::binaryCrossentropy,
              optimizer(UpdateKind::sgd, 0.5), 4, 1, 64, false),
      problem("19-17-5", 19, {{17, Activation::relu, true}, {5, Activation::softmax, true}},
              Loss::sparseCategoricalCrossentropy, optimizer(UpdateKind::momentum, 0.1), 67, 20, 7, true),
      problem("20-330-40-3", 20,
              {{330, Activation::relu, true}, {40, Activation::sigmoid, false}, {3, Activation::linear, true}},
              Loss::meanSquaredError, optimizer(UpdateKind::adam, 0.01), 30, 13, 4, false),
      problem("6-400-9-4", 6,
              {{400, Activation::softmax, false}, {9, Activation::tanh, true}, {4, Activation::softmax, false}},
              Loss::categoricalCrossentropy, optimizer(UpdateKind::adam, 0.02), 25, 25, 3, false),
      problem("11-70-40-3, dropout and l2 everywhere", 11,
              {dropout(0.2, 1),
               {70, Activation::relu, true, l2(0.01)},
               dropout(0.5, 2),
               {40, Activation::softmax, true, l2(0.002)},
               dropout(0.1, 3),
               {3, Activation::softmax, true, l2(0.03)}},
              Loss::sparseCategoricalCrossentropy, optimizer(UpdateKind::rmspropMomentum, 0.001), 61, 20, 7, false),
      problem("5-400-300-2, dropout where columns are divided", 5,
              {dropout(0.3, 4),
               {400, Activation::tanh, true},
               dropout(0.4, 5),
               {300, Activation::linear, false, l2(0.1)},
               {2, Activation::linear, true}},
              Loss::meanSquaredError, optimizer(UpdateKind::nesterov, 0.0005), 23, 9, 4, false),
      problem("9-300-70-2, logits that are kept", 9,
              {dropout(0.2, 6),
               {300, Activation::gelu, true},
               {70, Activation::elu, true, {}, {}, 0.5},
               {2, Activation::silu, true}},
              Loss::meanSquaredError, optimizer(UpdateKind::momentum, 0.01), 37, 20, 8, false),
      problem("30-20-1, rmsprop", 30, {{20, Activation::sigmoid, true}, {1, Activation::sigmoid, true, l2(0.5)}},
              Loss::binaryCrossentropy, optimizer(UpdateKind::rmsprop, 0.01), 33, 11, 64, true),
      problem("13-40-300-2, adagrad", 13,
              {{40, Activation::tanh, true, l2(0.01)}, {300, Activation::relu, true}, {2, Activation::linear, true}},
              Loss::meanSquaredError, adagrad(0.02), 29, 10, 4, false),
      problem("18-35-4, amsgrad", 18, {{35, Activation::relu, true}, {4, Activation::softmax, true, l2(0.02)}},
              Loss::sparseCategoricalCrossentropy, optimizer(UpdateKind::amsgrad, 0.02), 41, 9, 8, false),
      problem("7-20-33-2, nadam", 7,
              {{20, Activation::tanh, true, l2(0.01)}, {33, Activation::relu, true}, {2, Activation::linear, true}},
              Loss::meanSquaredError, optimizer(UpdateKind::nadam, 0.01), 38, 11, 64, false),
      withTables(problem("tables and numbers, columns divided", 4,
                         {dropout(0.2, 7), {400, Activation::relu, true}, {2, Activation::linear, true}},
                         Loss::meanSquaredError, optimizer(UpdateKind::adam, 0.01), 39, 20, 3, false),
                 {{{5, 3}, {300, 40}}, {LookUpDescription::kNumber, 1, LookUpDescription::kNumber, 0}}),
      withTables(problem("a table for all columns", 3, {{9, Activation::tanh, true}, {3, Activation::softmax, true}},
                         Loss::sparseCategoricalCrossentropy, optimizer(UpdateKind::amsgrad, 0.02), 70, 33, 4, false),
                 {{{30, 17}}, {0, 0, 0}}),
      withTables(problem("tables and a number, batch normalization of what they give", 3,
                         {batchNormalization(true, true),
                          activation(Activation::tanh),
                          {30, Activation::relu, true},
                          batchNormalization(true, true),
                          {2, Activation::linear, true}},
                         Loss::meanSquaredError, optimizer(UpdateKind::adam, 0.01), 40, 18, 5, false),
                 {{{6, 5}, {40, 19}}, {0, LookUpDescription::kNumber, 1}}),
      problem("9-70-40-3, batch normalization between layers and of logits", 9,
              {{70, Activation::linear, false, l2(0.01)},
               batchNormalization(true, true),
               activation(Activation::relu),
               dropout(0.2, 7),
               {40, Activation::tanh, true},
               batchNormalization(false, true),
               dropout(0.3, 8),
               {3, Activation::linear, true},
               batchNormalization(true, false),
               activation(Activation::softmax)},
              Loss::sparseCategoricalCrossentropy, optimizer(UpdateKind::adam, 0.01), 61, 20, 7, false),
      problem("8-400-300-2, batch normalization where columns are divided", 8,
              {batchNormalization(true, true),
               {400, Activation::gelu, true},
               batchNormalization(false, false),
               activation(Activation::softmax),
               {300, Activation::linear, false},
               batchNormalization(true, true),
               {2, Activation::linear, true},
               activation(Activation::tanh),
               dropout(0.2, 9)},
              Loss::meanSquaredError, optimizer(UpdateKind::momentum, 0.01), 21, 9, 4, true),
      withTables(problem("a table, clipped and beside kernels that decay", 3,
                         {{9, Activation::tanh, true, l2(0.01)}, {2, Activation::linear, true, {0, 0, 0.5, false}}},
                         Loss::meanSquaredError, clippedByRow(UpdateKind::nadam, 0.02), 44, 15, 4, false),
                 {{{12, 20}}, {0, LookUpDescription::kNumber, 0}}),
      problem("14-300-35-3, adamw with constraints", 14,
              {{300, Activation::relu, true, {0.001, 0, 0.9, false}},
               {35, Activation::tanh, true, {0, 0, 0, true}, {0, 0, 0, true}},
               {3, Activation::softmax, true, {0, 0.01, 0, false}, {0.01, 0.02, 0, false}}},
              Loss::sparseCategoricalCrossentropy, adamw(0.02), 40, 9, 4, false),
      problem("16-40-2, rmsprop clipped", 16,
              {{40, Activation::relu, true, {0.002, 0.01, 0.5, true}}, {2, Activation::linear, true}},
              Loss::meanSquaredError, clipped(UpdateKind::rmspropMomentum, 0.01), 35, 12, 8, true),
      problem("12-300-40-3, batch normalization beside kernels that adamw decays", 12,
              {batchNormalization(true, true),
               {300, Activation::linear, false, {0.001, 0, 0.9, false}},
               batchNormalization(true, true),
               activation(Activation::relu),
               {40, Activation::tanh, true, l2(0.01)},
               batchNormalization(false, true),
               {3, Activation::softmax, true}},
              Loss::sparseCategoricalCrossentropy, adamw(0.02), 40, 9, 4, false),
      problem("16-40-2, batch normalization, clipped and averaged", 16,
              {{40, Activation::linear, false, {0.002, 0.01, 0.5, true}},
               batchNormalization(true, true),
               activation(Activation::relu),
               {2, Activation::linear, true}},
              Loss::meanSquaredError, clipped(UpdateKind::rmspropMomentum, 0.01), 35, 12, 8, true),
      problem("9-70-300-3, layer normalization everywhere", 9,
              {layerNormalization(true, true),
               {70, Activation::linear, false, l2(0.01)},
               layerNormalization(true, true),
               activation(Activation::relu),
               dropout(0.2, 7),
               {300, Activation::relu, true},
               layerNormalization(false, true),
               layerNormalization(false, false),
               dropout(0.3, 8),
               {3, Activation::linear, true},
               layerNormalization(true, false),
               activation(Activation::softmax)},
              Loss::sparseCategoricalCrossentropy, adamw(0.01), 61, 20, 7, false),
      withTables(problem("tables, layer and batch normalization where columns are divided", 3,
                         {layerNormalization(true, true),
                          {400, Activation::gelu, true},
                          batchNormalization(true, true),
                          layerNormalization(true, true),
                          {300, Activation::tanh, true},
                          layerNormalization(true, true),
                          {2, Activation::linear, true},
                          layerNormalization(false, false)},
                         Loss::meanSquaredError, optimizer(UpdateKind::adam, 0.01), 21, 9, 4, false),
                 {{{6, 5}, {40, 19}}, {0, LookUpDescription::kNumber, 1}}),
      problem("9-70-3, residual blocks with dropout and with logits that are kept", 9,
              {{70, Activation::relu, true},
               residual({{19, Activation::relu, true}, dropout(0.2, 10), {70, Activation::linear, true, l2(0.01)}}),
               activation(Activation::relu),
               residual({activation(Activation::gelu), {70, Activation::silu, false}}),
               {3, Activation::softmax, true}},
              Loss::sparseCategoricalCrossentropy, optimizer(UpdateKind::adam, 0.01), 61, 20, 7, false),
      problem("300-2, residual blocks of the data and of each other where columns are divided", 300,
              {residual({dropout(0.3, 11), {300, Activation::tanh, true}}),
               residual({residual({{40, Activation::relu, true}, {300, Activation::linear, false}}),
                         residual({activation(Activation::softsign), residual({dropout(0.1, 12)})})}),
               {2, Activation::linear, true},
               residual({{2, Activation::linear, true}})},
              Loss::meanSquaredError, optimizer(UpdateKind::adam, 0.001), 23, 9, 4, true),
      problem("7-40-4, batch normalization in residual blocks, and blocks without weights", 7,
              {residual({batchNormalization(true, true)}),
               {40, Activation::linear, false},
               residual({batchNormalization(true, true),
                         activation(Activation::relu),
                         {40, Activation::linear, true},
                         residual({batchNormalization(false, true), dropout(0.2, 13)})}),
               residual({activation(Activation::linear)}),
               {4, Activation::linear, true},
               residual({residual({activation(Activation::linear)})}),
               activation(Activation::softmax)},
              Loss::sparseCategoricalCrossentropy, adamw(0.02), 40, 9, 4, false),
      withTables(problem("tables and a number, residual blocks of what they give", 3,
                         {residual({{25, Activation::relu, true}}),
                          residual({batchNormalization(true, true), {25, Activation::linear, true}}),
                          {2, Activation::linear, true}},
                         Loss::meanSquaredError, optimizer(UpdateKind::adam, 0.01), 40, 18, 5, false),
                 {{{6, 5}, {40, 19}}, {0, LookUpDescription::kNumber, 1}}),
      problem("9-70-40-3, noise on data, relu, sums and normalization, and beside dropout", 9,
              {gaussianNoise(0.1, 14),
               {70, Activation::relu, true, l2(0.01)},
               gaussianNoise(0.3, 15),
               dropout(0.2, 16),
               residual({{70, Activation::gelu, true}, gaussianNoise(0.2, 17)}),
               gaussianNoise(0.05, 18),
               residual({gaussianNoise(0.2, 19), {70, Activation::linear, false}}),
               {40, Activation::linear, false},
               gaussianNoise(0.2, 20),
               activation(Activation::silu),
               layerNormalization(true, true),
               gaussianNoise(0, 21),
               gaussianNoise(0.1, 22),
               {3, Activation::linear, true},
               gaussianNoise(0.1, 23),
               activation(Activation::softmax)},
              Loss::sparseCategoricalCrossentropy, optimizer(UpdateKind::adam, 0.01), 61, 20, 7, false),
      problem("5-400-300-2, noise where columns are divided, and last", 5,
              {{400, Activation::relu, true},
               dropout(0.3, 24),
               gaussianNoise(0.5, 25),
               {300, Activation::linear, false},
               batchNormalization(true, true),
               gaussianNoise(0.4, 26),
               {2, Activation::tanh, true},
               gaussianNoise(0.1, 27)},
              Loss::meanSquaredError, optimizer(UpdateKind::momentum, 0.01), 21, 9, 4, true),
  };
  return all;
}
