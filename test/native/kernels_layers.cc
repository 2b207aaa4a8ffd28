// Activations, losses and gathering of rows.
#include <limits>

#include "correctly_rounded.h"
#include "kernels_test.h"

using namespace samebits;

namespace {

const reference::Functions kFunctions = {correctlyRoundedExp,  correctlyRoundedLog,     correctlyRoundedLog1p,
                                         correctlyRoundedTanh, correctlyRoundedSigmoid, correctlyRoundedExpm1,
                                         correctlyRoundedErf};
constexpr Activation kActivations[] = {
    Activation::linear,    Activation::relu,     Activation::tanh,       Activation::sigmoid, Activation::softmax,
    Activation::leakyRelu, Activation::elu,      Activation::selu,       Activation::gelu,    Activation::silu,
    Activation::softplus,  Activation::softsign, Activation::hardSigmoid};

// Logits: sometimes large, sometimes all zeros of mixed signs.
std::vector<float> randomLogits(Random& random, size_t count, Values values) {
  std::vector<float> z = randomTensor(random, count, values);
  const float stretch = values == Values::plain ? 1.0f + 30.0f * random.unit() : 1.0f;
  for (float& value : z) value *= stretch;
  return z;
}

float activated(Activation kind, float alpha, float z) {
  switch (kind) {
    case Activation::relu:
      return reference::relu(z);
    case Activation::tanh:
      return kFunctions.tanh(z);
    case Activation::sigmoid:
      return kFunctions.sigmoid(z);
    case Activation::leakyRelu:
      return reference::leakyRelu(alpha, z);
    case Activation::elu:
      return reference::elu(kFunctions, alpha, z);
    case Activation::selu:
      return reference::selu(kFunctions, z);
    case Activation::gelu:
      return reference::gelu(kFunctions, z);
    case Activation::silu:
      return reference::silu(kFunctions, z);
    case Activation::softplus:
      return reference::softplus(kFunctions, z);
    case Activation::softsign:
      return reference::softsign(z);
    case Activation::hardSigmoid:
      return reference::hardSigmoid(z);
    case Activation::linear:
    case Activation::softmax:
      break;
  }
  return z;
}

float gradientOf(Activation kind, float alpha, float z, float a, float dy) {
  switch (kind) {
    case Activation::relu:
      return reference::reluGradient(a, dy);
    case Activation::tanh:
      return reference::tanhGradient(a, dy);
    case Activation::sigmoid:
      return reference::sigmoidGradient(a, dy);
    case Activation::leakyRelu:
      return reference::leakyReluGradient(alpha, a, dy);
    case Activation::elu:
      return reference::eluGradient(alpha, a, dy);
    case Activation::selu:
      return reference::seluGradient(a, dy);
    case Activation::gelu:
      return reference::geluGradient(kFunctions, z, dy);
    case Activation::silu:
      return reference::siluGradient(kFunctions, z, dy);
    case Activation::softplus:
      return reference::softplusGradient(kFunctions, a, dy);
    case Activation::softsign:
      return reference::softsignGradient(a, dy);
    case Activation::hardSigmoid:
      return reference::hardSigmoidGradient(a, dy);
    case Activation::linear:
    case Activation::softmax:
      break;
  }
  return dy;
}

void testActivations(const std::vector<const KernelTable*>& all, size_t rows, size_t units, Values values,
                     Random& random) {
  const std::vector<float> z = randomLogits(random, rows * units, values);
  const std::vector<float> dy = randomTensor(random, rows * units, values);
  const float alpha = 2.0f * random.unit() + 0x1p-24f;
  for (Activation kind : kActivations) {
    std::vector<float> a(z.size()), dz(z.size());
    for (size_t r = 0; r < rows; ++r) {
      const size_t at = r * units;
      if (kind == Activation::softmax) {
        reference::softmax(kFunctions, z.data() + at, units, a.data() + at);
        reference::softmaxGradient(a.data() + at, dy.data() + at, units, dz.data() + at);
        continue;
      }
      for (size_t i = at; i < at + units; ++i) {
        a[i] = activated(kind, alpha, z[i]);
        dz[i] = gradientOf(kind, alpha, z[i], a[i], dy[i]);
      }
    }
    for (const KernelTable* table : all) {
      RowMatrix logits(z, rows, units, random), outputs(rows, units, random), gradients(dy, rows, units, random);
      table->activate(kind, alpha, logits.data(), logits.ld, rows, units, outputs.data(), outputs.ld);
      check(outputs.equals(a) && logits.equals(z),
            describe(*table, "activate", {size_t(kind), rows, units, size_t(values)}));
      RowMatrix& from = gradientTakesLogits(kind) ? logits : outputs;
      table->activationGradient(kind, alpha, from.data(), from.ld, gradients.data(), gradients.ld, rows, units);
      check(gradients.equals(dz), describe(*table, "activationGradient", {size_t(kind), rows, units, size_t(values)}));
      table->activate(kind, alpha, logits.data(), logits.ld, rows, units, logits.data(), logits.ld);
      check(logits.equals(a), describe(*table, "activate in place", {size_t(kind), rows, units, size_t(values)}));
    }
  }
}

void testSums(const std::vector<const KernelTable*>& all, size_t rows, size_t units, Values values, Random& random) {
  const std::vector<float> a = randomTensor(random, rows * units, values), b = randomTensor(random, a.size(), values);
  std::vector<float> expected(a.size());
  for (size_t i = 0; i < a.size(); ++i) expected[i] = a[i] + b[i];
  for (const KernelTable* table : all) {
    RowMatrix first(a, rows, units, random), second(b, rows, units, random), to(rows, units, random);
    table->addRows(first.data(), first.ld, second.data(), second.ld, rows, units, to.data(), to.ld);
    check(to.equals(expected) && first.equals(a) && second.equals(b), describe(*table, "addRows", {rows, units}));
    // By columns, into one of the two.
    const std::vector<size_t> cuts = randomCuts(units, 16, random);
    RowMatrix& into = random.below(2) == 1 ? first : second;
    for (size_t c = 0; c + 1 < cuts.size(); ++c) {
      const size_t at = cuts[c];
      table->addRows(first.data() + at, first.ld, second.data() + at, second.ld, rows, cuts[c + 1] - at,
                     into.data() + at, into.ld);
    }
    check(into.equals(expected), describe(*table, "addRows in place", {rows, units}));
  }
}

struct Expected {
  std::vector<float> outputs, gradient, loss;
  std::vector<uint32_t> hits;
};

constexpr LossParameters kParameters = {0.3f, static_cast<float>(1 - static_cast<double>(0.3f))};

reference::RowLoss referenceLoss(Loss kind, const float* z, const float* t, uint32_t label, size_t units,
                                 float* outputs, float* gradient) {
  switch (kind) {
    case Loss::sparseCategoricalCrossentropy:
      return reference::sparseCategoricalCrossentropy(kFunctions, z, label, units, outputs, gradient);
    case Loss::categoricalCrossentropy:
      return reference::categoricalCrossentropy(kFunctions, z, t, units, outputs, gradient);
    case Loss::binaryCrossentropy:
      return reference::binaryCrossentropy(kFunctions, z, t, units, outputs, gradient);
    case Loss::meanSquaredError:
      return reference::meanSquaredError(z, t, units, gradient);
    case Loss::meanAbsoluteError:
      return reference::meanAbsoluteError(z, t, units, gradient);
    case Loss::huber:
      return reference::huber(kParameters.first, z, t, units, gradient);
    case Loss::logCosh:
      return reference::logCosh(kFunctions, z, t, units, gradient);
    case Loss::hinge:
      return reference::hinge(z, t, units, gradient);
    case Loss::poisson:
      return reference::poisson(kFunctions, z, t, units, gradient);
    case Loss::klDivergence:
      return reference::klDivergence(kFunctions, z, t, units, gradient);
    case Loss::quantile:
      return reference::quantile(kParameters.first, kParameters.second, z, t, units, gradient);
  }
  return {};
}

Expected expectedLoss(Loss kind, const std::vector<float>& z, const std::vector<float>& targets,
                      const std::vector<uint32_t>& labels, size_t rows, size_t units) {
  Expected e = {std::vector<float>(rows * units), std::vector<float>(rows * units), {}, {}};
  for (size_t r = 0; r < rows; ++r) {
    const float* row = z.data() + r * units;
    const float* t = targets.data() + r * units;
    float* outputs = e.outputs.data() + r * units;
    float* gradient = e.gradient.data() + r * units;
    const reference::RowLoss result = referenceLoss(kind, row, t, labels[r], units, outputs, gradient);
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
                    Loss::meanSquaredError, Loss::meanAbsoluteError, Loss::huber, Loss::logCosh, Loss::hinge,
                    Loss::poisson, Loss::klDivergence, Loss::quantile}) {
    const Expected expected = expectedLoss(kind, z, targets, labels, rows, units);
    const bool fromOutputs = !lossTakesLogits(kind);
    for (const KernelTable* table : all) {
      for (Ask ask : {Ask::both, Ask::gradientInPlace, Ask::outputsInPlace, Ask::lossOnly}) {
        if (fromOutputs && ask == Ask::outputsInPlace) continue;
        RowMatrix logits(z, rows, units, random), gradient(rows, units, random), outputs(rows, units, random);
        Guarded losses(rows), hits(rows), target(rows * units, random.below(16));
        const bool sparse = kind == Loss::sparseCategoricalCrossentropy;
        std::memcpy(target.data(), sparse ? static_cast<const void*>(labels.data()) : targets.data(),
                    (sparse ? rows : rows * units) * sizeof(float));
        RowMatrix& dz = ask == Ask::gradientInPlace ? logits : gradient;
        RowMatrix& y = ask == Ask::outputsInPlace ? logits : outputs;
        const bool wantGradient = ask == Ask::both || ask == Ask::gradientInPlace;
        const bool wantOutputs = !fromOutputs && (ask == Ask::both || ask == Ask::outputsInPlace);
        // Of a binary crossentropy what targets of 1 and 0 are.
        const LossParameters parameters = kind == Loss::binaryCrossentropy ? LossParameters{1, 0} : kParameters;
        table->loss(kind, parameters, logits.data(), logits.ld, target.data(), units, rows, units,
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

void testRowWeights(const std::vector<const KernelTable*>& all, size_t rows, size_t units, Values values,
                    Random& random) {
  const std::vector<float> gradient = randomTensor(random, rows * units, values);
  const std::vector<float> losses = randomTensor(random, rows, values), weights = randomTensor(random, rows, values);
  std::vector<float> expectedGradient = gradient, expectedLosses = losses;
  for (size_t r = 0; r < rows; ++r) {
    reference::weighRow(weights[r], expectedGradient.data() + r * units, units, expectedLosses[r]);
  }
  for (const KernelTable* table : all) {
    for (const bool withGradient : {true, false}) {
      RowMatrix dz(gradient, rows, units, random);
      Guarded of(rows, random.below(16)), loss(rows, random.below(16));
      std::memcpy(of.data(), weights.data(), rows * sizeof(float));
      std::memcpy(loss.data(), losses.data(), rows * sizeof(float));
      table->weighRows(of.data(), rows, units, withGradient ? dz.data() : nullptr, dz.ld, loss.data());
      bool well = loss.guardsIntact() && dz.equals(withGradient ? expectedGradient : gradient);
      for (size_t r = 0; r < rows; ++r) well = well && same(loss.data()[r], expectedLosses[r]);
      check(well, describe(*table, "weighRows", {rows, units, size_t(values), size_t(withGradient)}));
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
    testSums(all, rows, units, values, random);
    testLosses(all, rows, units, values, random);
    testRowWeights(all, rows, units, values, random);
    testGather(all, rows, units, random);
  }
  testLosses(all, 3, 1000, Values::plain, random);
  testLosses(all, 2, 1537, Values::wild, random);
  testActivations(all, 2, 1537, Values::plain, random);
}
