// See reference.h: products. Written to be read; nothing here is fast.
#include <vector>

#include "reference_sums.h"

namespace samebits {
namespace reference {

namespace {

// The stack machine of an Order; next(sum, row) is one step of a chain.
template <typename Next>
float orderedSum(const Order& order, Next next) {
  std::vector<float> stack;
  size_t at = 0;
  for (size_t c = 0; c < order.chains; ++c) {
    float sum = 0.0f;
    for (; at < order.chainEnd[c]; ++at) sum = next(sum, order.rows[at]);
    stack.push_back(sum);
    for (uint32_t m = 0; m < order.mergesAfter[c]; ++m) {
      const float upper = stack.back();
      stack.pop_back();
      stack.back() = stack.back() + upper;
    }
  }
  return stack.back();
}

}  // namespace

void forward(const float* x, const float* w, const float* bias, size_t rows, size_t inputs, size_t units, bool withRelu,
             float* z) {
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < units; ++j) {
      float sum = chainTree(inputs, kFeatureLeaf,
                            [&](float chain, size_t k) { return fma(x[i * inputs + k], w[k * units + j], chain); });
      if (bias != nullptr) sum = sum + bias[j];
      z[i * units + j] = withRelu ? relu(sum) : sum;
    }
  }
}

void inputGradient(const float* dz, const float* w, const float* reluOutput, size_t rows, size_t inputs, size_t units,
                   float* dx) {
  for (size_t i = 0; i < rows; ++i) {
    for (size_t k = 0; k < inputs; ++k) {
      const float sum = chainTree(
          units, kFeatureLeaf, [&](float chain, size_t j) { return fma(dz[i * units + j], w[k * units + j], chain); });
      dx[i * inputs + k] = reluOutput != nullptr ? reluGradient(reluOutput[i * inputs + k], sum) : sum;
    }
  }
}

void weightGradient(const float* x, const float* dz, size_t rows, size_t inputs, size_t units, size_t leaf, float* g) {
  for (size_t k = 0; k < inputs; ++k) {
    for (size_t j = 0; j < units; ++j) {
      g[k * units + j] = chainTree(
          rows, leaf, [&](float chain, size_t i) { return fma(x[i * inputs + k], dz[i * units + j], chain); });
    }
  }
}

void biasGradient(const float* dz, size_t rows, size_t units, size_t leaf, float* g) {
  for (size_t j = 0; j < units; ++j) {
    g[j] = chainTree(rows, leaf, [&](float sum, size_t i) { return sum + dz[i * units + j]; });
  }
}

void weightGradientOrdered(const float* x, const float* dz, const Order& order, size_t inputs, size_t units, float* g) {
  for (size_t k = 0; k < inputs; ++k) {
    for (size_t j = 0; j < units; ++j) {
      g[k * units + j] =
          orderedSum(order, [&](float sum, uint32_t i) { return fma(x[i * inputs + k], dz[i * units + j], sum); });
    }
  }
}

void biasGradientOrdered(const float* dz, const Order& order, size_t units, float* g) {
  for (size_t j = 0; j < units; ++j) {
    g[j] = orderedSum(order, [&](float sum, uint32_t i) { return sum + dz[i * units + j]; });
  }
}

}  // namespace reference
}  // namespace samebits
