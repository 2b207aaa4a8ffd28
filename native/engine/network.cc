#include "network.h"

#include <algorithm>
#include <utility>

#include "packing.h"

namespace samebits {
namespace {

// Builds nodes and parameters in order, from memory that `cutter` hands out.
class Builder {
 public:
  Builder(const NetworkDescription& description, Cutter* cutter)
      : slots_(description.hasOptimizer ? optimizerSlots(description.optimizer.kind) : 0),
        averages_(description.hasOptimizer && description.optimizer.averages),
        cutter_(cutter),
        units_(description.inputs) {
    if (!description.lookUp.none()) addLookUp(description.lookUp);
    for (const LayerDescription& layer : description.layers) add(layer);
  }

  std::vector<Node> nodes;
  std::vector<Parameter> parameters;

 private:
  void addLookUp(const LookUpDescription& lookUp) {
    addNode(NodeKind::lookUp, lookUp.units()).learns = !lookUp.tables.empty();
    for (const TableDescription& table : lookUp.tables) {
      addParameter(ParameterKind::embeddings, table.categories, table.units, {});
      ++layers_;
    }
  }

  void add(const LayerDescription& layer) {
    if (layer.kind == NodeKind::dropout) {
      addNode(NodeKind::dropout, units_).dropout = layer.dropout;
    } else if (layer.kind == NodeKind::gaussianNoise) {
      addNode(NodeKind::gaussianNoise, units_).noise = layer.noise;
    } else if (layer.kind == NodeKind::activation) {
      addActivation(layer);
    } else if (layer.kind == NodeKind::batchNormalization) {
      addNode(NodeKind::batchNormalization, units_).normalization = layer.normalization;
      if (layer.normalization.scale) addKindOf(ParameterKind::gamma, 1, {});
      if (layer.normalization.center) addKindOf(ParameterKind::beta, 1, {});
      addKindOf(ParameterKind::movingMean, 1, {});
      addKindOf(ParameterKind::movingVariance, 1, {});
      ++layers_;
    } else if (layer.kind == NodeKind::layerNormalization) {
      addNode(NodeKind::layerNormalization, units_).normalization = layer.normalization;
      if (layer.normalization.scale) addKindOf(ParameterKind::gamma, 1, {});
      if (layer.normalization.center) addKindOf(ParameterKind::beta, 1, {});
      if (layer.normalization.scale || layer.normalization.center) ++layers_;
    } else if (layer.kind == NodeKind::sum) {
      addBlock(layer.block);
    } else {
      addNode(NodeKind::dense, layer.units);
      addKindOf(ParameterKind::kernel, nodes.back().inputs, layer.kernel);
      if (layer.useBias) addKindOf(ParameterKind::bias, 1, layer.bias);
      ++layers_;
      addActivation(layer);
    }
  }

  void addBlock(const std::vector<LayerDescription>& layers) {
    const size_t branch = nodes.size();
    addNode(NodeKind::branch, units_);
    for (const LayerDescription& layer : layers) add(layer);
    nodes[branch].partner = nodes.size();
    addNode(NodeKind::sum, units_).partner = branch;
  }

  Node& addNode(NodeKind kind, size_t units) {
    Node node{};
    node.kind = kind;
    node.from = nodes.empty() ? kNone : nodes.size() - 1;
    node.inputs = units_;
    node.units = units;
    node.learns = !nodes.empty() && nodes.back().learns;
    node.parameters.fill(kNone);
    nodes.push_back(node);
    units_ = units;
    return nodes.back();
  }

  void addActivation(const LayerDescription& layer) {
    if (layer.activation == Activation::linear) return;
    if (layer.activation == Activation::relu && !nodes.empty() && nodes.back().kind == NodeKind::dense) {
      nodes.back().relu = true;
    }
    Node& node = addNode(NodeKind::activation, units_);
    node.activation = layer.activation;
    node.alpha = layer.alpha;
  }

  // The last node's one parameter of this kind.
  void addKindOf(ParameterKind kind, size_t rows, const TensorRules& rules) {
    Node& node = nodes.back();
    node.parameters[static_cast<size_t>(kind)] = parameters.size();
    node.learns = node.learns || isTrained(kind);
    addParameter(kind, rows, node.units, rules);
  }

  void addParameter(ParameterKind kind, size_t rows, size_t columns, const TensorRules& rules) {
    Parameter parameter{layers_, nodes.size() - 1, kind, rows, columns, rules, {}};
    const size_t floats = parameter.floats();
    parameter.slots.value = cutter_->take<float>(floats);
    const int slots = isTrained(kind) ? slots_ : 0;
    if (slots > 0) parameter.slots.first = cutter_->take<float>(floats);
    if (slots > 1) parameter.slots.second = cutter_->take<float>(floats);
    if (slots > 2) parameter.slots.third = cutter_->take<float>(floats);
    if (averages_ && isTrained(kind)) parameter.slots.average = cutter_->take<float>(floats);
    parameters.push_back(parameter);
  }

