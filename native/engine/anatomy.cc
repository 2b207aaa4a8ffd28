#include "anatomy.h"

#include <algorithm>
#include <utility>

#include "control_word.h"
#include "division.h"
#include "packing.h"

namespace samebits {
namespace {

// To the same place in a row-major matrix.
void copyPart(const Rows& from, const Part& part, size_t units, float* to) {
  for (size_t row = part.row; row < part.row + part.rows; ++row) {
    std::copy(from.at(row) + part.columnBegin, from.at(row) + part.columnEnd, to + row * units + part.columnBegin);
  }
}

}  // namespace

Anatomy::Anatomy(const Network& network, size_t rows, size_t batchLeaf, unsigned members)
    : network_(network), rows_(rows), members_(members) {
  const std::vector<Node>& nodes = network.nodes();
  size_t widest = 0;
  for (const Node& node : nodes) widest = std::max(widest, node.units);
  const auto cut = [&](Cutter* cutter) {
    pass_.emplace(network, RowPass::Purpose::train, rows, members, rows, cutter, false);
    apart_.ld = leadingDimension(widest);
    apart_.data = cutter->take<float>(rows * apart_.ld);
  };
  Cutter counter(nullptr);
  cut(&counter);
  block_ = Block(counter.used());
  Cutter cutter(block_.data());
  cut(&cutter);
  order_.reserve(rows, batchLeaf);

  if (network.description().rescale) results_.inputs.resize(rows * network.description().inputs);
  results_.losses.resize(rows);
  results_.nodes.resize(nodes.size());
  for (size_t n = 0; n < nodes.size(); ++n) {
    const size_t size = rows * nodes[n].units;
    NodeResults& made = results_.nodes[n];
    if (nodes[n].learns) made.gradient.resize(size);
    if (pass_->isIdentity(n) && !pass_->isLossActivation(n)) continue;
    made.outputs.resize(size);
    if (nodes[n].kind == NodeKind::dropout) made.kept.resize(size);
    if (nodes[n].kind == NodeKind::gaussianNoise) made.noise.resize(size);
    if (nodes[n].kind == NodeKind::batchNormalization) made.statistics.resize(2 * nodes[n].units);
    if (nodes[n].kind == NodeKind::layerNormalization) made.statistics.resize(rows);
  }
}

BatchResults Anatomy::run(Team* team, const DataView& data, uint64_t step) {
  const ControlWord control;
  pass_->beginStep(step, rows_, &order_.of(rows_));
  const size_t nodes = network_.nodes().size();
  const Batch batch{nullptr, 0, rows_};
  team->run([&](unsigned member) {
    const Share own = shareOf(rows_, 1, member, members_);
    const Part whole{own.begin, own.count(), 0, network_.outputs()};
    if (own.count() > 0) {
      pass_->gather(data, batch, own.begin, own.count());
      if (!results_.inputs.empty()) {
        const size_t columns = network_.description().inputs;
        copyPart(pass_->inputs(0), {own.begin, own.count(), 0, columns}, columns, results_.inputs.data());
      }
    }
    for (size_t n = 0; n < nodes; ++n) {
      team->barrier();
      forward(n, member);
    }
    team->barrier();
    if (own.count() > 0) {
      pass_->loss(data.rowWeights != nullptr, own.begin, own.count());
      std::copy_n(pass_->losses() + own.begin, own.count(), results_.losses.data() + own.begin);
      keepGradient(nodes - 1, whole);
    }
    for (size_t n = nodes; n-- > 0 && network_.worksBack(network_.nodes()[n]);) {
      team->barrier();
      backward(n, member);
    }
  });
  results_.error = pass_->problem();
  return std::move(results_);
}

Part Anatomy::partOf(size_t n, size_t columns, size_t step, unsigned member) const {
  if (network_.nodes()[n].kind == NodeKind::batchNormalization) {
    const Share own = shareOf(columns, step, member, members_);
    return {0, own.count() > 0 ? rows_ : 0, own.begin, own.end};
  }
  const Share own = shareOf(rows_, 1, member, members_);
  return {own.begin, own.count(), 0, columns};
}

void Anatomy::forward(size_t n, unsigned member) {
  const Node& node = network_.nodes()[n];
  const Part part = partOf(n, node.units, network_.table().panel, member);
  NodeResults& made = results_.nodes[n];
  if (part.rows == 0 || made.outputs.empty()) return;
  if (pass_->isLossActivation(n)) {
    const Rows& from = pass_->inputs(n);
    network_.table().activate(node.activation, static_cast<float>(node.alpha), from.at(part.row), from.ld, part.rows,
                              node.units, apart_.at(part.row), apart_.ld);
    keepOutputs(n, part, apart_);
    return;
  }
  pass_->forward(n, part);
  keepOutputs(n, part, pass_->outputs(n));
  if (!made.statistics.empty()) keepStatistics(n, part);
  if (!made.noise.empty()) {
    for (size_t row = part.row; row < part.row + part.rows; ++row) std::fill_n(apart_.at(row), node.units, 0.0f);
    pass_->addNoiseTo(n, part, apart_);
    copyPart(apart_, part, node.units, made.noise.data());
  }
  if (made.kept.empty()) return;
  for (size_t row = part.row; row < part.row + part.rows; ++row) {
    for (size_t j = 0; j < node.units; ++j) made.kept[row * node.units + j] = pass_->isKept(n, row, j);
  }
}

void Anatomy::backward(size_t n, unsigned member) {
  const Node& node = network_.nodes()[n];
  const Part part = partOf(n, node.inputs, 16, member);
  if (part.rows == 0) return;
  pass_->backward(member, n, part);
  if (network_.passesBack(node)) keepGradient(node.from, part);
}

void Anatomy::keepOutputs(size_t n, const Part& part, const Rows& outputs) {
  copyPart(outputs, part, network_.nodes()[n].units, results_.nodes[n].outputs.data());
}

void Anatomy::keepGradient(size_t n, const Part& part) {
  copyPart(pass_->gradients(n), part, network_.nodes()[n].units, results_.nodes[n].gradient.data());
}

void Anatomy::keepStatistics(size_t n, const Part& part) {
  const Node& node = network_.nodes()[n];
  float* const statistics = results_.nodes[n].statistics.data();
  if (node.kind == NodeKind::layerNormalization) {
    std::copy_n(pass_->inverses(n) + part.row, part.rows, statistics + part.row);
    return;
  }
  float* to = statistics + part.columnBegin;
  for (const ParameterKind kind : {ParameterKind::movingMean, ParameterKind::movingVariance}) {
    std::copy_n(pass_->batchVector(n, kind) + part.columnBegin, part.columns(), to);
    to += node.units;
  }
}

}  // namespace samebits
