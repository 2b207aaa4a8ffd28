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

}  // namespace

RowPass::RowPass(const Network& network, Purpose purpose, size_t rows, unsigned members, size_t rowsPerMember,
                 Cutter* cutter)
    : network_(network), purpose_(purpose) {
  input_ = takeRows(rows, network.description().inputs, cutter);
  for (const Layer& layer : network.layers()) outputs_.push_back(takeRows(rows, layer.units, cutter));
  for (size_t l = 0; l < network.layers().size(); ++l) {
    logits_.push_back(keepsLogits(l) ? takeRows(rows, network.layers()[l].units, cutter) : Rows{});
  }
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
  for (size_t l = 0; l < network.layers().size(); ++l) {
    dropped_.push_back(drops(l) ? takeRows(rows, network.layers()[l].inputs, cutter) : Rows{});
  }
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
  const float scale = static_cast<float>(description.scale), offset = static_cast<float>(description.offset);
  if (data.bytes) {
    table.gatherBytes(static_cast<const uint8_t*>(data.x), data.columns, indices, first, count, description.rescale,
                      scale, offset, input_.at(begin), input_.ld);
  } else {
    table.gatherFloats(static_cast<const float*>(data.x), data.columns, indices, first, count, description.rescale,
                       scale, offset, input_.at(begin), input_.ld);
  }
  if (drops(0)) dropInputs(0, begin, count, 0, description.inputs);
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
  for (size_t l = 0; l < network_.layers().size(); ++l) {
    forwardColumns(l, begin, count, 0, network_.layers()[l].units);
    if (activatesRows(l)) activateRows(l, begin, count);
  }
}

void RowPass::forwardColumns(size_t l, size_t begin, size_t count, size_t columnBegin, size_t columnEnd) {
  const KernelTable& table = network_.table();
  const Layer& layer = network_.layers()[l];
  const Rows& from = inputs(l);
  const Rows& to = outputs_[l];
  const Rows& z = keepsLogits(l) ? logits_[l] : to;
  table.forward(from.at(begin), from.ld, layer.kernel.value, layer.bias.value, layer.inputs, layer.units, count,
                columnBegin, columnEnd, layer.activation == Activation::relu, z.at(begin), z.ld);
  if (leavesLogits(l) || activatesRows(l)) return;
  if (layer.activation != Activation::linear && layer.activation != Activation::relu) {
    table.activate(layer.activation, static_cast<float>(layer.alpha), z.at(begin) + columnBegin, z.ld, count,
                   columnEnd - columnBegin, to.at(begin) + columnBegin, to.ld);
  }
  if (drops(l + 1)) dropInputs(l + 1, begin, count, columnBegin, columnEnd);
}

bool RowPass::activatesRows(size_t l) const {
  return network_.layers()[l].activation == Activation::softmax && !leavesLogits(l);
}

void RowPass::activateRows(size_t l, size_t begin, size_t count) {
  const Layer& layer = network_.layers()[l];
  const Rows& rows = outputs_[l];
  network_.table().activate(layer.activation, 0, rows.at(begin), rows.ld, count, layer.units, rows.at(begin), rows.ld);
  if (drops(l + 1)) dropInputs(l + 1, begin, count, 0, layer.units);
}

bool RowPass::drops(size_t l) const {
  return purpose_ == Purpose::train && l < network_.layers().size() && network_.layers()[l].dropout.rate > 0;
}

const Rows& RowPass::inputs(size_t l) const {
  if (drops(l)) return dropped_[l];
  return l == 0 ? input_ : outputs_[l - 1];
}

DropoutMask RowPass::maskOf(size_t l) const {
  const DropoutDescription& dropout = network_.layers()[l].dropout;
  // 2^32 times a binary64 is exact, and the conversion cuts off.
  const uint32_t threshold = static_cast<uint32_t>(dropout.rate * 0x1p32);
  const float scale = static_cast<float>(1.0 / (1.0 - dropout.rate));
  return {{dropout.key.word[0], dropout.key.word[1]}, dropout.stream, step_, threshold, scale};
}

