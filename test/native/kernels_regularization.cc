// Sums and norms of columns, and dropout, whole and split.
#include <cmath>

#include "kernels_test.h"

using namespace samebits;

namespace {

void testColumnSums(const std::vector<const KernelTable*>& all, size_t inputs, size_t units, Values values,
                    Random& random) {
  const std::vector<float> w = randomTensor(random, inputs * units, values);
  std::vector<float> squares(units), magnitudes(units);
  reference::columnSquares(w.data(), inputs, units, squares.data());
  reference::columnMagnitudes(w.data(), inputs, units, magnitudes.data());
  for (const KernelTable* table : all) {
    PanelMatrix weights(w, inputs, units, table->panel);
    for (const bool ofSquares : {true, false}) {
      const std::vector<float>& expected = ofSquares ? squares : magnitudes;
      const auto sum = ofSquares ? table->columnSquares : table->columnMagnitudes;
      Guarded sums(units);
      const std::vector<size_t> cuts = randomCuts(units, table->panel, random);
      for (size_t c = 0; c + 1 < cuts.size(); ++c) {
        sum(weights.data(), inputs, units, cuts[c], cuts[c + 1], sums.data());
      }
      bool equal = sums.guardsIntact();
      for (size_t j = 0; j < units; ++j) equal = equal && same(sums.data()[j], expected[j]);
      check(equal, describe(*table, ofSquares ? "columnSquares" : "columnMagnitudes", {inputs, units}));
    }
  }
}

void testMaxNorm(const std::vector<const KernelTable*>& all, size_t inputs, size_t units, Values values, bool averages,
                 Random& random) {
  const std::vector<float> before = randomTensor(random, inputs * units, values);
  const std::vector<float> averageBefore = randomTensor(random, inputs * units, Values::plain);
  // About half of the columns are above.
  const float most = 0.5f * std::sqrt(static_cast<float>(inputs));
  Update update = {};
  update.averageMomentum = 0.75f;
  update.averageShare = 0.25f;
  update.averageReplaces = averages && random.below(2) == 0;
  std::vector<float> expected = before, averageExpected = averageBefore;
  reference::maxNorm(most, inputs, units, expected.data());
  for (size_t i = 0; averages && i < expected.size(); ++i) {
    reference::average(expected[i], 0.75f, 0.25f, averageExpected[i]);
    if (update.averageReplaces) expected[i] = averageExpected[i];
  }
  for (const KernelTable* table : all) {
    PanelMatrix weights(before, inputs, units, table->panel), average(averageBefore, inputs, units, table->panel);
    const ParameterSlots slots = {nullptr, weights.data(), nullptr,
                                  nullptr, nullptr,        averages ? average.data() : nullptr};
    const std::vector<size_t> cuts = randomCuts(units, table->panel, random);
    for (size_t c = 0; c + 1 < cuts.size(); ++c) {
      table->maxNorm(most, inputs, units, cuts[c], cuts[c + 1], &update, &slots);
    }
    check(weights.equals(expected) && average.equals(averageExpected),
          describe(*table, "maxNorm", {inputs, units, averages}));
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
    testColumnSums(all, random.extent(900), random.extent(300), values, random);
    testMaxNorm(all, random.extent(600), random.extent(200), values, i / 4 % 2 == 0, random);
    testDropout(all, random.extent(40), i < 20 ? 1 + i : random.extent(300), values, random);
  }
}
