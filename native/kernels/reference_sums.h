// The shapes of sums that the texts of reference.h share.
#ifndef SAMEBITS_KERNELS_REFERENCE_SUMS_H
#define SAMEBITS_KERNELS_REFERENCE_SUMS_H

#include <vector>

#include "reference.h"

namespace samebits {
namespace reference {

constexpr size_t kFeatureLeaf = 256;
constexpr size_t kLanes = 16;

// The balanced tree over leaves of `leaf` terms; sumOfLeaf(begin, end) sums one.
template <typename SumOfLeaf>
float leafTree(size_t terms, size_t leaf, SumOfLeaf sumOfLeaf) {
  std::vector<float> sums;
  for (size_t begin = 0; begin < terms; begin += leaf) {
    sums.push_back(sumOfLeaf(begin, begin + leaf < terms ? begin + leaf : terms));
  }
  return balancedTree(sums.data(), sums.size());
}

// The same over leaves that are chains; next(sum, i) is one step of one.
template <typename Next>
float chainTree(size_t terms, size_t leaf, Next next) {
  return leafTree(terms, leaf, [&](size_t begin, size_t end) {
    float chain = 0.0f;
    for (size_t i = begin; i < end; ++i) chain = next(chain, i);
    return chain;
  });
}

// The vector rule; next(sum, i) is one step of a lane's sum.
template <typename Next>
float vectorSum(size_t count, Next next) {
  return leafTree(count, kFeatureLeaf, [&](size_t begin, size_t end) {
    float lanes[kLanes] = {};
    for (size_t i = begin; i < end; ++i) {
      float& lane = lanes[(i - begin) % kLanes];
      lane = next(lane, i);
    }
    return balancedTree(lanes, kLanes);
  });
}

inline float oneOver(size_t count) { return static_cast<float>(1.0 / static_cast<double>(count)); }

}  // namespace reference
}  // namespace samebits

#endif
