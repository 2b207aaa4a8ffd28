// How work is divided among the members of a team. Any division gives the same bits.
#ifndef SAMEBITS_ENGINE_DIVISION_H
#define SAMEBITS_ENGINE_DIVISION_H

#include <algorithm>
#include <cstddef>

#include "network.h"

namespace samebits {

// [begin, end) of `count` items.
struct Share {
  size_t begin, end;
  size_t count() const { return end - begin; }
};

// A member's share of `count` items, cut at multiples of `step`.
inline Share shareOf(size_t count, size_t step, unsigned member, unsigned members) {
  const size_t steps = (count + step - 1) / step;
  return {std::min(count, steps * member / members * step), std::min(count, steps * (member + 1) / members * step)};
}

// With fewer rows than this for each member, a member that takes rows through all layers reads every weight for too few
// of them; one that takes columns reads its own weights for all rows, and in training mostly those that it wrote.
constexpr size_t kRowsWorthAllWeights = 24;

inline bool dividesColumns(const Network& network, size_t rows, unsigned members) {
  if (members == 1 || rows >= kRowsWorthAllWeights * members) return false;
  size_t widest = 0;
  for (const Node& node : network.nodes()) {
    if (node.kind != NodeKind::lookUp) widest = std::max(widest, node.units);
  }
  return widest >= members * network.table().panel;
}

}  // namespace samebits

#endif
