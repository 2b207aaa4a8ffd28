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

bool isNormalization(NodeKind kind) {
  return kind == NodeKind::batchNormalization || kind == NodeKind::layerNormalization;
}

}  // namespace

RowPass::RowPass(const Network& network, Purpose purpose, size_t rows, unsigned members, size_t rowsPerMember,
                 Cutter* cutter, bool fuses)
    : network_(network),
      nodes_(network.nodes()),
      purpose_(purpose),
      fuses_(fuses),
      form_(network.table(), network.description().loss, network.description().lossParameter, network.outputs()) {
  if (!looksUp()) input_ = takeRows(rows, network.description().inputs, cutter);
  takeOutputs(rows, cutter);
  if (looksUp()) {
    lookUp_.outputs = outputs_[0].data;
    lookUp_.ld = outputs_[0].ld;
    for (size_t t = 0; t < network.lookUp().tables().size(); ++t) {
      lookUp_.values.push_back(network.parameters()[t].slots.value);
      const size_t looked = rows * network.lookUp().tables()[t].columns.size();
      lookUp_.categories.push_back(purpose == Purpose::train ? cutter->take<uint32_t>(looked) : nullptr);
    }
  }
  if (purpose == Purpose::predict) return;
  losses_ = cutter->take<float>(rows);
  hits_ = cutter->take<uint32_t>(rows);
  weights_ = cutter->take<float>(rows);
  if (network.description().loss == Loss::sparseCategoricalCrossentropy) labels_ = cutter->take<uint32_t>(rows);
  if (!form_.takesLabels()) targets_ = takeRows(rows, network.outputs(), cutter);
  if (purpose == Purpose::evaluate) return;
  for (const Node& node : nodes_) {
    statistics_.emplace_back();
    kept_.emplace_back();
    if (node.kind == NodeKind::dropout && node.dropout.rate > 0) {
      kept_.back().ld = round16(node.units) / 16;
      kept_.back().data = cutter->take<uint16_t>(rows * kept_.back().ld);
    }
    const bool ofRows = node.kind == NodeKind::layerNormalization;
    if (!ofRows && node.kind != NodeKind::batchNormalization) continue;
    Statistics& made = statistics_.back();
    made.normalized = takeRows(rows, node.units, cutter);
    if (ofRows) {
      made.inverse = cutter->take<float>(rows);
      continue;
    }
    for (float** vector : {&made.mean, &made.variance, &made.inverse, &made.shifts, &made.scales}) {
      *vector = cutter->take<float>(round16(node.units));
    }
  }
  size_t widest = 0;
  isMasked_.resize(nodes_.size());
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const Node& node = nodes_[n];
    const bool isDense = node.kind == NodeKind::dense;
    masked_.push_back(isDense ? reluBelow(n) : kNone);
    if (masked_[n] != kNone) isMasked_[masked_[n]] = true;
    if (!node.learns) {
      gradients_.push_back({});
    } else if (node.kind == NodeKind::sum) {
      gradients_.push_back(copiesGradient(node) ? takeRows(rows, node.units, cutter) : gradients_[node.from]);
    } else if (isDense || node.kind == NodeKind::layerNormalization || !network.passesBack(node)) {
      gradients_.push_back(takeRows(rows, node.units, cutter));
      if (isDense) widest = std::max(widest, node.units);
    } else {
      gradients_.push_back(gradients_[node.from]);
    }
  }
  panelsPerMember_ = round16(rowsPerMember) * widest;
  rowPanels_ = cutter->take<float>(panelsPerMember_ * members);
}

void RowPass::takeOutputs(size_t rows, Cutter* cutter) {
  std::vector<size_t> owners;  // of each node's outputs; kNone: the data
  std::vector<size_t> held;    // of what the blocks that are open took in, which their sums will read
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const Node& node = nodes_[n];
    const size_t below = node.from == kNone ? kNone : owners[node.from];
    const bool isHeld = std::find(held.begin(), held.end(), below) != held.end();
    const bool shares = isIdentity(n) || (worksInPlace(n) && !isHeld);
    owners.push_back(shares ? below : n);
    outputs_.push_back(shares ? inputs(n) : takeRows(rows, node.units, cutter));
    if (node.kind == NodeKind::branch) held.push_back(below);
    if (node.kind == NodeKind::sum) held.pop_back();
  }
}

bool RowPass::copiesGradient(const Node& sum) const {
  const NodeKind from = nodes_[sum.from].kind;
  return from != NodeKind::dense && from != NodeKind::sum;
}

void RowPass::beginStep(uint64_t step, size_t rows, const RowOrder* order) {
  step_ = static_cast<uint32_t>(step);
  order_ = order;
  meanScale_ = meanScale(rows);
}

const Rows& RowPass::inputs(size_t n) const {
  const size_t from = nodes_[n].from;
  return from == kNone ? input_ : outputs_[from];
}

