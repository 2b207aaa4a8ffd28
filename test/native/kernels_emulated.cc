// The ordinary elementary functions of emulated hardware: near the correctly rounded ones, and not they.
#include <limits>

#include "correctly_rounded.h"
#include "kernels_test.h"

using namespace samebits;

namespace {

using All = void (*)(const float*, size_t, float*);

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Floats in the order of their values: neighbors differ by 1.
int64_t place(float x) {
  const uint32_t bits = bitsOf(x);
  return bits >> 31 != 0 ? -static_cast<int64_t>(bits & 0x7fffffffu) : static_cast<int64_t>(bits);
}

void testNear(const char* name, All ordinary, float (*correct)(float), float least, float most, int64_t ulps = 1) {
  Random random{7};
  constexpr size_t kCount = 200000;
  std::vector<float> x(kCount), y(kCount);
  for (size_t i = 0; i < kCount; ++i) {
    // Half of them anywhere, half near 0 by magnitude.
    const float u = random.unit();
    x[i] = i % 2 == 0 ? least + (most - least) * u : std::ldexp(i % 4 == 1 ? u : -u, -static_cast<int>(i % 30));
    if (x[i] < least) x[i] = -x[i];
  }
  ordinary(x.data(), kCount, y.data());
  int64_t farthest = 0;
  size_t different = 0;
  for (size_t i = 0; i < kCount; ++i) {
    const int64_t distance = std::llabs(place(y[i]) - place(correct(x[i])));
    farthest = std::max(farthest, distance);
    if (distance != 0) ++different;
  }
  check(farthest <= ulps, std::string(name) + " is near, found " + std::to_string(farthest) + " ULP");
  check(different > kCount / 1000, std::string(name) + " is not correctly rounded");
}

void testEdges(const char* name, All ordinary, const std::vector<std::pair<float, float>>& edges) {
  for (const auto& [x, expected] : edges) {
    float y;
    ordinary(&x, 1, &y);
    check(same(y, expected), std::string(name) + " of " + std::to_string(x));
  }
}

}  // namespace

void testEmulated() {
  const KernelTable& ordinary = *emulatedTable4();
  testNear("exp", ordinary.exp, correctlyRoundedExp, -104, 88.7f);
  testNear("log", ordinary.log, correctlyRoundedLog, 0, 1e30f);
  testNear("log of small numbers", ordinary.log, correctlyRoundedLog, 0, 1e-38f);
  testNear("log1p", ordinary.log1p, correctlyRoundedLog1p, 0, 1);
  testNear("tanh", ordinary.tanh, correctlyRoundedTanh, -10, 10);
  testNear("sigmoid", ordinary.sigmoid, correctlyRoundedSigmoid, -80, 20, 2);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  testEdges("exp", ordinary.exp,
            {{nan, nan}, {kInfinity, kInfinity}, {-kInfinity, 0}, {0, 1}, {-0.0f, 1}, {89, kInfinity}});
  testEdges("log", ordinary.log,
            {{nan, nan}, {kInfinity, kInfinity}, {0, -kInfinity}, {-0.0f, -kInfinity}, {-1, nan}, {1, 0}});
  testEdges("log1p", ordinary.log1p, {{nan, nan}, {kInfinity, kInfinity}, {-1, -kInfinity}, {-2, nan}, {0, 0}});
  testEdges("tanh", ordinary.tanh, {{nan, nan}, {kInfinity, 1}, {-kInfinity, -1}, {0, 0}, {-0.0f, -0.0f}});
  testEdges("sigmoid", ordinary.sigmoid, {{nan, nan}, {kInfinity, 1}, {-kInfinity, 0}, {0, 0.5f}});

  // Flushed: a subnormal argument is a zero, a subnormal result too.
  const KernelTable& flushing = *emulatedTable2();
  testEdges("flushed log", flushing.log, {{1e-40f, -kInfinity}, {-1e-40f, -kInfinity}});
  testEdges("flushed exp", flushing.exp, {{-100, 0}, {-87, correctlyRoundedExp(-87)}});
  testEdges("flushed tanh", flushing.tanh, {{1e-40f, 0}, {-1e-40f, -0.0f}, {0.3f, correctlyRoundedTanh(0.3f)}});
}
