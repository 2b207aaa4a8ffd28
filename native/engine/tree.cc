#include "tree.h"

namespace samebits {

uint32_t mergesAfterLeaf(uint64_t leaf, uint64_t leaves) {
  const bool last = leaf + 1 == leaves;
  // Before the last leaf there is one complete subtree for each bit of its number.
  return static_cast<uint32_t>(last ? __builtin_popcountll(leaf) : __builtin_ctzll(leaf + 1));
}

float combineLeaves(float* values, size_t count) {
  if (count == 0) return 0;
  for (; count > 1; count = (count + 1) / 2) {
    for (size_t i = 0; i < count / 2; ++i) values[i] = values[2 * i] + values[2 * i + 1];
    if (count % 2 == 1) values[count / 2] = values[count - 1];
  }
  return values[0];
}

void FixedOrder::reserve(size_t rows, size_t leaf) {
  const size_t leaves = (rows + leaf - 1) / leaf;
  leaf_ = leaf;
  rows_ = 0;
  segments_.resize(leaves);
  chainEnd_.resize(leaves);
  mergesAfter_.resize(leaves);
}

const RowOrder& FixedOrder::of(size_t rows) {
  if (rows == rows_) return order_;
  rows_ = rows;
  const size_t leaves = (rows + leaf_ - 1) / leaf_;
  for (size_t i = 0; i < leaves; ++i) {
    const size_t begin = i * leaf_;
    const size_t count = rows - begin < leaf_ ? rows - begin : leaf_;
    segments_[i] = {static_cast<uint32_t>(begin), static_cast<uint32_t>(count)};
    chainEnd_[i] = static_cast<uint32_t>(i + 1);
    mergesAfter_[i] = mergesAfterLeaf(i, leaves);
  }
  order_ = {segments_.data(), chainEnd_.data(), mergesAfter_.data(), static_cast<uint32_t>(leaves)};
  return order_;
}

void TreeSum::reset(size_t leaf) {
  leaf_ = leaf;
  inLeaf_ = 0;
  open_ = 0;
  leaves_ = 0;
  depth_ = 0;
}

void TreeSum::add(float term) {
  open_ += term;
  if (++inLeaf_ < leaf_) return;
  stack_[depth_++] = open_;
  for (int merges = __builtin_ctzll(++leaves_); merges > 0; --merges) {
    --depth_;
    stack_[depth_ - 1] += stack_[depth_];
  }
  inLeaf_ = 0;
  open_ = 0;
}

size_t TreeSum::partialSums(size_t leaf, uint64_t terms) {
  const int subtrees = __builtin_popcountll(terms / leaf);
  return static_cast<size_t>(subtrees) + (terms % leaf > 0 ? 1 : 0);
}

void TreeSum::save(float* sums) const {
  for (int level = 0; level < depth_; ++level) *sums++ = stack_[level];
  if (inLeaf_ > 0) *sums = open_;
}

void TreeSum::restore(size_t leaf, uint64_t terms, const float* sums) {
  reset(leaf);
  inLeaf_ = static_cast<size_t>(terms % leaf);
  leaves_ = terms / leaf;
  depth_ = __builtin_popcountll(leaves_);
  for (int level = 0; level < depth_; ++level) stack_[level] = *sums++;
  if (inLeaf_ > 0) open_ = *sums;
}

float TreeSum::total() const {
  int depth = depth_;
  if (depth == 0) return open_;
  float sum = inLeaf_ > 0 ? open_ : stack_[--depth];
  while (depth > 0) sum = stack_[--depth] + sum;
  return sum;
}

}  // namespace samebits