void RowPass::dropInputs(size_t l, size_t begin, size_t count, size_t columnBegin, size_t columnEnd) {
  const Rows& from = l == 0 ? input_ : outputs_[l - 1];
  const Rows& to = dropped_[l];
  const DropoutMask mask = maskOf(l);
  network_.table().dropout(&mask, from.at(begin), from.ld, begin, count, columnBegin, columnEnd, to.at(begin), to.ld);
}

bool RowPass::leavesLogits(size_t l) const {
  const bool last = l + 1 == network_.layers().size();
  return last && (purpose_ == Purpose::predict || lossTakesLogits(network_.description().loss));
}

void RowPass::activateLast(size_t begin, size_t count) {
  const Layer& layer = network_.layers().back();
  const Rows& rows = outputs_.back();
  if (layer.activation == Activation::relu || layer.activation == Activation::linear) return;
  network_.table().activate(layer.activation, static_cast<float>(layer.alpha), rows.at(begin), rows.ld, count,
                            layer.units, rows.at(begin), rows.ld);
}

bool RowPass::keepsLogits(size_t l) const {
  return purpose_ == Purpose::train && gradientTakesLogits(network_.layers()[l].activation);
}

void RowPass::loss(size_t begin, size_t count) {
  const Rows& z = outputs_.back();
  const bool train = purpose_ == Purpose::train;
  const void* targets = labels_ != nullptr ? static_cast<const void*>(labels_ + begin) : targets_.at(begin);
  const NetworkDescription& description = network_.description();
  const LossParameters parameters = lossParameters(description.loss, description.lossParameter);
  network_.table().loss(description.loss, parameters, z.at(begin), z.ld, targets, targets_.ld, count,
                        network_.outputs(), train ? gradients_.back().at(begin) : nullptr,
                        train ? gradients_.back().ld : 0, nullptr, 0, losses_ + begin, hits_ + begin);
}

void RowPass::backward(unsigned member, size_t begin, size_t count) {
  for (size_t l = network_.layers().size(); l-- > 0;) {
    if (activatesBackward(l)) backwardActivation(l, begin, count);
    if (l > 0) backwardInputs(member, l, begin, count, 0, network_.layers()[l].inputs);
  }
}

bool RowPass::activatesBackward(size_t l) const {
  const Activation activation = network_.layers()[l].activation;
  const bool last = l + 1 == network_.layers().size();
  // Hidden relus are masked by the product that writes the gradient; a crossentropy has its activation in it.
  const bool done = last ? lossTakesLogits(network_.description().loss) : activation == Activation::relu;
  return !done && activation != Activation::linear;
}

void RowPass::backwardActivation(size_t l, size_t begin, size_t count) {
  const Layer& layer = network_.layers()[l];
  const Rows& from = keepsLogits(l) ? logits_[l] : outputs_[l];
  network_.table().activationGradient(layer.activation, static_cast<float>(layer.alpha), from.at(begin), from.ld,
                                      gradients_[l].at(begin), gradients_[l].ld, count, layer.units);
}

void RowPass::backwardInputs(unsigned member, size_t l, size_t begin, size_t count, size_t inputBegin,
                             size_t inputEnd) {
  const KernelTable& table = network_.table();
  const Layer& layer = network_.layers()[l];
  const Rows& gradient = gradients_[l];
  const Rows& below = outputs_[l - 1];
  const bool belowIsRelu = network_.layers()[l - 1].activation == Activation::relu;
  float* rowPanels = rowPanels_ + member * panelsPerMember_;
  table.packRows(gradient.at(begin), gradient.ld, count, layer.units, rowPanels);
  table.inputGradient(rowPanels, layer.kernel.value, layer.inputs, layer.units, count, inputBegin, inputEnd,
                      belowIsRelu ? below.at(begin) : nullptr, below.ld, gradients_[l - 1].at(begin),
                      gradients_[l - 1].ld);
  if (!drops(l)) return;
  // After the relu's mask, which the product has already laid on: they choose apart, so that either may come first.
  const DropoutMask mask = maskOf(l);
  const Rows& to = gradients_[l - 1];
  table.dropout(&mask, to.at(begin), to.ld, begin, count, inputBegin, inputEnd, to.at(begin), to.ld);
}

}  // namespace samebits
