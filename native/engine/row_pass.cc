#include "row_pass.h"

#include <algorithm>

#include "packing.h"

namespace samebits {
namespace {

Rows takeRows(size_t rows, size_t units, Cutter* cutter) {
  Rows taken;
  taken.ld = leadingDimension(units);
  taken.data = cutter->take<float>(rows * taken.ld);
  return taken;
}

// Crossentropies take logits and do the last activation themselves.
bool lossTakesLogits(const NetworkDescription& description) {
  return description.hasLoss && description.loss != Loss::meanSquaredError;
}

}  // namespace

RowPass::RowPass(const Network& network, Purpose purpose, size_t rows, unsigned members, size_t rowsPerMember,
                 Cutter* cutter)
    : network_(network), purpose_(purpose) {
  input_ = takeRows(rows, network.description().inputs, cutter);
  for (const Layer& layer : network.layers()) outputs_.push_back(takeRows(rows, layer.units, cutter));
  if (purpose == Purpose::predict) return;
  losses_ = cutter->take<float>(rows);
  hits_ = cutter->take<uint32_t>(rows);
  if (network.description().loss == Loss::sparseCategoricalCrossentropy) {
    labels_ = cutter->take<uint32_t>(rows);
  } else {
    targets_ = takeRows(rows, network.outputs(), cutter);
  }
  if (purpose == Purpose::evaluate) return;
  size_t widest = 0;
  for (const Layer& layer : network.layers()) {
    gradients_.push_back(takeRows(rows, layer.units, cutter));
    widest = std::max(widest, layer.units);
  }
  panelsPerMember_ = round16(rowsPerMember) * widest;
  rowPanels_ = cutter->take<float>(panelsPerMember_ * members);
}

void RowPass::gather(const DataView& data, const Batch& batch, size_t begin, size_t count) {
  const KernelTable& table = network_.table();
  const NetworkDescription& description = network_.description();
  const uint32_t* indices = batch.indices == nullptr ? nullptr : batch.indices + begin;
  const size_t first = batch.firstRow + begin;
  if (data.bytes) {
    table.gatherBytes(static_cast<const uint8_t*>(data.x), data.columns, indices, first, count, description.rescale,
                      description.scale, description.offset, input_.at(begin), input_.ld);
  } else {
    table.gatherFloats(static_cast<const float*>(data.x), data.columns, indices, first, count, description.rescale,
                       description.scale, description.offset, input_.at(begin), input_.ld);
  }
  if (purpose_ == Purpose::predict) return;
  if (labels_ == nullptr) {
    table.gatherFloats(data.targets, network_.outputs(), indices, first, count, false, 1, 0, targets_.at(begin),
                       targets_.ld);
    return;
  }
  const uint32_t units = static_cast<uint32_t>(network_.outputs());
  for (size_t i = 0; i < count; ++i) {
    uint32_t label = data.labels[indices == nullptr ? first + i : indices[i]];
    if (label >= units) {
      invalid_.store(true, std::memory_order_relaxed);
      label = 0;
    }
    labels_[begin + i] = label;
  }
}

void RowPass::forward(size_t begin, size_t count) {
  const KernelTable& table = network_.table();
  const std::vector<Layer>& layers = network_.layers();
  const Rows* from = &input_;
  for (size_t l = 0; l < layers.size(); ++l) {
    const Layer& layer = layers[l];
    const Rows& to = outputs_[l];
    table.forward(from->at(begin), from->ld, layer.kernel.value, layer.bias.value, layer.inputs, layer.units, count, 0,
                  layer.units, layer.activation == Activation::relu, to.at(begin), to.ld);
    const bool last = l + 1 == layers.size();
    const bool later = last && (purpose_ == Purpose::predict || lossTakesLogits(network_.description()));
    if (!later && layer.activation != Activation::relu && layer.activation != Activation::linear) {
      table.activate(layer.activation, to.at(begin), to.ld, count, layer.units);
    }
    from = &to;
  }
}

void RowPass::activateLast(size_t begin, size_t count) {
  const Layer& layer = network_.layers().back();
  const Rows& rows = outputs_.back();
  if (layer.activation == Activation::relu || layer.activation == Activation::linear) return;
  network_.table().activate(layer.activation, rows.at(begin), rows.ld, count, layer.units);
}

void RowPass::loss(size_t begin, size_t count) {
  const Rows& z = outputs_.back();
  const bool train = purpose_ == Purpose::train;
  const void* targets = labels_ != nullptr ? static_cast<const void*>(labels_ + begin) : targets_.at(begin);
  network_.table().loss(network_.description().loss, z.at(begin), z.ld, targets, targets_.ld, count, network_.outputs(),
                        train ? gradients_.back().at(begin) : nullptr, train ? gradients_.back().ld : 0, nullptr, 0,
                        losses_ + begin, hits_ + begin);
}

void RowPass::backward(unsigned member, size_t begin, size_t count) {
  const KernelTable& table = network_.table();
  const std::vector<Layer>& layers = network_.layers();
  float* rowPanels = rowPanels_ + member * panelsPerMember_;
  for (size_t l = layers.size(); l-- > 0;) {
    const Layer& layer = layers[l];
    const Rows& gradient = gradients_[l];
    const Rows& output = outputs_[l];
    const bool last = l + 1 == layers.size();
    // Hidden relus are masked by the product that wrote the gradient; a crossentropy has its activation in it.
    const bool masked = last ? lossTakesLogits(network_.description()) : layer.activation == Activation::relu;
    if (!masked && layer.activation != Activation::linear) {
      table.activationGradient(layer.activation, output.at(begin), output.ld, gradient.at(begin), gradient.ld, count,
                               layer.units);
    }
    if (l == 0) break;
    const bool belowIsRelu = layers[l - 1].activation == Activation::relu;
    const Rows& below = outputs_[l - 1];
    table.packRows(gradient.at(begin), gradient.ld, count, layer.units, rowPanels);
    table.inputGradient(rowPanels, layer.kernel.value, layer.inputs, layer.units, count, 0, layer.inputs,
                        belowIsRelu ? below.at(begin) : nullptr, below.ld, gradients_[l - 1].at(begin),
                        gradients_[l - 1].ld);
  }
}

}  // namespace samebits
