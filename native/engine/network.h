// A network's description, and its weights and optimizer state in the kernels' layout.
#ifndef SAMEBITS_ENGINE_NETWORK_H
#define SAMEBITS_ENGINE_NETWORK_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../kernels/kernel_table.h"
#include "arena.h"
#include "look_up.h"
#include "optimizers.h"
#include "packing.h"
#include "random.h"

namespace samebits {

constexpr size_t kNone = SIZE_MAX;

// A residual block is the nodes from a branch, which gives what it takes in, to a sum, which adds that to what the node before it
// gives.
enum class NodeKind : uint8_t {
  lookUp,
  dense,
  activation,
  dropout,
  batchNormalization,
  layerNormalization,
  gaussianNoise,
  branch,
  sum
};

// What a dropout layer has.
struct DropoutDescription {
  double rate = 0;  // from 0 to below 1; 0 is none
  PhiloxKey key{};
  uint32_t stream = 0;
};

// What a layer of Gaussian noise has.
struct NoiseDescription {
  double stddev = 0;  // at least 0; 0 is none
  PhiloxKey key{};
  uint32_t stream = 0;
};

// What a normalization has; a momentum that of a batch.
struct NormalizationDescription {
  double epsilon = 1e-3;
  double momentum = 0.99;
  bool center = true, scale = true;
};

// What is done to a tensor beside the optimizer's update; 0 and false are none.
struct TensorRules {
  double l1 = 0, l2 = 0;  // factors of its regularizer
  double maxNorm = 0;     // of a kernel's columns
  bool nonNegative = false;
};

// A layer, as its kind reads it: units, useBias and rules are a dense layer's, its activation stands beside them.
struct LayerDescription {
  size_t units = 0;
  Activation activation = Activation::linear;
  bool useBias = false;
  TensorRules kernel = {}, bias = {};
  double alpha = 0;  // of the activation, if it has one; rounded where it is used
  NodeKind kind = NodeKind::dense;
  DropoutDescription dropout = {};
  NoiseDescription noise = {};
  NormalizationDescription normalization = {};
  std::vector<LayerDescription> block =
      {};  // of a residual layer, whose kind is sum: gives as many units as it takes in
};

struct NetworkDescription {
  size_t inputs = 0;  // columns of x, at least 1
  bool rescale = false;
  double scale = 1, offset = 0;  // rounded where rows are gathered: a caller's own rounding mode has no part in it
  LookUpDescription lookUp;      // before all layers; no rescaling then
  std::vector<LayerDescription> layers;  // at least one of them, or within their blocks, dense
  bool hasLoss = false;
  Loss loss = Loss::meanSquaredError;
  double lossParameter = 0;  // huber's delta, quantile's q, label smoothing; rounded where rows get their losses
  bool hasOptimizer = false;
  OptimizerDescription optimizer;
};

// In the order in which a layer has them. The moving ones are state that no optimizer moves.
enum class ParameterKind : uint8_t { kernel, bias, embeddings, gamma, beta, movingMean, movingVariance };
constexpr size_t kParameterKinds = 7;
constexpr bool isTrained(ParameterKind kind) { return kind < ParameterKind::movingMean; }

// A tensor of the network: a matrix, a vector being one of a single row. It lies in panels; that of a table of embeddings is as
// wide as the table, so that a row lies in one run.
struct Parameter {
  size_t layer;  // counting the layers that have parameters, each table of embeddings as one
  size_t node;
  ParameterKind kind;
  size_t rows, columns;  // a kernel [inputs, units], all others [1, units]
  TensorRules rules;
  ParameterSlots slots;  // gradient is null

  size_t floats() const { return panelsSize(rows, columns); }
  size_t panel(const KernelTable& table) const {
    return kind == ParameterKind::embeddings ? round16(columns) : table.panel;
  }
};

// A step on the way from the data to the outputs, from rows of `inputs` columns to rows of `units`. A layer is one node or,
// where it has an activation of its own, two.
struct Node {
  NodeKind kind;
  size_t from;  // the node whose outputs it takes in; kNone: the data
  size_t inputs, units;
  Activation activation = Activation::linear;  // of activation nodes
  double alpha = 0;
  // Dense: its product makes the relu of the activation after it, which then has nothing to do forwards.
  bool relu = false;
  bool learns = false;  // it has parameters, or a node before it does: a gradient must reach its outputs
  DropoutDescription dropout = {};
  NoiseDescription noise = {};
  NormalizationDescription normalization = {};
  size_t partner = kNone;                          // of a branch its sum, and of a sum its branch
  std::array<size_t, kParameterKinds> parameters;  // places in the network's list by kind, or kNone

