// When two chains of an order meet: what a sum needs that has terms in some of its chains only.
#ifndef SAMEBITS_ENGINE_JOINS_H
#define SAMEBITS_ENGINE_JOINS_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../kernels/kernel_table.h"

namespace samebits {

// Between each two neighboring chains of an order stands one of the merges of its stack machine. Of the merges between
// chains `left` and `right`, the one that is done last is where the two meet: of the sums on the way, those without terms
// leave the others as they are.
class Joins {
 public:
  // For orders of up to `chains` chains.
  void reserve(size_t chains);
  // The order that the answers are about. O(chains · log(chains)); allocates nothing.
  void set(const RowOrder& order);
  // When chains left < right meet: a number that is larger for a later merge.
  uint32_t when(uint32_t left, uint32_t right) const {
    const uint32_t merges = right - left;
    const uint32_t level = 31u - static_cast<uint32_t>(__builtin_clz(merges));
    const uint32_t* const of = latest_.data() + level * most_;
    const uint32_t first = of[left], second = of[right - (1u << level)];
    return first > second ? first : second;
  }

 private:
  size_t most_ = 0;  // merges of the largest order
  std::vector<uint32_t>
      latest_;  // [level, merge]: the latest of 2^level merges from `merge` on; level 0: when it is done
  std::vector<uint32_t> lastOf_;  // the machine's stack: the last chain of each sum
};

}  // namespace samebits

#endif
