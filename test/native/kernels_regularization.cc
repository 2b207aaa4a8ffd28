// Squares of weights and dropout, whole and split.
#include "kernels_test.h"

using namespace samebits;

namespace {

void testColumnSquares(const std::vector<const KernelTable*>& all, size_t inputs, size_t units, Values values,
                       Random& random) {
  const std::vector<float> w = randomTensor(random, inputs * units, values);
  std::vector<float> expected(units);
  reference::columnSquares(w.data(), inputs, units, expected.data());
  for (const KernelTable* table : all) {
    PanelMatrix weights(w, inputs, units, table->panel);
    Guarded squares(units);
    const std::vector<size_t> cuts = randomCuts(units, table->panel, random);
    for (size_t c = 0; c + 1 < cuts.size(); ++c) {
      table->columnSquares(weights.data(), inputs, units, cuts[c], cuts[c + 1], squares.data());
    }
    bool equal = squares.guardsIntact();
    for (size_t j = 0; j < units; ++j) equal = equal && same(squares.data()[j], expected[j]);
    check(equal, describe(*table, "columnSquares", {inputs, units}));
  }
}

void testDropout(const std::vector<const KernelTable*>& all, size_t rows, size_t units, Values values, Random& random) {
  const uint32_t word = static_cast<uint32_t>(random.next());
  // Rates 0, ½, one in 2^32 kept, and any.
  const uint32_t thresholds[] = {0, 0x80000000u, 0xffffffffu, word};
  const DropoutMask mask = {{word ^ 5, static_cast<uint32_t>(random.next())},
                            static_cast<uint32_t>(random.next()),
                            static_cast<uint32_t>(random.next()),
                            thresholds[random.below(4)],
                            1.0f + random.unit()};
  const reference::Mask slow = {{mask.key[0], mask.key[1]}, mask.stream, mask.step, mask.threshold, mask.scale};
  const size_t firstRow = random.below(1000);
  const std::vector<float> x = randomTensor(random, rows * units, values);
  std::vector<float> expected(rows * units);
  for (size_t i = 0; i < rows * units; ++i) {
    const uint32_t row = static_cast<uint32_t>(firstRow + i / units);
    expected[i] = reference::dropout(slow, row, static_cast<uint32_t>(i % units), x[i]);
  }
  for (const KernelTable* table : all) {
    RowMatrix source(x, rows, units, random), target(rows, units, random);
    const std::vector<size_t> rowCuts = randomCuts(rows, 1, random), columnCuts = randomCuts(units, 16, random);
    for (size_t r = 0; r + 1 < rowCuts.size(); ++r) {
      for (size_t c = 0; c + 1 < columnCuts.size(); ++c) {
        table->dropout(&mask, source.row(rowCuts[r]), source.ld, firstRow + rowCuts[r], rowCuts[r + 1] - rowCuts[r],
                       columnCuts[c], columnCuts[c + 1], target.row(rowCuts[r]), target.ld);
      }
    }
    check(target.equals(expected), describe(*table, "dropout in pieces", {rows, units, mask.threshold}));
    table->dropout(&mask, source.data(), source.ld, firstRow, rows, 0, units, source.data(), source.ld);
    check(source.equals(expected), describe(*table, "dropout in place", {rows, units, mask.threshold}));
  }
}

}  // namespace

void testRegularization(const std::vector<const KernelTable*>& all) {
  Random random{5};
  for (size_t i = 0; i < 60; ++i) {
    const Values values = kAllValues[i % 4];
    testColumnSquares(all, random.extent(900), random.extent(300), values, random);
    testDropout(all, random.extent(40), i < 20 ? 1 + i : random.extent(300), values, random);
  }
}
