// See reference.h: losses of a row. Written to be read; nothing here is fast.
#include <cmath>

#include "reference_sums.h"

namespace samebits {
namespace reference {

namespace {

const float kEpsilon = static_cast<float>(1e-7);
const float kLn2 = static_cast<float>(0.6931471805599453);

size_t firstGreatest(const float* values, size_t count) {
  size_t best = 0;
  for (size_t j = 1; j < count; ++j) {
    if (values[j] > values[best]) best = j;
  }
  return best;
}

// The mean of element(y, t, slope) over a row; the gradient is what is left in slope, which starts with the share.
template <typename Element>
RowLoss meanOver(const float* y, const float* targets, size_t units, float* gradient, Element element) {
  const float share = oneOver(units);
  const float sum = vectorSum(units, [&](float lane, size_t j) {
    float slope = share;
    const float term = element(y[j], targets[j], slope);
    gradient[j] = slope;
    return lane + term;
  });
  return {sum * share, 0};
}

float clip(float x) { return x < kEpsilon ? kEpsilon : 1.0f < x ? 1.0f : x; }

}  // namespace

RowLoss sparseCategoricalCrossentropy(const Functions& f, const float* z, uint32_t label, size_t units, float* outputs,
                                      float* gradient) {
  float most, sum;
  softmaxParts(f, z, units, most, sum);
  for (size_t j = 0; j < units; ++j) {
    outputs[j] = f.exp(z[j] - most) / sum;
    gradient[j] = outputs[j] - (j == label ? 1.0f : 0.0f);
  }
  return {f.log(sum) - (z[label] - most), firstGreatest(outputs, units) == label ? 1u : 0u};
}

RowLoss categoricalCrossentropy(const Functions& f, const float* z, const float* targets, size_t units, float* outputs,
                                float* gradient) {
  float most, sum;
  softmaxParts(f, z, units, most, sum);
  const float logSum = f.log(sum);
  const float loss =
      -vectorSum(units, [&](float lane, size_t j) { return fma(targets[j], (z[j] - most) - logSum, lane); });
  const float total = sumFixed(targets, units);
  for (size_t j = 0; j < units; ++j) {
    outputs[j] = f.exp(z[j] - most) / sum;
    gradient[j] = fma(outputs[j], total, -targets[j]);
  }
  return {loss, firstGreatest(outputs, units) == firstGreatest(targets, units) ? 1u : 0u};
}

RowLoss binaryCrossentropy(const Functions& f, const float* z, const float* targets, size_t units, float* outputs,
                           float* gradient) {
  const float share = oneOver(units);
  const float sum = vectorSum(units, [&](float lane, size_t j) {
    return lane + (fma(-z[j], targets[j], relu(z[j])) + f.log1p(f.exp(-std::fabs(z[j]))));
  });
  uint32_t hits = 0;
  for (size_t j = 0; j < units; ++j) {
    outputs[j] = f.sigmoid(z[j]);
    gradient[j] = (outputs[j] - targets[j]) * share;
    if ((outputs[j] > 0.5f ? 1.0f : 0.0f) == targets[j]) ++hits;
  }
  return {sum * share, hits};
}

void weighRow(float weight, float* gradient, size_t units, float& loss) {
  loss = weight * loss;
  for (size_t j = 0; j < units; ++j) gradient[j] = weight * gradient[j];
}

RowLoss meanSquaredError(const float* y, const float* targets, size_t units, float* gradient) {
  const float share = oneOver(units);
  const float sum = vectorSum(units, [&](float lane, size_t j) {
    const float error = y[j] - targets[j];
    return fma(error, error, lane);
  });
  for (size_t j = 0; j < units; ++j) {
    const float error = y[j] - targets[j];
    gradient[j] = (error + error) * share;
  }
  return {sum * share, 0};
}

RowLoss meanAbsoluteError(const float* y, const float* targets, size_t units, float* gradient) {
  return meanOver(y, targets, units, gradient, [](float a, float t, float& slope) {
    const float e = a - t;
    slope = e < 0.0f ? -slope : 0.0f < e ? slope : e;
    return std::fabs(e);
  });
}

RowLoss huber(float delta, const float* y, const float* targets, size_t units, float* gradient) {
  return meanOver(y, targets, units, gradient, [&](float a, float t, float& slope) {
    const float e = a - t, size = std::fabs(e);
    if (delta < size) {
      slope = (e < 0.0f ? -delta : delta) * slope;
      return delta * (size - 0.5f * delta);
    }
    slope = e * slope;
    return (0.5f * e) * e;
  });
}

RowLoss logCosh(const Functions& f, const float* y, const float* targets, size_t units, float* gradient) {
  return meanOver(y, targets, units, gradient, [&](float a, float t, float& slope) {
    const float e = a - t, size = std::fabs(e);
    slope = f.tanh(e) * slope;
    const float tail = f.log1p(f.exp(-(size + size)));
    return (size + tail) - kLn2;
  });
}

RowLoss hinge(const float* y, const float* targets, size_t units, float* gradient) {
  return meanOver(y, targets, units, gradient, [](float a, float t, float& slope) {
    const float side = t == 0.0f ? -1.0f : t;
    const float margin = fma(-side, a, 1.0f);
    slope = margin <= 0.0f ? 0.0f : -side * slope;
    return relu(margin);
  });
}

RowLoss poisson(const Functions& f, const float* y, const float* targets, size_t units, float* gradient) {
  return meanOver(y, targets, units, gradient, [&](float a, float t, float& slope) {
    const float above = a + kEpsilon;
    const float ratio = t / above;
    slope = (1.0f - ratio) * slope;
    return fma(-t, f.log(above), a);
  });
}

RowLoss klDivergence(const Functions& f, const float* y, const float* targets, size_t units, float* gradient) {
  const float sum = vectorSum(units, [&](float lane, size_t j) {
    const float t = clip(targets[j]);
    const float ratio = t / clip(y[j]);
    gradient[j] = y[j] < kEpsilon || 1.0f < y[j] ? 0.0f : -ratio;
    const float term = t * f.log(ratio);
    return lane + term;
  });
  return {sum, 0};
}

RowLoss quantile(float q, float rest, const float* y, const float* targets, size_t units, float* gradient) {
  return meanOver(y, targets, units, gradient, [&](float a, float t, float& slope) {
    const float e = a - t;
    slope = e < 0.0f ? -q * slope : 0.0f < e ? rest * slope : e;
    return e < 0.0f ? q * -e : rest * e;
  });
}

}  // namespace reference
}  // namespace samebits
