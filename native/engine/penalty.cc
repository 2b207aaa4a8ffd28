#include "penalty.h"

#include <algorithm>

#include "division.h"
#include "tree.h"

namespace samebits {

Penalty::Penalty(const Network& network) : network_(network) {
  size_t widest = 0;
  for (size_t l = 0; l < network.layers().size(); ++l) {
    const Layer& layer = network.layers()[l];
    if (layer.l2 == 0) continue;
    layers_.push_back(l);
    squares_.emplace_back(layer.units);
    widest = std::max(widest, layer.units);
  }
  leaves_.resize((widest + kFeatureLeaf - 1) / kFeatureLeaf);
  penalties_.resize(layers_.size());
}

void Penalty::sumColumns(unsigned member, unsigned members) {
  const KernelTable& table = network_.table();
  for (size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = network_.layers()[layers_[i]];
    const Share columns = shareOf(layer.units, table.panel, member, members);
    if (columns.count() == 0) continue;
    table.columnSquares(layer.kernel.value, layer.inputs, layer.units, columns.begin, columns.end, squares_[i].data());
  }
}

float Penalty::total() {
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::vector<float>& squares = squares_[i];
    size_t leaves = 0;
    for (size_t at = 0; at < squares.size(); at += kFeatureLeaf) {
      leaves_[leaves++] = network_.table().sumLeaf(squares.data() + at, std::min(kFeatureLeaf, squares.size() - at));
    }
    const float factor = static_cast<float>(network_.layers()[layers_[i]].l2);
    penalties_[i] = factor * combineLeaves(leaves_.data(), leaves);
  }
  return combineLeaves(penalties_.data(), penalties_.size());
}

}  // namespace samebits
