// Sums and norms of columns, whole and split.
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

}  // namespace

void testRegularization(const std::vector<const KernelTable*>& all) {
  Random random{5};
  for (size_t i = 0; i < 60; ++i) {
    const Values values = kAllValues[i % 4];
    testColumnSums(all, random.extent(900), random.extent(300), values, random);
    testMaxNorm(all, random.extent(600), random.extent(200), values, i / 4 % 2 == 0, random);
  }
}
