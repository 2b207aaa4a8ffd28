// forward, packRows and inputGradient on random odd shapes, whole and split.
#include "kernels_test.h"

using namespace samebits;

namespace {

struct Shape {
  size_t rows, inputs, units;
};

std::vector<Shape> shapes(Random& random) {
  std::vector<Shape> all = {{1, 1, 1},      {1, 300, 300},  {300, 1, 17},  {17, 256, 16}, {13, 257, 33}, {3, 1030, 40},
                            {1, 2100, 130}, {2, 600, 70},   {5, 70, 1030}, {1, 5, 2100},  {7, 0, 20},    {0, 5, 20},
                            {33, 512, 64},  {127, 300, 10}, {50, 31, 300}, {300, 64, 1},  {6, 768, 96},  {31, 33, 65}};
  for (int i = 0; i < 60; ++i) all.push_back({random.extent(300), random.extent(300), random.extent(300)});
  return all;
}

void testForward(const std::vector<const KernelTable*>& all, const Shape& s, Values values, Random& random) {
  const std::vector<float> x = randomTensor(random, s.rows * s.inputs, values);
  const std::vector<float> w = randomTensor(random, s.inputs * s.units, values);
  std::vector<float> bias = randomTensor(random, s.units, values);
  const bool relu = random.below(2) == 0, biased = random.below(3) != 0;
  std::vector<float> expected(s.rows * s.units);
  reference::forward(x.data(), w.data(), biased ? bias.data() : nullptr, s.rows, s.inputs, s.units, relu,
                     expected.data());
  bias.resize(round16(s.units), 0.0f);

  for (const KernelTable* table : all) {
    RowMatrix rows(x, s.rows, s.inputs, random);
    PanelMatrix weights(w, s.inputs, s.units, table->panel);
    Guarded biases(bias.size());
    std::memcpy(biases.data(), bias.data(), bias.size() * sizeof(float));
    const float* b = biased ? biases.data() : nullptr;

    RowMatrix z(s.rows, s.units, random);
    table->forward(rows.data(), rows.ld, weights.data(), b, s.inputs, s.units, s.rows, 0, s.units, relu, z.data(),
                   z.ld);
    check(z.equals(expected), describe(*table, "forward", {s.rows, s.inputs, s.units}));

    RowMatrix pieces(s.rows, s.units, random);
    const std::vector<size_t> rowCuts = randomCuts(s.rows, 1, random);
    const std::vector<size_t> columnCuts = randomCuts(s.units, table->panel, random);
    for (size_t r = 0; r + 1 < rowCuts.size(); ++r) {
      for (size_t c = 0; c + 1 < columnCuts.size(); ++c) {
        table->forward(rows.row(rowCuts[r]), rows.ld, weights.data(), b, s.inputs, s.units, rowCuts[r + 1] - rowCuts[r],
                       columnCuts[c], columnCuts[c + 1], relu, pieces.row(rowCuts[r]), pieces.ld);
      }
    }
    check(pieces.equals(expected), describe(*table, "forward in pieces", {s.rows, s.inputs, s.units}));
  }
}

// Element (i, j) of row panels, by kernel_table.h's words.
size_t rowPanelOffset(size_t i, size_t j, size_t rows, size_t units, size_t panel) {
  const size_t q = i / panel;
  const size_t left = round16(rows - q * panel);
  return q * panel * units + j * (left < panel ? left : panel) + (i - q * panel);
}

bool packedWell(const Guarded& packed, const std::vector<float>& source, size_t rows, size_t units, size_t panel) {
  for (size_t i = 0; i < round16(rows); ++i) {
    for (size_t j = 0; j < units; ++j) {
      const float value = packed.data()[rowPanelOffset(i, j, rows, units, panel)];
      if (i < rows ? bitsOf(value) != bitsOf(source[i * units + j]) : bitsOf(value) != 0) return false;
    }
  }
  return packed.guardsIntact();
}

void testInputGradient(const std::vector<const KernelTable*>& all, const Shape& s, Values values, Random& random) {
  const std::vector<float> dz = randomTensor(random, s.rows * s.units, values);
  const std::vector<float> w = randomTensor(random, s.inputs * s.units, values);
  const std::vector<float> outputs = randomTensor(random, s.rows * s.inputs, Values::zeros);
  const bool throughRelu = random.below(2) == 0;
  std::vector<float> expected(s.rows * s.inputs);
  reference::inputGradient(dz.data(), w.data(), throughRelu ? outputs.data() : nullptr, s.rows, s.inputs, s.units,
                           expected.data());

  for (const KernelTable* table : all) {
    RowMatrix gradients(dz, s.rows, s.units, random);
    Guarded packed(round16(s.rows) * s.units);
    table->packRows(gradients.data(), gradients.ld, s.rows, s.units, packed.data());
    check(packedWell(packed, dz, s.rows, s.units, table->panel), describe(*table, "packRows", {s.rows, s.units}));

    PanelMatrix weights(w, s.inputs, s.units, table->panel);
    RowMatrix relu(outputs, s.rows, s.inputs, random);
    const float* reluOutput = throughRelu ? relu.data() : nullptr;
    RowMatrix dx(s.rows, s.inputs, random);
    table->inputGradient(packed.data(), weights.data(), s.inputs, s.units, s.rows, 0, s.inputs, reluOutput, relu.ld,
                         dx.data(), dx.ld);
    check(dx.equals(expected), describe(*table, "inputGradient", {s.rows, s.inputs, s.units}));

    RowMatrix pieces(s.rows, s.inputs, random);
    const std::vector<size_t> rowCuts = randomCuts(s.rows, 1, random);
    const std::vector<size_t> inputCuts = randomCuts(s.inputs, 16, random);
    for (size_t r = 0; r + 1 < rowCuts.size(); ++r) {
      const size_t count = rowCuts[r + 1] - rowCuts[r];
      Guarded part(round16(count) * s.units);
      table->packRows(gradients.row(rowCuts[r]), gradients.ld, count, s.units, part.data());
      for (size_t c = 0; c + 1 < inputCuts.size(); ++c) {
        table->inputGradient(part.data(), weights.data(), s.inputs, s.units, count, inputCuts[c], inputCuts[c + 1],
                             throughRelu ? relu.row(rowCuts[r]) : nullptr, relu.ld, pieces.row(rowCuts[r]), pieces.ld);
      }
    }
    check(pieces.equals(expected), describe(*table, "inputGradient in pieces", {s.rows, s.inputs, s.units}));
  }
}

}  // namespace

void testProducts(const std::vector<const KernelTable*>& all) {
  Random random{1};
  size_t turn = 0;
  for (const Shape& shape : shapes(random)) {
    const Values values = kAllValues[turn++ % 4];
    testForward(all, shape, values, random);
    testInputGradient(all, shape, values, random);
  }
}
