#include "joins.h"

#include <algorithm>

namespace samebits {

void Joins::reserve(size_t chains) {
  most_ = chains < 2 ? 0 : chains - 1;
  size_t levels = 0;
  while ((size_t{1} << levels) <= most_) ++levels;
  latest_.assign(levels * most_, 0);
  lastOf_.assign(kMaxStack, 0);
}

void Joins::set(const RowOrder& order) {
  size_t depth = 0;
  uint32_t time = 0;
  for (uint32_t chain = 0; chain < order.chains; ++chain) {
    lastOf_[depth++] = chain;
    for (uint32_t merge = 0; merge < order.mergesAfter[chain]; ++merge) {
      --depth;
      // The lower sum ends where the upper begins.
      latest_[lastOf_[depth - 1]] = ++time;
      lastOf_[depth - 1] = lastOf_[depth];
    }
  }
  const size_t merges = order.chains - 1;
  for (size_t level = 1; (size_t{1} << level) <= merges; ++level) {
    const uint32_t* const half = latest_.data() + (level - 1) * most_;
    uint32_t* const whole = latest_.data() + level * most_;
    const size_t step = size_t{1} << (level - 1);
    for (size_t merge = 0; merge + 2 * step <= merges; ++merge)
      whole[merge] = std::max(half[merge], half[merge + step]);
  }
}

}  // namespace samebits
