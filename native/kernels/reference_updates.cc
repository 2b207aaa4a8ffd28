// See reference.h: updates, regularizers and constraints of weights. Written to be read; nothing here is fast.
#include <cmath>
#include <vector>

#include "reference_sums.h"

namespace samebits {
namespace reference {

void sgd(float g, float learningRate, float& w) { w = fma(-learningRate, g, w); }

void sgdMomentum(float g, float learningRate, float momentum, float& m, float& w) {
  m = fma(momentum, m, g);
  w = fma(-learningRate, m, w);
}

void adam(float g, const Adam& a, float& m, float& v, float& w) {
  m = fma(a.beta1, m, a.oneMinusBeta1 * g);
  v = fma(a.beta2, v, (a.oneMinusBeta2 * g) * g);
  w = w - (a.stepSize * m) / fma(std::sqrt(v), a.inverseRoot, a.epsilon);
}

void sgdNesterov(float g, float learningRate, float momentum, float& m, float& w) {
  m = fma(momentum, m, g);
  w = fma(-learningRate, fma(momentum, m, g), w);
}

void rmsProp(float g, const RmsProp& r, float& v, float* m, float& w) {
  v = fma(r.rho, v, (r.oneMinusRho * g) * g);
  const float down = (r.learningRate * g) / std::sqrt(v + r.epsilon);
  if (m != nullptr) *m = fma(r.momentum, *m, down);
  w = w - (m != nullptr ? *m : down);
}

void adagrad(float g, float learningRate, float epsilon, float& v, float& w) {
  v = fma(g, g, v);
  w = w - (learningRate * g) / std::sqrt(v + epsilon);
}

void amsgrad(float g, const Adam& a, float& m, float& v, float& most, float& w) {
  m = fma(a.beta1, m, a.oneMinusBeta1 * g);
  v = fma(a.beta2, v, (a.oneMinusBeta2 * g) * g);
  most = most > v ? most : v;
  w = w - (a.stepSize * m) / fma(std::sqrt(most), a.inverseRoot, a.epsilon);
}

void nadam(float g, const Adam& a, float gradientStep, float& m, float& v, float& w) {
  m = fma(a.beta1, m, a.oneMinusBeta1 * g);
  v = fma(a.beta2, v, (a.oneMinusBeta2 * g) * g);
  w = w - fma(a.stepSize, m, gradientStep * g) / fma(std::sqrt(v), a.inverseRoot, a.epsilon);
}

float regularized(float g, float l2, float l1, float w) {
  if (l2 != 0) g = fma(l2, w, g);
  if (l1 == 0) return g;
  return 0 < w ? g + l1 : (w < 0 ? g - l1 : g);
}

float clipped(float g, float most) { return g < -most ? -most : (most < g ? most : g); }

void decay(float rate, float& w) { w = fma(-rate, w, w); }

void nonNegative(float& w) { w = w < 0 ? 0.0f : w; }

void average(float w, float momentum, float share, float& average) { average = fma(momentum, average, share * w); }

void columnSquares(const float* w, size_t inputs, size_t units, float* squares) {
  for (size_t j = 0; j < units; ++j) {
    squares[j] = chainTree(inputs, kFeatureLeaf,
                           [&](float chain, size_t k) { return fma(w[k * units + j], w[k * units + j], chain); });
  }
}

void columnMagnitudes(const float* w, size_t inputs, size_t units, float* magnitudes) {
  for (size_t j = 0; j < units; ++j) {
    magnitudes[j] =
        chainTree(inputs, kFeatureLeaf, [&](float chain, size_t k) { return chain + std::fabs(w[k * units + j]); });
  }
}

void maxNorm(float most, size_t inputs, size_t units, float* w) {
  std::vector<float> squares(units);
  columnSquares(w, inputs, units, squares.data());
  for (size_t k = 0; k < inputs; ++k) {
    for (size_t j = 0; j < units; ++j) {
      const float norm = std::sqrt(squares[j]);
      w[k * units + j] = w[k * units + j] * (most < norm ? most / norm : 1.0f);
    }
  }
}

}  // namespace reference
}  // namespace samebits
