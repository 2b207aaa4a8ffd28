#include "penalty.h"

#include <algorithm>

#include "division.h"
#include "tree.h"

namespace samebits {

Penalty::Penalty(const Network& network) : network_(network) {
  size_t widest = 0;
  for (size_t p = 0; p < network.parameters().size(); ++p) {
    const Parameter& kernel = network.parameters()[p];
    if (kernel.l2 == 0) continue;
    kernels_.push_back(p);
    squares_.emplace_back(kernel.columns);
    widest = std::max(widest, kernel.columns);
  }
  leaves_.resize((widest + kFeatureLeaf - 1) / kFeatureLeaf);
  penalties_.resize(kernels_.size());
}

void Penalty::sumColumns(unsigned member, unsigned members) {
  const KernelTable& table = network_.table();
  for (size_t i = 0; i < kernels_.size(); ++i) {
    const Parameter& kernel = network_.parameters()[kernels_[i]];
    const Share columns = shareOf(kernel.columns, table.panel, member, members);
    if (columns.count() == 0) continue;
    table.columnSquares(kernel.slots.value, kernel.rows, kernel.columns, columns.begin, columns.end,
                        squares_[i].data());
  }
}

float Penalty::total() {
  for (size_t i = 0; i < kernels_.size(); ++i) {
    const std::vector<float>& squares = squares_[i];
    size_t leaves = 0;
    for (size_t at = 0; at < squares.size(); at += kFeatureLeaf) {
      leaves_[leaves++] = network_.table().sumLeaf(squares.data() + at, std::min(kFeatureLeaf, squares.size() - at));
    }
    const float factor = static_cast<float>(network_.parameters()[kernels_[i]].l2);
    penalties_[i] = factor * combineLeaves(leaves_.data(), leaves);
  }
  return combineLeaves(penalties_.data(), penalties_.size());
}

}  // namespace samebits
