// Dropout and Gaussian noise, whole and in pieces.
#include "correctly_rounded.h"
#include "kernels_test.h"

using namespace samebits;

namespace {

const reference::Functions kFunctions = {nullptr, correctlyRoundedLog, nullptr, nullptr, nullptr, nullptr, nullptr};

struct Shape {
  size_t rows, units;
};

RowStream randomStream(Random& random) {
  const auto word = [&] { return static_cast<uint32_t>(random.next()); };
  return {{word(), word()}, word(), word()};
}

reference::Stream slow(const RowStream& stream) { return {{stream.key[0], stream.key[1]}, stream.number, stream.step}; }

// Calls piece(row, rows, columnBegin, columnEnd) for all pieces of random cuts.
template <class Piece>
void inPieces(const Shape& shape, Random& random, const Piece& piece) {
  const std::vector<size_t> rows = randomCuts(shape.rows, 1, random), columns = randomCuts(shape.units, 16, random);
  for (size_t r = 0; r + 1 < rows.size(); ++r) {
    for (size_t c = 0; c + 1 < columns.size(); ++c) piece(rows[r], rows[r + 1] - rows[r], columns[c], columns[c + 1]);
  }
}

void testDropout(const std::vector<const KernelTable*>& all, const Shape& shape, Values values, Random& random) {
  const size_t rows = shape.rows, units = shape.units;
  // Rates 0, ½, one in 2^32 kept, and any.
  const uint32_t thresholds[] = {0, 0x80000000u, 0xffffffffu, static_cast<uint32_t>(random.next())};
  const DropoutMask mask = {randomStream(random), thresholds[random.below(4)], 1.0f + random.unit()};
  const size_t firstRow = random.below(1000);
  const std::vector<float> x = randomTensor(random, rows * units, values);
  const std::vector<float> dy = randomTensor(random, rows * units, values);
  std::vector<float> expected(rows * units), expectedBack(rows * units);
  for (size_t i = 0; i < rows * units; ++i) {
    const uint32_t row = static_cast<uint32_t>(firstRow + i / units);
    const bool kept = reference::isKept(slow(mask.stream), mask.threshold, row, static_cast<uint32_t>(i % units));
    expected[i] = kept ? x[i] * mask.scale : 0.0f;
    expectedBack[i] = kept ? dy[i] * mask.scale : 0.0f;
  }
  const size_t ldb = round16(units) / 16;
  for (const KernelTable* table : all) {
    RowMatrix source(x, rows, units, random), target(rows, units, random), back(dy, rows, units, random);
    std::vector<uint16_t> bits(rows * ldb, 0xa5a5);
    inPieces(shape, random, [&](size_t row, size_t count, size_t begin, size_t end) {
      table->dropout(&mask, source.row(row), source.ld, firstRow + row, count, begin, end, target.row(row), target.ld,
                     &bits[row * ldb], ldb);
    });
    check(target.equals(expected), describe(*table, "dropout in pieces", {rows, units, mask.threshold}));
    inPieces(shape, random, [&](size_t row, size_t count, size_t begin, size_t end) {
      table->dropoutGradient(mask.scale, &bits[row * ldb], ldb, count, begin, end, back.row(row), back.ld);
    });
    check(back.equals(expectedBack), describe(*table, "dropoutGradient in pieces", {rows, units, mask.threshold}));
    table->dropout(&mask, source.data(), source.ld, firstRow, rows, 0, units, source.data(), source.ld, bits.data(),
                   ldb);
    check(source.equals(expected), describe(*table, "dropout in place", {rows, units, mask.threshold}));
  }
}

void testNoise(const std::vector<const KernelTable*>& all, const Shape& shape, Values values, Random& random) {
  const size_t rows = shape.rows, units = shape.units;
  const float factors[] = {1.0f, 0x1p-149f, 3e38f, random.unit()};
  const GaussianNoise noise = {randomStream(random), factors[random.below(4)]};
  const size_t firstRow = random.below(1000);
  const std::vector<float> x = randomTensor(random, rows * units, values);
  std::vector<float> expected(rows * units);
  for (size_t i = 0; i < rows * units; ++i) {
    const uint32_t row = static_cast<uint32_t>(firstRow + i / units), unit = static_cast<uint32_t>(i % units);
    const float scaled =
        reference::normal(kFunctions, correctlyRoundedCospi, slow(noise.stream), row, unit) * noise.stddev;
    expected[i] = x[i] + scaled;
  }
  for (const KernelTable* table : all) {
    RowMatrix source(x, rows, units, random), target(rows, units, random);
    inPieces(shape, random, [&](size_t row, size_t count, size_t begin, size_t end) {
      table->addNoise(&noise, source.row(row), source.ld, firstRow + row, count, begin, end, target.row(row),
                      target.ld);
    });
    check(target.equals(expected), describe(*table, "addNoise in pieces", {rows, units}));
    table->addNoise(&noise, source.data(), source.ld, firstRow, rows, 0, units, source.data(), source.ld);
    check(source.equals(expected), describe(*table, "addNoise in place", {rows, units}));
  }
}

}  // namespace

void testMasks(const std::vector<const KernelTable*>& all) {
  Random random{13};
  for (size_t i = 0; i < 60; ++i) {
    const Values values = kAllValues[i % 4];
    const Shape shape = {random.extent(40), i < 20 ? 1 + i : random.extent(300)};
    testDropout(all, shape, values, random);
    testNoise(all, shape, values, random);
  }
}
