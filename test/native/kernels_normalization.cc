// Batch normalization, whole and split by columns; layer normalization, whole and split by rows.
#include <algorithm>

#include "kernels_test.h"

using namespace samebits;

namespace {

bool equalVectors(const std::vector<float>& expected, const Guarded& found) {
  bool equal = found.guardsIntact();
  for (size_t j = 0; j < expected.size(); ++j) equal = equal && same(found.data()[j], expected[j]);
  return equal;
}

Guarded vectorOf(const std::vector<float>& values) {
  Guarded vector(round16(values.size()));
  std::fill_n(vector.data(), round16(values.size()), 0.0f);
  std::copy(values.begin(), values.end(), vector.data());
  return vector;
}

void testBatch(const std::vector<const KernelTable*>& all, size_t rows, size_t units, size_t leaf, Values values,
               Random& random) {
  const bool scales = random.below(2) == 1, centers = random.below(2) == 1, passesBack = random.below(4) > 0;
  const size_t count = rows * units;
  const std::vector<float> gamma = randomTensor(random, units, Values::plain);
  const std::vector<float> beta = randomTensor(random, units, Values::plain);
  const std::vector<float> x = randomTensor(random, count, values), dy = randomTensor(random, count, values);
  const reference::Normalization slow = {scales ? gamma.data() : nullptr, centers ? beta.data() : nullptr, 1e-3f};
  std::vector<float> mean(units), variance(units), inverse(units), h(count), y(count), later(count);
  std::vector<float> shifts(units), slopes(units), dx(count);
  reference::batchNormalization(slow, x.data(), rows, units, leaf, mean.data(), variance.data(), inverse.data(),
                                h.data(), y.data());
  reference::batchNormalized(slow, x.data(), rows, units, mean.data(), variance.data(), later.data());
  reference::batchNormalizationGradient(slow, inverse.data(), h.data(), dy.data(), rows, units, leaf, shifts.data(),
                                        slopes.data(), dx.data());
  const OwnedOrder owned = balancedOrder(rows, leaf);
  const RowOrder order = owned.order();
  const float scale = static_cast<float>(1.0 / static_cast<double>(rows));
  for (const KernelTable* table : all) {
    Guarded g = vectorOf(gamma), b = vectorOf(beta);
    Guarded m(round16(units)), v(round16(units)), q(round16(units)), s(round16(units)), d(round16(units));
    const BatchNormalization what = {
        scales ? g.data() : nullptr, centers ? b.data() : nullptr, m.data(), v.data(), q.data(), 1e-3f, scale};
    RowMatrix from(x, rows, units, random), normalized(rows, units, random), to(rows, units, random);
    RowMatrix gradient(dy, rows, units, random);
    const std::vector<size_t> cuts = randomCuts(units, 16, random);
    for (size_t c = 0; c + 1 < cuts.size(); ++c) {
      table->batchNormalization(&what, &order, from.data(), from.ld, rows, cuts[c], cuts[c + 1], normalized.data(),
                                normalized.ld, to.data(), to.ld);
    }
    const std::initializer_list<size_t> shape = {rows, units, leaf};
    check(to.equals(y) && normalized.equals(h), describe(*table, "batch normalization", shape));
    check(equalVectors(mean, m) && equalVectors(variance, v) && equalVectors(inverse, q),
          describe(*table, "statistics", shape));
    for (size_t c = 0; c + 1 < cuts.size(); ++c) {
      table->batchNormalizationGradient(&what, &order, normalized.data(), normalized.ld, rows, cuts[c], cuts[c + 1],
                                        passesBack, gradient.data(), gradient.ld, s.data(), d.data());
    }
    check(gradient.equals(passesBack ? dx : dy) && equalVectors(shifts, s) && equalVectors(slopes, d),
          describe(*table, "gradient of batch normalization", shape));
    table->batchNormalized(&what, from.data(), from.ld, rows, 0, units, from.data(), from.ld);
    check(from.equals(later), describe(*table, "batch normalization by given statistics, in place", shape));
  }
}

void testFollow(const std::vector<const KernelTable*>& all, size_t count, Values values, Random& random) {
  const std::vector<float> batch = randomTensor(random, count, values), before = randomTensor(random, count, values);
  const float momentum = random.unit(), rest = random.unit();
  std::vector<float> expected(count);
  bool broken = false;
  for (size_t i = 0; i < count; ++i) {
    expected[i] = reference::follow(before[i], batch[i], momentum, rest);
    broken = broken || !std::isfinite(expected[i]);
  }
  for (const KernelTable* table : all) {
    Guarded from = vectorOf(batch), moving = vectorOf(before);
    const bool found = table->follow(from.data(), round16(count), momentum, rest, moving.data());
    check(equalVectors(expected, moving) && found == broken, describe(*table, "moving average", {count}));
  }
}

void testLayer(const std::vector<const KernelTable*>& all, size_t rows, size_t units, Values values, Random& random) {
  const bool scales = random.below(2) == 1, centers = random.below(2) == 1;
  const size_t count = rows * units;
  const std::vector<float> gamma = randomTensor(random, units, Values::plain);
  const std::vector<float> beta = randomTensor(random, units, Values::plain);
  const std::vector<float> x = randomTensor(random, count, values), dy = randomTensor(random, count, values);
  const reference::Normalization slow = {scales ? gamma.data() : nullptr, centers ? beta.data() : nullptr, 1e-3f};
  std::vector<float> inverse(rows), h(count), y(count), dx(count);
  for (size_t i = 0; i < count; i += units) {
    inverse[i / units] = reference::layerNormalization(slow, &x[i], units, &h[i], &y[i]);
    reference::layerNormalizationGradient(slow, inverse[i / units], &h[i], &dy[i], units, &dx[i]);
  }
  const float scale = static_cast<float>(1.0 / static_cast<double>(units));
  const std::initializer_list<size_t> shape = {rows, units};
  for (const KernelTable* table : all) {
    Guarded g = vectorOf(gamma), b = vectorOf(beta), q(rows);
    const LayerNormalization what = {scales ? g.data() : nullptr, centers ? b.data() : nullptr, 1e-3f, scale};
    RowMatrix from(x, rows, units, random), normalized(rows, units, random), to(rows, units, random);
    RowMatrix above(dy, rows, units, random), below(rows, units, random);
    const std::vector<size_t> cuts = randomCuts(rows, 1, random);
    for (size_t c = 0; c + 1 < cuts.size(); ++c) {
      const size_t first = cuts[c], part = cuts[c + 1] - first;
      table->layerNormalization(&what, from.row(first), from.ld, part, units, normalized.row(first), normalized.ld,
                                q.data() + first, to.row(first), to.ld);
      table->layerNormalizationGradient(&what, normalized.row(first), normalized.ld, q.data() + first, above.row(first),
                                        above.ld, part, units, below.row(first), below.ld);
    }
    check(to.equals(y) && normalized.equals(h), describe(*table, "layer normalization", shape));
    check(equalVectors(inverse, q), describe(*table, "inverses of layer normalization", shape));
    check(below.equals(dx), describe(*table, "gradient of layer normalization", shape));
    table->layerNormalization(&what, from.data(), from.ld, rows, units, nullptr, 0, nullptr, from.data(), from.ld);
    check(from.equals(y), describe(*table, "layer normalization in place", shape));
    table->layerNormalizationGradient(&what, normalized.data(), normalized.ld, q.data(), above.data(), above.ld, rows,
                                      units, above.data(), above.ld);
    check(above.equals(dx), describe(*table, "gradient of layer normalization in place", shape));
  }
}

std::vector<float> columnOf(const std::vector<float>& matrix, size_t column, size_t columns) {
  std::vector<float> values;
  for (size_t i = column; i < matrix.size(); i += columns) values.push_back(matrix[i]);
  return values;
}

// Each unit's is the weight gradient of one input and one unit.
void testScaleGradient(const std::vector<const KernelTable*>& all, size_t rows, size_t units, Values values,
                       Random& random) {
  const std::vector<float> h = randomTensor(random, rows * units, values);
  const std::vector<float> dy = randomTensor(random, rows * units, values);
  const OwnedOrder owned = randomOrder(rows, random);
  const RowOrder order = owned.order();
  std::vector<float> expected(units);
  for (size_t j = 0; j < units; ++j) {
    const std::vector<float> x = columnOf(h, j, units), dz = columnOf(dy, j, units);
    reference::weightGradientOrdered(x.data(), dz.data(), owned.referenceOrder(), 1, 1, &expected[j]);
  }
  Update store{};
  store.kind = UpdateKind::store;
  store.scale = 1;
  for (const KernelTable* table : all) {
    RowMatrix factors(h, rows, units, random), gradient(dy, rows, units, random);
    Guarded sums(round16(units));
    const ParameterSlots slots{sums.data(), nullptr, nullptr, nullptr, nullptr, nullptr};
    const std::vector<size_t> cuts = randomCuts(units, 16, random);
    for (size_t c = 0; c + 1 < cuts.size(); ++c) {
      table->scaleGradient(factors.data(), factors.ld, gradient.data(), gradient.ld, &order, units, cuts[c],
                           cuts[c + 1], &store, &slots, nullptr);
    }
    check(equalVectors(expected, sums), describe(*table, "scaleGradient", {rows, units}));
  }
}

}  // namespace

void testNormalization(const std::vector<const KernelTable*>& all) {
  Random random{7};
  for (size_t i = 0; i < 60; ++i) {
    const Values values = kAllValues[i % 4];
    testBatch(all, random.extent(200), i < 20 ? 1 + i : random.extent(300), random.extent(70), values, random);
    testFollow(all, random.extent(100), values, random);
    testLayer(all, random.extent(30), i < 20 ? 1 + i : random.extent(700), values, random);
    testScaleGradient(all, random.extent(100), i < 20 ? 1 + i : random.extent(200), values, random);
  }
}
