// See reference.h: one rounding, sums inside a vector, fingerprints. Written to be read; nothing here is fast.
#include "reference_sums.h"

#include <cmath>
#include <cstring>

namespace samebits {
namespace reference {

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

}  // namespace reference
}  // namespace samebits
