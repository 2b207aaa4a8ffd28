// What the kernel tests share: counting, random values and shapes, guarded buffers in the kernels' layouts.
#ifndef SAMEBITS_TEST_KERNELS_TEST_H
#define SAMEBITS_TEST_KERNELS_TEST_H

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "../../native/kernels/kernel_table.h"
#include "../../native/kernels/reference.h"

// Every table that this CPU can run.
std::vector<const samebits::KernelTable*> tables();

// Counts a check; prints the first failures.
void check(bool passed, const std::string& what);
std::string describe(const samebits::KernelTable& table, const char* what, std::initializer_list<size_t> shape);

inline uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
// Equal to the bit; any NaN equals any other, as payloads differ between architectures.
inline bool same(float a, float b) { return bitsOf(a) == bitsOf(b) || (a != a && b != b); }

// splitmix64.
struct Random {
  uint64_t state;
  uint64_t next() {
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  size_t below(size_t n) { return next() % n; }
  float unit() { return static_cast<float>(next() >> 40) * 0x1p-24f; }
  // 1 … most, small ones as likely as large ones.
  size_t extent(size_t most) {
    const size_t bits = 1 + below(9);
    const size_t n = 1 + below(size_t(1) << bits);
    return n > most ? 1 + below(most) : n;
  }
};

// What a tensor is filled with.
enum class Values { plain, zeros, tiny, wild };  // wild: infinities and NaN here and there
constexpr Values kAllValues[] = {Values::plain, Values::zeros, Values::tiny, Values::wild};
float randomValue(Random& random, Values values);
std::vector<float> randomTensor(Random& random, size_t count, Values values);

// `count` floats between two guards. The payload starts at `offset` floats past a 64-byte boundary.
class Guarded {
 public:
  explicit Guarded(size_t count, size_t offset = 0);
  float* data() { return start_; }
  const float* data() const { return start_; }
  bool guardsIntact() const;

 private:
  std::vector<float> all_;
  float* start_;
  size_t count_;
};

// The mark of memory that must be neither written nor taken into a result.
float canary();

// [rows, units] in the `rows` layout. Padding holds canaries: a kernel that wrote it, or let it reach a result, shows.
struct RowMatrix {
  size_t rows, units, ld;
  Guarded buffer;
  RowMatrix(size_t rowCount, size_t unitCount, Random& random);
  RowMatrix(const std::vector<float>& values, size_t rowCount, size_t unitCount, Random& random);
  float* data() { return buffer.data(); }
  float* row(size_t r) { return buffer.data() + r * ld; }
  bool equals(const std::vector<float>& expected) const;  // to the bit, and padding and guards untouched
};

// [inputs, units] in the `panels` layout of a table, padding +0.
struct PanelMatrix {
  size_t inputs, units, panel;
  Guarded buffer;
  PanelMatrix(const std::vector<float>& values, size_t inputCount, size_t unitCount, size_t panelColumns);
  float* data() { return buffer.data(); }
  size_t offset(size_t k, size_t j) const;
  size_t floats() const { return inputs * samebits::round16(units); }
  bool equals(const std::vector<float>& expected) const;  // to the bit, and padding +0
};

// A RowOrder that owns its arrays, and the same order as the reference takes it.
struct OwnedOrder {
  std::vector<samebits::RowSegment> segments;
  std::vector<uint32_t> chainEnd, mergesAfter, rows;
  std::vector<size_t> chainEndInRows;
  samebits::RowOrder order() const {
    return {segments.data(), chainEnd.data(), mergesAfter.data(), static_cast<uint32_t>(chainEnd.size())};
  }
  samebits::reference::Order referenceOrder() const {
    return {rows.data(), chainEndInRows.data(), mergesAfter.data(), chainEndInRows.size()};
  }
  void addSegment(size_t begin, size_t count);
  void endChain(uint32_t merges);
};
OwnedOrder balancedOrder(size_t rows, size_t leaf);
// All rows, in shuffled segments, in chains of several segments, merged by a random tree.
OwnedOrder randomOrder(size_t rows, Random& random);

// 0 = cuts[0] < … < cuts.back() = end, at multiples of `step`.
std::vector<size_t> randomCuts(size_t end, size_t step, Random& random);

void testProducts(const std::vector<const samebits::KernelTable*>& all);
void testGradients(const std::vector<const samebits::KernelTable*>& all);
void testLayers(const std::vector<const samebits::KernelTable*>& all);
void testEmulated();
void testMasks(const std::vector<const samebits::KernelTable*>& all);
void testMarks(const std::vector<const samebits::KernelTable*>& all);
void testNormalization(const std::vector<const samebits::KernelTable*>& all);
void testRegularization(const std::vector<const samebits::KernelTable*>& all);
void testVectors(const std::vector<const samebits::KernelTable*>& all);
void testGolden(const std::vector<const samebits::KernelTable*>& all, const char* path);

#endif
