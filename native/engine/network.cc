#include "network.h"

#include <cstring>
#include <utility>

#include "packing.h"

namespace samebits {

void Network::cut(const NetworkDescription& description, Cutter* cutter, std::vector<Layer>* layers) {
  const int slots = description.hasOptimizer ? optimizerSlots(description.optimizer.kind) : 0;
  const auto parameter = [&](size_t floats) {
    ParameterSlots parameter{};
    parameter.value = cutter->take<float>(floats);
    if (slots > 0) parameter.first = cutter->take<float>(floats);
    if (slots > 1) parameter.second = cutter->take<float>(floats);
    return parameter;
  };
  size_t inputs = description.inputs;
  for (const LayerDescription& layer : description.layers) {
    Layer cutLayer{inputs, layer.units, layer.activation, layer.useBias, layer.l2, layer.dropout, {}, {}};
    cutLayer.kernel = parameter(panelsSize(inputs, layer.units));
    if (layer.useBias) cutLayer.bias = parameter(round16(layer.units));
    layers->push_back(cutLayer);
    inputs = layer.units;
  }
}

size_t Network::bytesFor(const NetworkDescription& description) {
  Cutter cutter(nullptr);
  std::vector<Layer> layers;
  cut(description, &cutter, &layers);
  return cutter.used();
}

Network::Network(const KernelTable* table, NetworkDescription description, void* memory)
    : table_(table), description_(std::move(description)), optimizer_(description_.optimizer) {
  Cutter cutter(memory);
  cut(description_, &cutter, &layers_);
}

double Network::rowFlops() const {
  double flops = 0;
  for (const Layer& layer : layers_)
    flops += 2.0 * static_cast<double>(layer.inputs) * static_cast<double>(layer.units);
  return flops;
}

size_t Network::parameterRows(size_t layer, ParameterKind kind) const {
  const Layer& of = layers_[layer];
  if (kind == ParameterKind::kernel) return of.inputs;
  return of.useBias ? 1 : 0;
}

float* Network::slotOf(size_t layer, ParameterKind kind, int slot) const {
  const ParameterSlots& slots = kind == ParameterKind::kernel ? layers_[layer].kernel : layers_[layer].bias;
  return slot == 0 ? slots.value : slot == 1 ? slots.first : slots.second;
}

bool Network::getParameter(size_t layer, ParameterKind kind, int slot, RowRange range, float* values) const {
  const float* stored = slotOf(layer, kind, slot);
  if (stored == nullptr) return false;
  const Layer& of = layers_[layer];
  if (kind == ParameterKind::kernel) {
    unpackPanels(stored, range, of.inputs, of.units, table_->panel, values);
  } else {
    std::memcpy(values, stored, range.count * of.units * sizeof(float));
  }
  return true;
}

bool Network::setParameter(size_t layer, ParameterKind kind, int slot, RowRange range, const float* values) {
  float* stored = slotOf(layer, kind, slot);
  if (stored == nullptr) return false;
  const Layer& of = layers_[layer];
  if (kind == ParameterKind::kernel) {
    packPanels(values, range, of.inputs, of.units, table_->panel, stored);
  } else {
    std::memcpy(stored, values, range.count * of.units * sizeof(float));
  }
  return true;
}

}  // namespace samebits