bool RowPass::isIdentity(size_t n) const {
  const Node& node = nodes_[n];
  if (node.kind == NodeKind::branch) return true;
  if (node.kind == NodeKind::dropout) return purpose_ != Purpose::train || node.dropout.rate == 0;
  if (node.kind == NodeKind::gaussianNoise) return purpose_ != Purpose::train || node.noise.stddev == 0;
  if (node.kind != NodeKind::activation) return false;
  return isLossActivation(n) || (fuses_ && node.from != kNone && nodes_[node.from].relu);
}

// In training the logits stay where a gradient is taken from them, and outputs where another activation's is.
bool RowPass::worksInPlace(size_t n) const {
  const Node& node = nodes_[n];
  const NodeKind kind = node.kind;
  const bool mayWork =
      kind == NodeKind::activation || kind == NodeKind::gaussianNoise || kind == NodeKind::sum || isNormalization(kind);
  if (!mayWork) return false;
  if (purpose_ != Purpose::train) return true;
  if (node.kind == NodeKind::activation && gradientTakesLogits(node.activation)) return false;
  if (node.from == kNone) return false;
  const NodeKind from = nodes_[node.from].kind;
  return from == NodeKind::dense || from == NodeKind::sum || isNormalization(from);
}

bool RowPass::isLossActivation(size_t n) const {
  return n + 1 == nodes_.size() && purpose_ != Purpose::predict && nodes_[n].kind == NodeKind::activation &&
         lossTakesLogits(network_.description().loss);
}

size_t RowPass::reluBelow(size_t n) const {
  if (!fuses_ || !network_.passesBack(nodes_[n])) return kNone;
  // Dropout on the way goes element by element: it and the mask choose apart, so that either may come first. Noise leaves
  // gradients alone.
  const auto passes = [](const Node& node) {
    return node.kind == NodeKind::dropout || node.kind == NodeKind::gaussianNoise;
  };
  size_t below = nodes_[n].from;
  while (below != kNone && passes(nodes_[below])) below = nodes_[below].from;
  const bool isRelu = below != kNone && nodes_[below].kind == NodeKind::activation &&
                      nodes_[below].activation == Activation::relu && nodes_[below].learns;
  return isRelu ? below : kNone;
}

void RowPass::gatherInputs(const DataView& data, const uint32_t* indices, size_t first, size_t begin, size_t count) {
  const KernelTable& table = network_.table();
  const NetworkDescription& description = network_.description();
  const float scale = static_cast<float>(description.scale), offset = static_cast<float>(description.offset);
  if (looksUp()) {
    if (network_.lookUp().gather(data, indices, first, begin, count, lookUp_)) return;
    problem_.store("whole numbers below the categories in columns that are indices", std::memory_order_relaxed);
  } else if (data.bytes) {
    table.gatherBytes(static_cast<const uint8_t*>(data.x), data.columns, indices, first, count, description.rescale,
                      scale, offset, input_.at(begin), input_.ld);
  } else {
    table.gatherFloats(static_cast<const float*>(data.x), data.columns, indices, first, count, description.rescale,
                       scale, offset, input_.at(begin), input_.ld);
  }
}

void RowPass::gather(const DataView& data, const Batch& batch, size_t begin, size_t count) {
  const uint32_t* indices = batch.indices == nullptr ? nullptr : batch.indices + begin;
  const size_t first = batch.firstRow + begin;
  gatherInputs(data, indices, first, begin, count);
  if (purpose_ == Purpose::predict) return;
  if (data.rowWeights != nullptr) {
    for (size_t i = 0; i < count; ++i) {
      weights_[begin + i] = data.rowWeights[indices == nullptr ? first + i : indices[i]];
    }
  }
  if (labels_ == nullptr) {
    form_.gather(data.targets, indices, first, count, targets_.at(begin), targets_.ld);
    return;
  }
  const uint32_t units = static_cast<uint32_t>(network_.outputs());
  for (size_t i = 0; i < count; ++i) {
    uint32_t label = data.labels[indices == nullptr ? first + i : indices[i]];
    if (label >= units) {
      problem_.store("labels below the number of units", std::memory_order_relaxed);
      label = 0;
    }
    labels_[begin + i] = label;
  }
  if (!form_.takesLabels()) form_.spread(labels_ + begin, count, targets_.at(begin), targets_.ld);
}

void RowPass::forward(size_t begin, size_t count) {
  for (size_t n = 0; n < nodes_.size(); ++n) forward(n, {begin, count, 0, nodes_[n].units});
}

