// See reference.h: gradients of embeddings. Written to be read; nothing here is fast.
#include <vector>

#include "reference.h"

namespace samebits {
namespace reference {

namespace {

// A sum that may have no terms: such a one adds nothing to its neighbor.
struct Partial {
  bool present = false;
  float sum = 0.0f;

  void add(float term) {
    present = true;
    sum = sum + term;
  }
  static Partial merged(const Partial& left, const Partial& right) {
    if (!left.present) return right;
    if (!right.present) return left;
    return {true, left.sum + right.sum};
  }
};

}  // namespace

void embeddingGradient(const float* terms, const uint32_t* categories, size_t positions, size_t units, size_t leaf,
                       size_t tableRows, float* g, uint8_t* touched) {
  for (size_t c = 0; c < tableRows; ++c) {
    touched[c] = 0;
    for (size_t j = 0; j < units; ++j) {
      std::vector<Partial> level;
      for (size_t begin = 0; begin < positions; begin += leaf) {
        level.emplace_back();
        for (size_t p = begin; p < begin + leaf && p < positions; ++p) {
          if (categories[p] == c) level.back().add(terms[p * units + j]);
        }
      }
      while (level.size() > 1) {
        std::vector<Partial> next;
        for (size_t i = 0; i + 1 < level.size(); i += 2) next.push_back(Partial::merged(level[i], level[i + 1]));
        if (level.size() % 2 == 1) next.push_back(level.back());
        level = next;
      }
      g[c * units + j] = level[0].sum;
      touched[c] = level[0].present;
    }
  }
}

void embeddingGradientOrdered(const float* terms, const uint32_t* categories, size_t columns, size_t units,
                              const Order& order, size_t tableRows, float* g, uint8_t* touched) {
  for (size_t c = 0; c < tableRows; ++c) {
    for (size_t j = 0; j < units; ++j) {
      std::vector<Partial> stack;
      size_t at = 0;
      for (size_t chain = 0; chain < order.chains; ++chain) {
        stack.emplace_back();
        for (; at < order.chainEnd[chain]; ++at) {
          for (size_t p = order.rows[at] * columns; p < (order.rows[at] + 1) * columns; ++p) {
            if (categories[p] == c) stack.back().add(terms[p * units + j]);
          }
        }
        for (uint32_t m = 0; m < order.mergesAfter[chain]; ++m) {
          const Partial upper = stack.back();
          stack.pop_back();
          stack.back() = Partial::merged(stack.back(), upper);
        }
      }
      g[c * units + j] = stack[0].sum;
      touched[c] = stack[0].present;
    }
  }
}

}  // namespace reference
}  // namespace samebits
