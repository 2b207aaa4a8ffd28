// A network's description, and its weights and optimizer state in the kernels' layout.
#ifndef SAMEBITS_ENGINE_NETWORK_H
#define SAMEBITS_ENGINE_NETWORK_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../kernels/kernel_table.h"
#include "arena.h"
#include "optimizers.h"
#include "packing.h"
#include "random.h"

namespace samebits {

// Dropout before a dense layer.
struct DropoutDescription {
  double rate = 0;  // from 0 to below 1; 0 is none
  PhiloxKey key{};
  uint32_t stream = 0;
};

struct LayerDescription {
  size_t units;
  Activation activation;
  bool useBias;
  double l2 = 0;  // factor of the kernel's regularizer; 0 is none
  DropoutDescription dropout = {};
  double alpha = 0;  // of the activation, if it has one; rounded where it is used
};

struct NetworkDescription {
  size_t inputs = 0;  // columns of x, at least 1
  bool rescale = false;
  double scale = 1, offset = 0;  // rounded where rows are gathered: a caller's own rounding mode has no part in it
  std::vector<LayerDescription> layers;  // at least one
  bool hasLoss = false;
  Loss loss = Loss::meanSquaredError;
  double lossParameter = 0;  // huber's delta, quantile's q; rounded where rows get their losses
  bool hasOptimizer = false;
  OptimizerDescription optimizer;
};

// docs/numerics.md, "Losses".
inline LossParameters lossParameters(Loss loss, double parameter) {
  const double second = loss == Loss::quantile ? 1 - parameter : 0;
  return {static_cast<float>(parameter), static_cast<float>(second)};
}

enum class ParameterKind { kernel, bias };

struct Layer {
  size_t inputs;
  size_t units;
  Activation activation;
  bool useBias;
  double l2;
  DropoutDescription dropout;
  double alpha;
  size_t firstParameter;  // in model order: the number of its kernel; its bias is the next one
  ParameterSlots kernel;  // panels; gradient is null
  ParameterSlots bias;    // vectors; gradient is null

  size_t parameter(ParameterKind kind) const { return firstParameter + (kind == ParameterKind::bias ? 1 : 0); }
};

class Network {
 public:
  // `memory`: bytesFor(description) zeroed bytes, 64-byte aligned, that outlive the network.
  Network(const KernelTable* table, NetworkDescription description, void* memory);
  static size_t bytesFor(const NetworkDescription& description);

  const KernelTable& table() const { return *table_; }
  const NetworkDescription& description() const { return description_; }
  const std::vector<Layer>& layers() const { return layers_; }
  size_t outputs() const { return layers_.back().units; }
  // FLOPs of the forward pass of a row.
  double rowFlops() const;

  OptimizerState& optimizer() { return optimizer_; }
  const OptimizerState& optimizer() const { return optimizer_; }
  uint64_t steps = 0;   // made since the beginning
  uint64_t epochs = 0;  // ended since the beginning

  // Parameters in model order: each layer's kernel, then its bias if it has one.
  size_t parameters() const { return layers_.back().firstParameter + (layers_.back().useBias ? 2 : 1); }
  // A parameter is a matrix: a kernel [inputs, units], a bias [1, units], or [0, units] where the layer has none.
  size_t parameterRows(size_t layer, ParameterKind kind) const;
  size_t parameterColumns(size_t layer) const { return layers_[layer].units; }
  // Row-major copies of rows in `range`. slot 0: weights; 1 to 3: optimizer state. False if there is no such slot.
  bool getParameter(size_t layer, ParameterKind kind, int slot, RowRange range, float* values) const;
  bool setParameter(size_t layer, ParameterKind kind, int slot, RowRange range, const float* values);
  // The mark of all of it (docs/numerics.md, "Fingerprint"), where it stands.
  bool mark(size_t layer, ParameterKind kind, int slot, uint64_t* mark) const;
  // From the layout of the parameter's slots, of which `stored` may be another one.
  void unpack(size_t layer, ParameterKind kind, const float* stored, RowRange range, float* values) const;

 private:
  static void cut(const NetworkDescription& description, Cutter* cutter, std::vector<Layer>* layers);
  float* slotOf(size_t layer, ParameterKind kind, int slot) const;

  const KernelTable* table_;
  NetworkDescription description_;
  std::vector<Layer> layers_;
  OptimizerState optimizer_;
};

}  // namespace samebits

#endif
