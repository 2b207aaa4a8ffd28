// See reference.h: one element or one row of a layer. Written to be read; nothing here is fast.
#include <cmath>

#include "reference_sums.h"

namespace samebits {
namespace reference {

namespace {

const float kSeluScale = static_cast<float>(1.0507009873554805);
const float kSeluAlpha = static_cast<float>(1.0507009873554805 * 1.6732632423543772);
const float kRootOfHalf = static_cast<float>(0.7071067811865476);
const float kNormalPeak = static_cast<float>(0.3989422804014327);
const float kSixth = static_cast<float>(1.0 / 6.0);

float maximum(const float* z, size_t units) {
  float most = -INFINITY;
  for (size_t j = 0; j < units; ++j) most = most < z[j] ? z[j] : most;
  return most;
}

}  // namespace

void softmaxParts(const Functions& f, const float* z, size_t units, float& most, float& sum) {
  most = maximum(z, units);
  const float shift = most;
  sum = vectorSum(units, [&](float lane, size_t j) { return lane + f.exp(z[j] - shift); });
}

float relu(float x) { return x < 0.0f ? 0.0f : x; }

void softmax(const Functions& f, const float* z, size_t units, float* p) {
  float most, sum;
  softmaxParts(f, z, units, most, sum);
  for (size_t j = 0; j < units; ++j) p[j] = f.exp(z[j] - most) / sum;
}

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

namespace {

struct Words {
  uint32_t word[4];
};

Words philox(const Stream& stream, uint32_t row, uint32_t block) {
  uint32_t counter[4] = {block, row, stream.step, stream.number};
  for (uint32_t round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t{0xD2511F53u} * counter[0], product1 = uint64_t{0xCD9E8D57u} * counter[2];
    const uint32_t key0 = stream.key[0] + round * 0x9E3779B9u, key1 = stream.key[1] + round * 0xBB67AE85u;
    counter[0] = static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key0;
    counter[1] = static_cast<uint32_t>(product1);
    counter[2] = static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key1;
    counter[3] = static_cast<uint32_t>(product0);
  }
  return {{counter[0], counter[1], counter[2], counter[3]}};
}

// In (0, 1].
float positiveUniform(uint32_t word) { return static_cast<float>((word >> 8) + 1) * 0x1p-24f; }

}  // namespace

bool isKept(const Stream& stream, uint32_t threshold, uint32_t row, uint32_t unit) {
  return philox(stream, row, unit / 4).word[unit % 4] >= threshold;
}

float normal(const Functions& f, Function cospi, const Stream& stream, uint32_t row, uint32_t unit) {
  const Words words = philox(stream, row, unit / 2);
  const float u1 = positiveUniform(words.word[2 * (unit % 2)]);
  const float u2 = positiveUniform(words.word[2 * (unit % 2) + 1]);
  return std::sqrt(-2.0f * f.log(u1)) * cospi(2.0f * u2);
}

}  // namespace reference
}  // namespace samebits
