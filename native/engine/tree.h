// Fixed order: the balanced tree of docs/numerics.md, "One tree for every sum".
#ifndef SAMEBITS_ENGINE_TREE_H
#define SAMEBITS_ENGINE_TREE_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../kernels/kernel_table.h"

namespace samebits {

// How many of the top partial sums of a stack are merged after leaf `leaf` (from 0) of `leaves`, so that the stack
// machine of a RowOrder computes the balanced tree: like carries of a binary counter, and all the rest after the last.
uint32_t mergesAfterLeaf(uint64_t leaf, uint64_t leaves);

// Combines leaves level by level, in place; +0 if there are none. `values` is overwritten.
float combineLeaves(float* values, size_t count);

// The order of a batch in fixed order, for the kernels. Reused between batches; allocates only in reserve().
class FixedOrder {
 public:
  // For batches of up to `rows` rows with leaves of `leaf` rows, both at least 1.
  void reserve(size_t rows, size_t leaf);
  // The order of `rows` rows, 1 <= rows <= what was reserved. Valid until the next call.
  const RowOrder& of(size_t rows);

 private:
  size_t leaf_ = 1;
  size_t rows_ = 0;
  std::vector<RowSegment> segments_;
  std::vector<uint32_t> chainEnd_;
  std::vector<uint32_t> mergesAfter_;
  RowOrder order_{};
};

// A tree over terms that come one by one: the same bits as over all of them at once. Terms are added, from +0.
class TreeSum {
 public:
  // leaf >= 1.
  void reset(size_t leaf);
  void add(float term);
  // The tree over the terms so far; +0 if there are none. More may follow.
  float total() const;

  // The state after `terms` terms as numbers, for another process to go on from: the complete subtrees, larger ones first,
  // then the sum of the open leaf if it has terms. So many:
  static size_t partialSums(size_t leaf, uint64_t terms);
  void save(float* sums) const;
  void restore(size_t leaf, uint64_t terms, const float* sums);
  size_t leaf() const { return leaf_; }

 private:
  static constexpr int kLevels = 64;
  size_t leaf_ = 1;
  size_t inLeaf_ = 0;  // terms in the open leaf
  float open_ = 0;
  uint64_t leaves_ = 0;
  int depth_ = 0;
  float stack_[kLevels];  // complete subtrees, larger ones first
};

}  // namespace samebits

#endif