  size_t parameter(ParameterKind of) const { return parameters[static_cast<size_t>(of)]; }
};

class Network {
 public:
  // `memory`: bytesFor(description) zeroed bytes, 64-byte aligned, that outlive the network.
  Network(const KernelTable* table, NetworkDescription description, void* memory);
  static size_t bytesFor(const NetworkDescription& description);

  const KernelTable& table() const { return *table_; }
  const NetworkDescription& description() const { return description_; }
  // In the order in which rows pass them; a node comes after those whose outputs it takes in.
  const std::vector<Node>& nodes() const { return nodes_; }
  size_t outputs() const { return nodes_.back().units; }
  // Whether a node has anything to do backwards, beside the sums over rows that WeightPass makes.
  bool worksBack(const Node& node) const;
  // Whether a node's backward pass ends in the gradient of what it took in.
  bool passesBack(const Node& node) const { return node.from != kNone && nodes_[node.from].learns; }
  // Columns of what a node gives; those of the data for kNone.
  size_t unitsOf(size_t node) const { return node == kNone ? description_.inputs : nodes_[node].units; }
  // What the first node does, if it looks up tables: the first parameters are theirs, in order.
  const LookUp& lookUp() const { return lookUp_; }
  // FLOPs of the forward pass of a row.
  double rowFlops() const;

  // Whether its optimizer's weight decay is for this parameter.
  bool decays(const Parameter& parameter) const {
    if (parameter.kind == ParameterKind::embeddings || !isTrained(parameter.kind)) return false;
    return parameter.kind == ParameterKind::kernel || description_.optimizer.decayBiases;
  }
  // Whether gradients are clipped by norms, for which they must be whole.
  bool clipsByNorm() const { return description_.optimizer.clipNorm > 0 || description_.optimizer.globalClipNorm > 0; }

  OptimizerState& optimizer() { return optimizer_; }
  const OptimizerState& optimizer() const { return optimizer_; }
  uint64_t steps = 0;   // made since the beginning
  uint64_t epochs = 0;  // ended since the beginning

  // In model order: layer by layer, a kernel before its bias.
  const std::vector<Parameter>& parameters() const { return parameters_; }
  // Layers that have parameters.
  size_t layers() const { return parameters_.back().layer + 1; }
  // The place of a layer's parameter in the list; kNone if it has none of this kind.
  size_t find(size_t layer, ParameterKind kind) const;
  // A node's weights of this kind; null if it has none.
  const float* weights(const Node& node, ParameterKind kind) const;
  // Row-major copies of rows in `range`. slot 0: weights; from 1: optimizer state, and after it the moving average of the
  // weights. False if there is no such slot.
  bool getParameter(size_t parameter, int slot, RowRange range, float* values) const;
  bool setParameter(size_t parameter, int slot, RowRange range, const float* values);
  // The mark of all of it (docs/numerics.md, "Fingerprint"), where it stands.
  bool mark(size_t parameter, int slot, uint64_t* mark) const;
  // Before the first step with moving averages: they start as the weights then are. Until that, reading them gives the weights;
  // setting one begins them all. What is not trained has none: reading it gives the value, setting it is refused.
  void beginAverages();
  // From the layout of the parameter's slots, of which `stored` may be another one.
  void unpack(size_t parameter, const float* stored, RowRange range, float* values) const;

 private:
  float* slotOf(size_t parameter, int slot) const;

  const KernelTable* table_;
  NetworkDescription description_;
  std::vector<Node> nodes_;
  std::vector<Parameter> parameters_;
  LookUp lookUp_;
  OptimizerState optimizer_;
  bool averagesBegun_ = false;
};

}  // namespace samebits

#endif
