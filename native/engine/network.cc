#include "network.h"

#include <algorithm>
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
    if (slots > 2) parameter.third = cutter->take<float>(floats);
    return parameter;
  };
  size_t inputs = description.inputs;
  size_t parameters = 0;
  for (const LayerDescription& layer : description.layers) {
    Layer cutLayer{
        inputs, layer.units, layer.activation, layer.useBias, layer.l2, layer.dropout, layer.alpha, parameters, {}, {}};
    parameters += layer.useBias ? 2 : 1;
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
  if (!description_.hasOptimizer || description_.optimizer.kind != UpdateKind::adagrad) return;
  const float initial = static_cast<float>(description_.optimizer.initialAccumulatorValue);
  for (const Layer& layer : layers_) {
    std::fill_n(layer.kernel.first, panelsSize(layer.inputs, layer.units), initial);
    if (layer.useBias) std::fill_n(layer.bias.first, round16(layer.units), initial);
  }
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
  return slot == 0 ? slots.value : slot == 1 ? slots.first : slot == 2 ? slots.second : slots.third;
}

bool Network::getParameter(size_t layer, ParameterKind kind, int slot, RowRange range, float* values) const {
  const float* stored = slotOf(layer, kind, slot);
  if (stored == nullptr) return false;
  unpack(layer, kind, stored, range, values);
  return true;
}

void Network::unpack(size_t layer, ParameterKind kind, const float* stored, RowRange range, float* values) const {
  unpackPanels(stored, range, parameterRows(layer, kind), parameterColumns(layer), table_->panel, values);
}

bool Network::setParameter(size_t layer, ParameterKind kind, int slot, RowRange range, const float* values) {
  float* stored = slotOf(layer, kind, slot);
  if (stored == nullptr) return false;
  packPanels(values, range, parameterRows(layer, kind), parameterColumns(layer), table_->panel, stored);
  return true;
}

bool Network::mark(size_t layer, ParameterKind kind, int slot, uint64_t* mark) const {
  const float* stored = slotOf(layer, kind, slot);
  if (stored == nullptr) return false;
  *mark = 0;
  const size_t rows = parameterRows(layer, kind), units = parameterColumns(layer);
  overPanels({0, rows}, rows, units, table_->panel,
             [&](const PanelRows& panel) { *mark += markPanel(*table_, stored, panel, units); });
  return true;
}

}  // namespace samebits
