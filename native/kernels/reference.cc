// See reference.h. Written to be read; nothing here is fast.
#include "reference.h"

#include <cmath>
#include <cstring>
#include <vector>

namespace samebits {
namespace reference {

namespace {

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

// One step of a lane's sum: next(sum, i).
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

float maximum(const float* z, size_t units) {
  float most = -INFINITY;
  for (size_t j = 0; j < units; ++j) most = most < z[j] ? z[j] : most;
  return most;
}

size_t firstGreatest(const float* values, size_t count) {
  size_t best = 0;
  for (size_t j = 1; j < count; ++j) {
    if (values[j] > values[best]) best = j;
  }
  return best;
}

float oneOver(size_t units) { return static_cast<float>(1.0 / static_cast<double>(units)); }

// The maximum of z and the sum of exp(z - maximum).
void softmaxParts(const Functions& f, const float* z, size_t units, float& most, float& sum) {
  most = maximum(z, units);
  const float shift = most;
  sum = vectorSum(units, [&](float lane, size_t j) { return lane + f.exp(z[j] - shift); });
}

}  // namespace

// The product is exact in binary64. The sum may not be: then the binary64 neighbor with an odd last bit stands for it,
// which rounds to binary32 as the exact sum would.
float fma(float a, float b, float c) {
  const double product = static_cast<double>(a) * static_cast<double>(b);
  const double addend = static_cast<double>(c);
  double sum = product + addend;
  if (!std::isfinite(sum)) return static_cast<float>(sum);
  const double larger = std::fabs(product) > std::fabs(addend) ? product : addend;
  const double smaller = std::fabs(product) > std::fabs(addend) ? addend : product;
  const double lost = smaller - (sum - larger);  // exact: Dekker's Fast2Sum
  uint64_t bits;
  std::memcpy(&bits, &sum, sizeof bits);
  if (lost != 0 && bits % 2 == 0) sum = std::nextafter(sum, lost > 0 ? INFINITY : -INFINITY);
  return static_cast<float>(sum);
}

float balancedTree(float* sums, size_t count) {
  if (count == 0) return 0.0f;
  while (count > 1) {
    for (size_t i = 0; i + 1 < count; i += 2) sums[i / 2] = sums[i] + sums[i + 1];
    if (count % 2 == 1) sums[count / 2] = sums[count - 1];
    count = (count + 1) / 2;
  }
  return sums[0];
}

void forward(const float* x, const float* w, const float* bias, size_t rows, size_t inputs, size_t units, bool withRelu,
             float* z) {
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < units; ++j) {
      float sum = leafTree(inputs, kFeatureLeaf, [&](size_t begin, size_t end) {
        float chain = 0.0f;
        for (size_t k = begin; k < end; ++k) chain = fma(x[i * inputs + k], w[k * units + j], chain);
        return chain;
      });
      if (bias != nullptr) sum = sum + bias[j];
      z[i * units + j] = withRelu ? relu(sum) : sum;
    }
  }
}

void inputGradient(const float* dz, const float* w, const float* reluOutput, size_t rows, size_t inputs, size_t units,
                   float* dx) {
  for (size_t i = 0; i < rows; ++i) {
    for (size_t k = 0; k < inputs; ++k) {
      const float sum = leafTree(units, kFeatureLeaf, [&](size_t begin, size_t end) {
        float chain = 0.0f;
        for (size_t j = begin; j < end; ++j) chain = fma(dz[i * units + j], w[k * units + j], chain);
        return chain;
      });
      dx[i * inputs + k] = reluOutput != nullptr ? reluGradient(reluOutput[i * inputs + k], sum) : sum;
    }
  }
}

void weightGradient(const float* x, const float* dz, size_t rows, size_t inputs, size_t units, size_t leaf, float* g) {
  for (size_t k = 0; k < inputs; ++k) {
    for (size_t j = 0; j < units; ++j) {
      g[k * units + j] = leafTree(rows, leaf, [&](size_t begin, size_t end) {
        float chain = 0.0f;
        for (size_t i = begin; i < end; ++i) chain = fma(x[i * inputs + k], dz[i * units + j], chain);
        return chain;
      });
    }
  }
}

void biasGradient(const float* dz, size_t rows, size_t units, size_t leaf, float* g) {
  for (size_t j = 0; j < units; ++j) {
    g[j] = leafTree(rows, leaf, [&](size_t begin, size_t end) {
      float sum = 0.0f;
      for (size_t i = begin; i < end; ++i) sum = sum + dz[i * units + j];
      return sum;
    });
  }
}

void columnSquares(const float* w, size_t inputs, size_t units, float* squares) {
  for (size_t j = 0; j < units; ++j) {
    squares[j] = leafTree(inputs, kFeatureLeaf, [&](size_t begin, size_t end) {
      float chain = 0.0f;
      for (size_t k = begin; k < end; ++k) chain = fma(w[k * units + j], w[k * units + j], chain);
      return chain;
    });
  }
}

