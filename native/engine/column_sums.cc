#include "column_sums.h"

#include <algorithm>

#include "division.h"
#include "tree.h"

namespace samebits {

ColumnSums::ColumnSums(const KernelTable& table, Kernel kernel, size_t rows, size_t columns)
    : table_(table),
      kernel_(kernel),
      rows_(rows),
      sums_(columns),
      leaves_((columns + kFeatureLeaf - 1) / kFeatureLeaf) {}

void ColumnSums::sum(const float* matrix, unsigned member, unsigned members) {
  const Share own = shareOf(sums_.size(), table_.panel, member, members);
  if (own.count() > 0) kernel_(matrix, rows_, sums_.size(), own.begin, own.end, sums_.data());
}

float ColumnSums::total() {
  for (size_t leaf = 0; leaf < leaves_.size(); ++leaf) {
    const size_t at = leaf * kFeatureLeaf;
    leaves_[leaf] = table_.sumLeaf(sums_.data() + at, std::min(kFeatureLeaf, sums_.size() - at));
  }
  return combineLeaves(leaves_.data(), leaves_.size());
}

}  // namespace samebits