void RowPass::forward(size_t n, const Part& part) {
  if (isIdentity(n) || nodes_[n].kind == NodeKind::lookUp) return;  // gather() has looked up
  const KernelTable& table = network_.table();
  const Node& node = nodes_[n];
  const Rows& from = inputs(n);
  const Rows& to = outputs_[n];
  if (node.kind == NodeKind::dense) {
    table.forward(from.at(part.row), from.ld, network_.weights(node, ParameterKind::kernel),
                  network_.weights(node, ParameterKind::bias), node.inputs, node.units, part.rows, part.columnBegin,
                  part.columnEnd, fuses_ && node.relu, to.at(part.row), to.ld);
  } else if (node.kind == NodeKind::activation) {
    table.activate(node.activation, static_cast<float>(node.alpha), from.at(part.row) + part.columnBegin, from.ld,
                   part.rows, part.columns(), to.at(part.row) + part.columnBegin, to.ld);
  } else if (node.kind == NodeKind::batchNormalization) {
    normalize(n, part);
  } else if (node.kind == NodeKind::layerNormalization) {
    normalizeRows(n, part);
  } else if (node.kind == NodeKind::sum) {
    const Rows& around = outputs_[node.partner];
    table.addRows(around.at(part.row) + part.columnBegin, around.ld, from.at(part.row) + part.columnBegin, from.ld,
                  part.rows, part.columns(), to.at(part.row) + part.columnBegin, to.ld);
  } else if (node.kind == NodeKind::gaussianNoise) {
    addNoise(n, part, from, to);
  } else {
    dropOut(n, part);
  }
}

void RowPass::loss(bool weighted, size_t begin, size_t count) {
  const Rows& z = outputs_.back();
  const bool train = purpose_ == Purpose::train;
  const void* targets = form_.takesLabels() ? static_cast<const void*>(labels_ + begin) : targets_.at(begin);
  float* const gradient = train ? gradients_.back().at(begin) : nullptr;
  const size_t ldg = train ? gradients_.back().ld : 0;
  network_.table().loss(form_.loss(), form_.parameters(), z.at(begin), z.ld, targets, targets_.ld, count,
                        network_.outputs(), gradient, ldg, nullptr, 0, losses_ + begin, hits_ + begin);
  if (weighted) network_.table().weighRows(weights_ + begin, count, network_.outputs(), gradient, ldg, losses_ + begin);
}

void RowPass::backward(unsigned member, size_t n, const Part& part) {
  const Node& node = nodes_[n];
  if (node.kind == NodeKind::dense) {
    backwardProduct(member, n, part);
  } else if (node.kind == NodeKind::activation) {
    backwardActivation(n, part);
  } else if (node.kind == NodeKind::batchNormalization) {
    backwardNormalization(n, part);
  } else if (node.kind == NodeKind::layerNormalization) {
    backwardNormalizedRows(n, part);
  } else if (node.kind == NodeKind::sum) {
    backwardSum(n, part);
  } else if (node.kind == NodeKind::branch) {
    backwardBranch(n, part);
  } else if (node.kind == NodeKind::dropout && !isIdentity(n)) {
    backwardDropout(n, part);
  }
}

void RowPass::backwardActivation(size_t n, const Part& part) {
  if (isMasked_[n] || isLossActivation(n)) return;
  const Node& node = nodes_[n];
  const Rows& from = gradientTakesLogits(node.activation) ? inputs(n) : outputs_[n];
  const Rows& rows = gradients_[n];
  network_.table().activationGradient(node.activation, static_cast<float>(node.alpha),
                                      from.at(part.row) + part.columnBegin, from.ld,
                                      rows.at(part.row) + part.columnBegin, rows.ld, part.rows, part.columns());
}

void RowPass::backwardSum(size_t n, const Part& part) {
  const Node& node = nodes_[n];
  if (!copiesGradient(node)) return;
  const Rows& given = gradients_[n];
  const Rows& below = gradients_[node.from];
  for (size_t row = part.row; row < part.row + part.rows; ++row) {
    std::copy(given.at(row) + part.columnBegin, given.at(row) + part.columnEnd, below.at(row) + part.columnBegin);
  }
}

void RowPass::backwardBranch(size_t n, const Part& part) {
  const Rows& around = gradients_[nodes_[n].partner];
  const Rows& rows = gradients_[n];
  network_.table().addRows(around.at(part.row) + part.columnBegin, around.ld, rows.at(part.row) + part.columnBegin,
                           rows.ld, part.rows, part.columns(), rows.at(part.row) + part.columnBegin, rows.ld);
}

size_t RowPass::unusedInputs(const Node& node) const {
  const bool above = fuses_ && node.from == 0 && looksUp();
  return above ? network_.lookUp().numbers() : 0;
}

void RowPass::backwardProduct(unsigned member, size_t n, const Part& part) {
  const KernelTable& table = network_.table();
  const Node& node = nodes_[n];
  const Rows& gradient = gradients_[n];
  const Rows& below = gradients_[node.from];
  const Rows& relu = masked_[n] == kNone ? Rows{} : outputs_[masked_[n]];
  const size_t columnBegin = std::max(part.columnBegin, unusedInputs(node) / 16 * 16);
  if (columnBegin >= part.columnEnd) return;
  float* rowPanels = rowPanels_ + member * panelsPerMember_;
  table.packRows(gradient.at(part.row), gradient.ld, part.rows, node.units, rowPanels);
  table.inputGradient(rowPanels, network_.weights(node, ParameterKind::kernel), node.inputs, node.units, part.rows,
                      columnBegin, part.columnEnd, relu.data == nullptr ? nullptr : relu.at(part.row), relu.ld,
                      below.at(part.row), below.ld);
}

}  // namespace samebits
