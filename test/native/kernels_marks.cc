// Marks: of tensors in panels, of vectors, of stretches at any alignment, with NaN of any payload.
#include "kernels_test.h"

using namespace samebits;

namespace {

float withBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// The terms of [rows, columns] in their tensor by the reference: the term of element i is the mark of i + 1 elements less that
// of i.
uint64_t termsOf(const std::vector<float>& values, size_t rows, size_t columns, size_t index, size_t stride) {
  std::vector<float> tensor(index + rows * stride + columns);
  uint64_t sum = 0;
  for (size_t r = 0; r < rows; ++r) {
    for (size_t j = 0; j < columns; ++j) {
      const size_t at = index + r * stride + j;
      tensor[at] = values[r * columns + j];
      sum += reference::mark(tensor.data(), at + 1) - reference::mark(tensor.data(), at);
    }
  }
  return sum;
}

void testStretch(const std::vector<const KernelTable*>& all, size_t rows, size_t columns, Values kind, Random& random) {
  const std::vector<float> values = randomTensor(random, rows * columns, kind);
  const size_t width = round16(columns) + 16 * random.below(3);
  const size_t index = random.below(100), stride = columns + random.below(50);
  const uint64_t expected = termsOf(values, rows, columns, index, stride);
  Guarded stored(rows * width, random.below(16));
  for (size_t i = 0; i < rows * width; ++i) {  // padding is anything
    stored.data()[i] = i % width < columns ? values[i / width * columns + i % width] : canary();
  }
  for (const KernelTable* table : all) {
    check(table->mark(stored.data(), rows, width, columns, index, stride) == expected,
          describe(*table, "mark", {rows, columns, width, index, stride}));
  }
}

}  // namespace

void testMarks(const std::vector<const KernelTable*>& all) {
  Random random{7};
  for (size_t i = 0; i < 60; ++i) {
    testStretch(all, random.below(9), random.extent(70), kAllValues[i % 4], random);
  }
  for (const KernelTable* table : all) {
    const size_t panel = table->panel;
    for (size_t columns : {panel, panel - 1, size_t{1}}) testStretch({table}, 7, columns, Values::wild, random);

    // Every NaN is alike, an infinity and a zero with its sign are not; positions beyond 2^32 count.
    const auto markOf = [&](uint32_t bits, uint64_t index) {
      alignas(64) float stored[16] = {withBits(bits)};
      return table->mark(stored, 1, 16, 1, index, 0);
    };
    for (const uint32_t nan : {0x7F800001u, 0x7FC00001u, 0xFFC00000u, 0xFFFFFFFFu}) {
      check(markOf(nan, 5) == markOf(0x7FC00000u, 5), describe(*table, "mark of a NaN", {nan}));
    }
    check(markOf(0x7F800000u, 5) != markOf(0x7FC00000u, 5) && markOf(0, 5) != markOf(0x80000000u, 5),
          describe(*table, "mark of infinity and of -0", {}));
    // splitmix64 from state 0 and from state 2^32, as published: its first outputs.
    check(markOf(0, 0) == 0xE220A8397B1DCDAFu, describe(*table, "mark of one +0", {}));
    check(markOf(0, (uint64_t{1} << 32) + 3) == markOf(0, 3), describe(*table, "mark's index modulo 2^32", {}));
    check(table->mark(nullptr, 0, 16, 3, 0, 0) == 0 && markOf(0, 0) != markOf(0, 1),
          describe(*table, "mark of nothing", {}));
  }
}
