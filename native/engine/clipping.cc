#include "clipping.h"

#include <algorithm>
#include <cmath>

#include "tree.h"

namespace samebits {
namespace {

// NaN for a norm that is not finite.
float factorOf(float most, float squares) {
  const float norm = std::sqrt(squares);
  return norm <= most ? 1.0f : most / norm + (norm - norm);
}

}  // namespace

Clipping::Clipping(const Network& network)
    : global_(network.description().optimizer.globalClipNorm > 0),
      most_(static_cast<float>(global_ ? network.description().optimizer.globalClipNorm
                                       : network.description().optimizer.clipNorm)) {
  if (most_ == 0) return;
  const KernelTable& table = network.table();
  for (const Parameter& parameter : network.parameters()) {
    places_.push_back(norms_.size());
    if (!isTrained(parameter.kind)) continue;
    norms_.emplace_back(table, table.columnSquares, parameter.rows, parameter.columns);
  }
  factors_.resize(norms_.size());
}

void Clipping::decide() {
  for (size_t p = 0; p < norms_.size(); ++p) factors_[p] = norms_[p].total();
  if (global_) {
    const float squares = combineLeaves(factors_.data(), factors_.size());
    std::fill(factors_.begin(), factors_.end(), factorOf(most_, squares));
  } else {
    for (float& factor : factors_) factor = factorOf(most_, factor);
  }
}

}  // namespace samebits