void columnMagnitudes(const float* w, size_t inputs, size_t units, float* magnitudes) {
  for (size_t j = 0; j < units; ++j) {
    magnitudes[j] = leafTree(inputs, kFeatureLeaf, [&](size_t begin, size_t end) {
      float chain = 0.0f;
      for (size_t k = begin; k < end; ++k) chain = chain + std::fabs(w[k * units + j]);
      return chain;
    });
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

float sumFixed(const float* values, size_t count) {
  return vectorSum(count, [&](float lane, size_t i) { return lane + values[i]; });
}

float dotFixed(const float* a, const float* b, size_t count) {
  return vectorSum(count, [&](float lane, size_t i) { return fma(a[i], b[i], lane); });
}

uint64_t mark(const float* values, size_t count) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < count; ++i) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof bits);
    if (std::isnan(values[i])) bits = 0x7FC00000u;
    uint64_t z = (i << 32 | bits) + 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    sum += z ^ (z >> 31);
  }
  return sum;
}

float relu(float x) { return x < 0.0f ? 0.0f : x; }

void softmax(const Functions& f, const float* z, size_t units, float* p) {
  float most, sum;
  softmaxParts(f, z, units, most, sum);
  for (size_t j = 0; j < units; ++j) p[j] = f.exp(z[j] - most) / sum;
}

namespace {
const float kSeluScale = static_cast<float>(1.0507009873554805);
const float kSeluAlpha = static_cast<float>(1.0507009873554805 * 1.6732632423543772);
const float kRootOfHalf = static_cast<float>(0.7071067811865476);
const float kNormalPeak = static_cast<float>(0.3989422804014327);
const float kSixth = static_cast<float>(1.0 / 6.0);
}  // namespace

float leakyRelu(float alpha, float z) { return z < 0.0f ? alpha * z : z; }
float elu(const Functions& f, float alpha, float z) { return z < 0.0f ? alpha * f.expm1(z) : z; }
float selu(const Functions& f, float z) { return z < 0.0f ? kSeluAlpha * f.expm1(z) : kSeluScale * z; }
float gelu(const Functions& f, float z) {
  const float rising = 1.0f + f.erf(z * kRootOfHalf);
  return (0.5f * z) * rising;
}
float silu(const Functions& f, float z) { return z * f.sigmoid(z); }
float softplus(const Functions& f, float z) {
  const float tail = f.log1p(f.exp(-std::fabs(z)));
  return relu(z) + tail;
}
float softsign(float z) { return z / (1.0f + std::fabs(z)); }
float hardSigmoid(float z) {
  const float r = relu(fma(z, kSixth, 0.5f));
  return 1.0f < r ? 1.0f : r;
}

float reluGradient(float a, float dy) { return a <= 0.0f ? 0.0f : dy; }
float tanhGradient(float a, float dy) { return dy * fma(-a, a, 1.0f); }
float sigmoidGradient(float a, float dy) { return dy * (a * (1.0f - a)); }

float leakyReluGradient(float alpha, float a, float dy) { return a < 0.0f ? dy * alpha : dy; }
float eluGradient(float alpha, float a, float dy) {
  if (!(a < 0.0f)) return dy;
  const float slope = a + alpha;
  return dy * slope;
}
float seluGradient(float a, float dy) {
  const float slope = a < 0.0f ? a + kSeluAlpha : kSeluScale;
  return dy * slope;
}
float geluGradient(const Functions& f, float z, float dy) {
  const float density = kNormalPeak * f.exp(-((0.5f * z) * z));
  const float rising = 1.0f + f.erf(z * kRootOfHalf);
  return dy * fma(z, density, 0.5f * rising);
}
float siluGradient(const Functions& f, float z, float dy) {
  const float s = f.sigmoid(z);
  return dy * (s * fma(z, 1.0f - s, 1.0f));
}
float softplusGradient(const Functions& f, float a, float dy) { return dy * -f.expm1(-a); }
float softsignGradient(float a, float dy) {
  const float rest = 1.0f - std::fabs(a);
  return dy * (rest * rest);
}
float hardSigmoidGradient(float a, float dy) { return a <= 0.0f || 1.0f <= a ? 0.0f : dy * kSixth; }

void softmaxGradient(const float* a, const float* dy, size_t units, float* dz) {
  const float dot = dotFixed(dy, a, units);
  for (size_t j = 0; j < units; ++j) dz[j] = a[j] * (dy[j] - dot);
}

float dropout(const Mask& mask, uint32_t row, uint32_t unit, float x) {
  uint32_t counter[4] = {unit / 4, row, mask.step, mask.stream};
  for (uint32_t round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t{0xD2511F53u} * counter[0], product1 = uint64_t{0xCD9E8D57u} * counter[2];
    const uint32_t key0 = mask.key[0] + round * 0x9E3779B9u, key1 = mask.key[1] + round * 0xBB67AE85u;
    counter[0] = static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key0;
    counter[1] = static_cast<uint32_t>(product1);
    counter[2] = static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key1;
    counter[3] = static_cast<uint32_t>(product0);
  }
  return counter[unit % 4] >= mask.threshold ? x * mask.scale : 0.0f;
}

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

namespace {
const float kEpsilon = static_cast<float>(1e-7);
const float kLn2 = static_cast<float>(0.6931471805599453);

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

}  // namespace reference
}  // namespace samebits
