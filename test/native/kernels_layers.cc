// Activations, losses and gathering of rows.
#include <limits>

#include "correctly_rounded.h"
#include "kernels_test.h"

using namespace samebits;

namespace {

const reference::Functions kFunctions = {correctlyRoundedExp, correctlyRoundedLog, correctlyRoundedLog1p,
                                         correctlyRoundedTanh, correctlyRoundedSigmoid};
constexpr Activation kActivations[] = {Activation::linear, Activation::relu, Activation::tanh, Activation::sigmoid,
                                       Activation::softmax};

// Logits: sometimes large, sometimes all zeros of mixed signs.
std::vector<float> randomLogits(Random& random, size_t count, Values values) {
  std::vector<float> z = randomTensor(random, count, values);
  const float stretch = values == Values::plain ? 1.0f + 30.0f * random.unit() : 1.0f;
  for (float& value : z) value *= stretch;
  return z;
}

void testActivations(const std::vector<const KernelTable*>& all, size_t rows, size_t units, Values values,
                     Random& random) {
  const std::vector<float> z = randomLogits(random, rows * units, values);
  const std::vector<float> dy = randomTensor(random, rows * units, values);
  for (Activation kind : kActivations) {
    std::vector<float> a = z, dz = dy;
    for (size_t r = 0; r < rows; ++r) {
      float* row = a.data() + r * units;
      float* gradient = dz.data() + r * units;
      if (kind == Activation::softmax) {
        reference::softmax(kFunctions, row, units, row);
        reference::softmaxGradient(row, dy.data() + r * units, units, gradient);
        continue;
      }
      for (size_t j = 0; j < units; ++j) {
        if (kind == Activation::relu) row[j] = reference::relu(row[j]);
        if (kind == Activation::tanh) row[j] = kFunctions.tanh(row[j]);
        if (kind == Activation::sigmoid) row[j] = kFunctions.sigmoid(row[j]);
        if (kind == Activation::relu) gradient[j] = reference::reluGradient(row[j], gradient[j]);
        if (kind == Activation::tanh) gradient[j] = reference::tanhGradient(row[j], gradient[j]);
        if (kind == Activation::sigmoid) gradient[j] = reference::sigmoidGradient(row[j], gradient[j]);
      }
    }
    for (const KernelTable* table : all) {
      RowMatrix rowsOf(z, rows, units, random), gradients(dy, rows, units, random);
      table->activate(kind, rowsOf.data(), rowsOf.ld, rows, units);
      check(rowsOf.equals(a), describe(*table, "activate", {size_t(kind), rows, units, size_t(values)}));
      table->activationGradient(kind, rowsOf.data(), rowsOf.ld, gradients.data(), gradients.ld, rows, units);
      check(gradients.equals(dz), describe(*table, "activationGradient", {size_t(kind), rows, units, size_t(values)}));
    }
  }
}

struct Expected {
  std::vector<float> outputs, gradient, loss;
  std::vector<uint32_t> hits;
};

Expected expectedLoss(Loss kind, const std::vector<float>& z, const std::vector<float>& targets,
                      const std::vector<uint32_t>& labels, size_t rows, size_t units) {
  Expected e = {std::vector<float>(rows * units), std::vector<float>(rows * units), {}, {}};
  for (size_t r = 0; r < rows; ++r) {
    const float* row = z.data() + r * units;
    const float* t = targets.data() + r * units;
    float* outputs = e.outputs.data() + r * units;
    float* gradient = e.gradient.data() + r * units;
    const reference::RowLoss result =
        kind == Loss::sparseCategoricalCrossentropy
            ? reference::sparseCategoricalCrossentropy(kFunctions, row, labels[r], units, outputs, gradient)
        : kind == Loss::categoricalCrossentropy
            ? reference::categoricalCrossentropy(kFunctions, row, t, units, outputs, gradient)
        : kind == Loss::binaryCrossentropy ? reference::binaryCrossentropy(kFunctions, row, t, units, outputs, gradient)
                                           : reference::meanSquaredError(row, t, units, gradient);
    e.loss.push_back(result.loss);
    e.hits.push_back(result.hits);
  }
  return e;
}

// How the caller asks for results: which outputs, and what shares memory with z.
enum class Ask { both, gradientInPlace, outputsInPlace, lossOnly };

void testLosses(const std::vector<const KernelTable*>& all, size_t rows, size_t units, Values values, Random& random) {
  const std::vector<float> z = randomLogits(random, rows * units, values);
  std::vector<float> targets(rows * units);
  std::vector<uint32_t> labels(rows);
  for (float& t : targets) t = random.below(3) == 0 ? random.unit() : static_cast<float>(random.below(2));
  for (uint32_t& label : labels) label = static_cast<uint32_t>(random.below(units));

  for (Loss kind : {Loss::sparseCategoricalCrossentropy, Loss::categoricalCrossentropy, Loss::binaryCrossentropy,
                    Loss::meanSquaredError}) {
    const Expected expected = expectedLoss(kind, z, targets, labels, rows, units);
    const bool squared = kind == Loss::meanSquaredError;
    for (const KernelTable* table : all) {
      for (Ask ask : {Ask::both, Ask::gradientInPlace, Ask::outputsInPlace, Ask::lossOnly}) {
        if (squared && ask == Ask::outputsInPlace) continue;
        RowMatrix logits(z, rows, units, random), gradient(rows, units, random), outputs(rows, units, random);
        Guarded losses(rows), hits(rows), target(rows * units, random.below(16));
        const bool sparse = kind == Loss::sparseCategoricalCrossentropy;
        std::memcpy(target.data(), sparse ? static_cast<const void*>(labels.data()) : targets.data(),
                    (sparse ? rows : rows * units) * sizeof(float));
        RowMatrix& dz = ask == Ask::gradientInPlace ? logits : gradient;
        RowMatrix& y = ask == Ask::outputsInPlace ? logits : outputs;
        const bool wantGradient = ask == Ask::both || ask == Ask::gradientInPlace;
        const bool wantOutputs = !squared && (ask == Ask::both || ask == Ask::outputsInPlace);
        table->loss(kind, logits.data(), logits.ld, target.data(), units, rows, units,
                    wantGradient ? dz.data() : nullptr, dz.ld, wantOutputs ? y.data() : nullptr, y.ld, losses.data(),
                    reinterpret_cast<uint32_t*>(hits.data()));
        bool well = losses.guardsIntact() && hits.guardsIntact();
        for (size_t r = 0; r < rows; ++r) {
          well = well && same(losses.data()[r], expected.loss[r]) && bitsOf(hits.data()[r]) == expected.hits[r];
        }
        if (wantGradient) well = well && dz.equals(expected.gradient);
        if (wantOutputs) well = well && y.equals(expected.outputs);
        if (ask == Ask::lossOnly) well = well && logits.equals(z);
        check(well, describe(*table, "loss", {size_t(kind), rows, units, size_t(values), size_t(ask)}));
      }
    }
  }
}

void testGather(const std::vector<const KernelTable*>& all, size_t rows, size_t columns, Random& random) {
  const size_t stored = rows + 7;
  std::vector<uint8_t> bytes(stored * columns + 1);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random.next());
  const uint8_t* firstByte = bytes.data() + random.below(2);
  const std::vector<float> values = randomTensor(random, stored * columns, Values::wild);
  Guarded floats(values.size(), random.below(16));
  std::memcpy(floats.data(), values.data(), values.size() * sizeof(float));
  std::vector<uint32_t> indices(rows);
  for (uint32_t& index : indices) index = static_cast<uint32_t>(random.below(stored));
  const bool rescale = random.below(2) == 0, shuffled = random.below(2) == 0;
  const float scale = 1.0f / 255.0f, offset = -0.5f;
  std::vector<float> fromBytes, fromFloats;
  for (size_t r = 0; r < rows; ++r) {
    const size_t index = shuffled ? indices[r] : 5 + r;
    for (size_t k = 0; k < columns; ++k) {
      const float b = firstByte[index * columns + k], f = values[index * columns + k];
      fromBytes.push_back(rescale ? reference::fma(b, scale, offset) : b);
      fromFloats.push_back(rescale ? reference::fma(f, scale, offset) : f);
    }
  }
  const uint32_t* chosen = shuffled ? indices.data() : nullptr;
  for (const KernelTable* table : all) {
    RowMatrix a(rows, columns, random), b(rows, columns, random);
    table->gatherBytes(firstByte, columns, chosen, 5, rows, rescale, scale, offset, a.data(), a.ld);
    table->gatherFloats(floats.data(), columns, chosen, 5, rows, rescale, scale, offset, b.data(), b.ld);
    check(a.equals(fromBytes), describe(*table, "gatherBytes", {rows, columns}));
    check(b.equals(fromFloats), describe(*table, "gatherFloats", {rows, columns}));
  }
}

}  // namespace

void testLayers(const std::vector<const KernelTable*>& all) {
  Random random{3};
  for (size_t i = 0; i < 60; ++i) {
    const Values values = kAllValues[i % 4];
    const size_t rows = random.extent(40), units = i < 20 ? 1 + i : random.extent(300);
    testActivations(all, rows, units, values, random);
    testLosses(all, rows, units, values, random);
    testGather(all, rows, units, random);
  }
  testLosses(all, 3, 1000, Values::plain, random);
  testLosses(all, 2, 1537, Values::wild, random);
  testActivations(all, 2, 1537, Values::plain, random);
}
