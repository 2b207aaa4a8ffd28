// See reference.h: normalizations. Written to be read; nothing here is fast.
#include <cmath>

#include "reference_sums.h"

namespace samebits {
namespace reference {
namespace {

float scaledAndShifted(const Normalization& what, size_t j, float h) {
  if (what.gamma == nullptr) return what.beta == nullptr ? h : h + what.beta[j];
  return what.beta == nullptr ? what.gamma[j] * h : fma(what.gamma[j], h, what.beta[j]);
}

float inverseOf(float variance, float epsilon) { return 1.0f / std::sqrt(variance + epsilon); }

}  // namespace

void batchNormalization(const Normalization& what, const float* x, size_t rows, size_t units, size_t leaf, float* mean,
                        float* variance, float* inverse, float* h, float* y) {
  const float scale = oneOver(rows);
  for (size_t j = 0; j < units; ++j) {
    const auto at = [&](size_t i) { return x[i * units + j]; };
    mean[j] = chainTree(rows, leaf, [&](float sum, size_t i) { return sum + at(i); }) * scale;
    const auto square = [&](float sum, size_t i) {
      const float away = at(i) - mean[j];
      return fma(away, away, sum);
    };
    variance[j] = chainTree(rows, leaf, square) * scale;
    inverse[j] = inverseOf(variance[j], what.epsilon);
    for (size_t i = 0; i < rows; ++i) {
      h[i * units + j] = (at(i) - mean[j]) * inverse[j];
      y[i * units + j] = scaledAndShifted(what, j, h[i * units + j]);
    }
  }
}

void batchNormalized(const Normalization& what, const float* x, size_t rows, size_t units, const float* mean,
                     const float* variance, float* y) {
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < units; ++j) {
      const float h = (x[i * units + j] - mean[j]) * inverseOf(variance[j], what.epsilon);
      y[i * units + j] = scaledAndShifted(what, j, h);
    }
  }
}

void batchNormalizationGradient(const Normalization& what, const float* inverse, const float* h, const float* dy,
                                size_t rows, size_t units, size_t leaf, float* shifts, float* scales, float* dx) {
  const float scale = oneOver(rows);
  for (size_t j = 0; j < units; ++j) {
    shifts[j] = chainTree(rows, leaf, [&](float sum, size_t i) { return sum + dy[i * units + j]; });
    scales[j] =
        chainTree(rows, leaf, [&](float sum, size_t i) { return fma(h[i * units + j], dy[i * units + j], sum); });
    const float shift = shifts[j] * scale, slope = scales[j] * scale;
    const float factor = what.gamma == nullptr ? inverse[j] : what.gamma[j] * inverse[j];
    for (size_t i = 0; i < rows; ++i) {
      dx[i * units + j] = factor * fma(-h[i * units + j], slope, dy[i * units + j] - shift);
    }
  }
}

float layerNormalization(const Normalization& what, const float* x, size_t units, float* h, float* y) {
  const float scale = oneOver(units);
  const float mean = sumFixed(x, units) * scale;
  std::vector<float> away(units);
  for (size_t j = 0; j < units; ++j) away[j] = x[j] - mean;
  const float inverse = inverseOf(dotFixed(away.data(), away.data(), units) * scale, what.epsilon);
  for (size_t j = 0; j < units; ++j) {
    h[j] = away[j] * inverse;
    y[j] = scaledAndShifted(what, j, h[j]);
  }
  return inverse;
}

void layerNormalizationGradient(const Normalization& what, float inverse, const float* h, const float* dy, size_t units,
                                float* dx) {
  const float scale = oneOver(units);
  std::vector<float> g(dy, dy + units);
  for (size_t j = 0; j < units; ++j) g[j] = what.gamma == nullptr ? dy[j] : what.gamma[j] * dy[j];
  const float shift = sumFixed(g.data(), units) * scale;
  const float slope = dotFixed(h, g.data(), units) * scale;
  for (size_t j = 0; j < units; ++j) dx[j] = inverse * fma(-h[j], slope, g[j] - shift);
}

float follow(float moving, float batch, float momentum, float rest) { return fma(momentum, moving, rest * batch); }

}  // namespace reference
}  // namespace samebits