  const int slots_;
  const bool averages_;
  Cutter* const cutter_;
  size_t units_;  // of the node before
  size_t layers_ = 0;
};

}  // namespace

size_t Network::bytesFor(const NetworkDescription& description) {
  Cutter cutter(nullptr);
  const Builder counted(description, &cutter);
  return cutter.used();
}

Network::Network(const KernelTable* table, NetworkDescription description, void* memory)
    : table_(table),
      description_(std::move(description)),
      lookUp_(description_.lookUp),
      optimizer_(description_.optimizer) {
  Cutter cutter(memory);
  Builder built(description_, &cutter);
  nodes_ = std::move(built.nodes);
  parameters_ = std::move(built.parameters);
  if (!description_.hasOptimizer || description_.optimizer.kind != UpdateKind::adagrad) return;
  const float initial = static_cast<float>(description_.optimizer.initialAccumulatorValue);
  for (const Parameter& parameter : parameters_) {
    if (isTrained(parameter.kind)) std::fill_n(parameter.slots.first, parameter.floats(), initial);
  }
}

bool Network::worksBack(const Node& node) const {
  const bool sums = node.parameter(ParameterKind::gamma) != kNone || node.parameter(ParameterKind::beta) != kNone;
  return passesBack(node) || (node.kind == NodeKind::batchNormalization && sums);
}

double Network::rowFlops() const {
  double flops = 0;
  for (const Node& node : nodes_) {
    if (node.kind != NodeKind::dense) continue;
    flops += 2.0 * static_cast<double>(node.inputs) * static_cast<double>(node.units);
  }
  return flops;
}

size_t Network::find(size_t layer, ParameterKind kind) const {
  for (size_t p = 0; p < parameters_.size(); ++p) {
    if (parameters_[p].layer == layer && parameters_[p].kind == kind) return p;
  }
  return kNone;
}

const float* Network::weights(const Node& node, ParameterKind kind) const {
  const size_t parameter = node.parameter(kind);
  return parameter == kNone ? nullptr : parameters_[parameter].slots.value;
}

float* Network::slotOf(size_t parameter, int slot) const {
  const ParameterSlots& slots = parameters_[parameter].slots;
  const bool isAverage = description_.optimizer.averages && slot == optimizerSlots(description_.optimizer.kind) + 1;
  if (isAverage) return averagesBegun_ && slots.average != nullptr ? slots.average : slots.value;
  return slot == 0   ? slots.value
         : slot == 1 ? slots.first
         : slot == 2 ? slots.second
         : slot == 3 ? slots.third
                     : nullptr;
}

void Network::beginAverages() {
  if (!description_.optimizer.averages || averagesBegun_) return;
  for (const Parameter& parameter : parameters_) {
    if (isTrained(parameter.kind)) std::copy_n(parameter.slots.value, parameter.floats(), parameter.slots.average);
  }
  averagesBegun_ = true;
}

bool Network::getParameter(size_t parameter, int slot, RowRange range, float* values) const {
  const float* stored = slotOf(parameter, slot);
  if (stored == nullptr) return false;
  unpack(parameter, stored, range, values);
  return true;
}

void Network::unpack(size_t parameter, const float* stored, RowRange range, float* values) const {
  const Parameter& of = parameters_[parameter];
  unpackPanels(stored, range, of.rows, of.columns, of.panel(*table_), values);
}

bool Network::setParameter(size_t parameter, int slot, RowRange range, const float* values) {
  const bool isAverage = slot > optimizerSlots(description_.optimizer.kind);
  if (isAverage && !isTrained(parameters_[parameter].kind)) return false;
  if (isAverage) beginAverages();
  float* stored = slotOf(parameter, slot);
  if (stored == nullptr) return false;
  const Parameter& of = parameters_[parameter];
  packPanels(values, range, of.rows, of.columns, of.panel(*table_), stored);
  return true;
}

bool Network::mark(size_t parameter, int slot, uint64_t* mark) const {
  const float* stored = slotOf(parameter, slot);
  if (stored == nullptr) return false;
  *mark = 0;
  const Parameter& of = parameters_[parameter];
  overPanels({0, of.rows}, of.rows, of.columns, of.panel(*table_),
             [&](const PanelRows& panel) { *mark += markPanel(*table_, stored, panel, of.columns); });
  return true;
}

}  // namespace samebits
