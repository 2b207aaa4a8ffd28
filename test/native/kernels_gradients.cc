// weightGradient, biasGradient and the optimizers: any order over rows, any split, stored and fused.
#include "kernels_test.h"

using namespace samebits;

namespace {

constexpr UpdateKind kUpdates[] = {
    UpdateKind::store,    UpdateKind::sgd,     UpdateKind::momentum,        UpdateKind::adam,
    UpdateKind::nesterov, UpdateKind::rmsprop, UpdateKind::rmspropMomentum, UpdateKind::adagrad,
    UpdateKind::amsgrad,  UpdateKind::nadam};

// What an update does beside its optimizer.
struct Extras {
  float l2 = 0, l1 = 0, clipValue = 0, weightDecay = 0;
  bool nonNegative = false, averages = false, averageReplaces = false;
};

constexpr Extras kExtras[] = {{},
                              {0.02f},
                              {0, 0.03f},
                              {0.02f, 0.003f, 0.001f},
                              {0, 0, 0, 0.004f},
                              {0, 0, 0.01f, 0.5f, true},
                              {0, 0, 0, 0, false, true},
                              {0.02f, 0, 0.02f, 0.001f, true, true, true},
                              {0, 0, 0, 0, true, true}};

Update makeUpdate(UpdateKind kind, size_t rows, const Extras& extras) {
  Update update = {};
  update.kind = kind;
  update.l2 = extras.l2;
  update.l1 = extras.l1;
  update.clipValue = extras.clipValue;
  update.weightDecay = extras.weightDecay;
  update.nonNegative = extras.nonNegative;
  update.averageMomentum = 0.9f;
  update.averageShare = 0.1f;
  update.averageReplaces = extras.averageReplaces;
  update.scale = static_cast<float>(1.0 / static_cast<double>(rows));
  update.learningRate = 0.01f;
  update.momentum = 0.9f;
  update.beta1 = 0.9f;
  update.oneMinusBeta1 = 0.1f;
  update.beta2 = 0.999f;
  update.oneMinusBeta2 = 0.001f;
  update.stepSize = 0.0317f;
  update.gradientStep = 0.0123f;
  update.inverseRoot = 22.36f;
  update.epsilon = 1e-7f;
  return update;
}

// A parameter tensor's slots as plain vectors.
struct Slots {
  std::vector<float> gradient, value, first, second, third, average;
};

void referenceUpdate(const Update& u, bool averages, const std::vector<float>& sums, Slots& slots) {
  const reference::Adam adam = {u.beta1,    u.oneMinusBeta1, u.beta2,  u.oneMinusBeta2,
                                u.stepSize, u.inverseRoot,   u.epsilon};
  const reference::RmsProp rmsProp = {u.learningRate, u.beta2, u.oneMinusBeta2, u.momentum, u.epsilon};
  for (size_t i = 0; i < sums.size(); ++i) {
    float g = sums[i] * u.scale;
    g = reference::regularized(g, u.l2, u.l1, slots.value[i]);
    if (u.kind == UpdateKind::store) {
      slots.gradient[i] = g;
      continue;
    }
    if (u.clipValue != 0) g = reference::clipped(g, u.clipValue);
    if (u.weightDecay != 0) reference::decay(u.weightDecay, slots.value[i]);
    if (u.kind == UpdateKind::sgd) reference::sgd(g, u.learningRate, slots.value[i]);
    if (u.kind == UpdateKind::momentum) {
      reference::sgdMomentum(g, u.learningRate, u.momentum, slots.first[i], slots.value[i]);
    }
    if (u.kind == UpdateKind::adam) reference::adam(g, adam, slots.first[i], slots.second[i], slots.value[i]);
    if (u.kind == UpdateKind::nesterov) {
      reference::sgdNesterov(g, u.learningRate, u.momentum, slots.first[i], slots.value[i]);
    }
    if (u.kind == UpdateKind::rmsprop) reference::rmsProp(g, rmsProp, slots.first[i], nullptr, slots.value[i]);
    if (u.kind == UpdateKind::rmspropMomentum) {
      reference::rmsProp(g, rmsProp, slots.first[i], &slots.second[i], slots.value[i]);
    }
    if (u.kind == UpdateKind::adagrad) {
      reference::adagrad(g, u.learningRate, u.epsilon, slots.first[i], slots.value[i]);
    }
    if (u.kind == UpdateKind::amsgrad) {
      reference::amsgrad(g, adam, slots.first[i], slots.second[i], slots.third[i], slots.value[i]);
    }
    if (u.kind == UpdateKind::nadam) {
      reference::nadam(g, adam, u.gradientStep, slots.first[i], slots.second[i], slots.value[i]);
    }
    if (u.nonNegative) reference::nonNegative(slots.value[i]);
    if (!averages) continue;
    reference::average(slots.value[i], u.averageMomentum, u.averageShare, slots.average[i]);
    if (u.averageReplaces) slots.value[i] = slots.average[i];
  }
}

bool anyNonFinite(const std::vector<float>& values) {
  for (float value : values) {
    if (!std::isfinite(value)) return true;
  }
  return false;
}

// The same slots in panels layout (a bias is a matrix with one input).
struct PanelSlots {
  PanelMatrix gradient, value, first, second, third, average;
  PanelSlots(const Slots& s, size_t inputs, size_t units, size_t panel)
      : gradient(s.gradient, inputs, units, panel),
        value(s.value, inputs, units, panel),
        first(s.first, inputs, units, panel),
        second(s.second, inputs, units, panel),
        third(s.third, inputs, units, panel),
        average(s.average, inputs, units, panel) {}
  ParameterSlots slots(bool averages) {
    return {gradient.data(), value.data(), first.data(),
            second.data(),   third.data(), averages ? average.data() : nullptr};
  }
  // Only the slots that the update uses: the others are null.
  ParameterSlots used(const Update& update, bool averages) {
    const UpdateKind kind = update.kind;
    ParameterSlots all = slots(averages);
    if (kind != UpdateKind::store) all.gradient = nullptr;
    if (kind == UpdateKind::store && update.l2 == 0 && update.l1 == 0) all.value = nullptr;
    if (kind == UpdateKind::store || kind == UpdateKind::sgd) all.first = nullptr;
    const bool hasSecond = kind == UpdateKind::adam || kind == UpdateKind::rmspropMomentum ||
                           kind == UpdateKind::amsgrad || kind == UpdateKind::nadam;
    if (!hasSecond) all.second = nullptr;
    if (kind != UpdateKind::amsgrad) all.third = nullptr;
    return all;
  }
  bool equal(const Slots& s) const {
    return gradient.equals(s.gradient) && value.equals(s.value) && first.equals(s.first) && second.equals(s.second) &&
           third.equals(s.third) && average.equals(s.average);
  }
};

struct Case {
  size_t rows, inputs, units;
  OwnedOrder order;
  Values values;
  UpdateKind kind;
  Extras extras;
};

void testCase(const std::vector<const KernelTable*>& all, const Case& c, Random& random) {
  const size_t count = c.inputs * c.units;
  const std::vector<float> x = randomTensor(random, c.rows * c.inputs, c.values);
  const std::vector<float> dz = randomTensor(random, c.rows * c.units, c.values);
  std::vector<float> weightSums(count), biasSums(c.units);
  reference::weightGradientOrdered(x.data(), dz.data(), c.order.referenceOrder(), c.inputs, c.units, weightSums.data());
  reference::biasGradientOrdered(dz.data(), c.order.referenceOrder(), c.units, biasSums.data());

  const Update update = makeUpdate(c.kind, c.rows, c.extras);
  const bool averages = c.extras.averages;
  Slots weightsBefore = {std::vector<float>(count, 0.5f),           randomTensor(random, count, Values::plain),
                         randomTensor(random, count, Values::tiny), std::vector<float>(count, 1e-6f),
                         randomTensor(random, count, Values::tiny), randomTensor(random, count, Values::plain)};
  Slots biasBefore = {std::vector<float>(c.units, 0.5f),
                      randomTensor(random, c.units, Values::plain),
                      randomTensor(random, c.units, Values::zeros),
                      std::vector<float>(c.units, 1e-6f),
                      std::vector<float>(c.units, 1e-3f),
                      randomTensor(random, c.units, Values::zeros)};
  if (c.kind == UpdateKind::rmsprop || c.kind == UpdateKind::rmspropMomentum || c.kind == UpdateKind::adagrad) {
    for (float& v : weightsBefore.first) v = std::fabs(v);  // a mean of squares
    for (float& v : biasBefore.first) v = std::fabs(v);
  }
  Slots weightsAfter = weightsBefore, biasAfter = biasBefore;
  referenceUpdate(update, averages, weightSums, weightsAfter);
  referenceUpdate(update, averages, biasSums, biasAfter);
  const bool updates = update.kind != UpdateKind::store;
  const uint64_t weightMark = reference::mark(weightsAfter.value.data(), count);
  const uint64_t biasMark = reference::mark(biasAfter.value.data(), c.units);
  const RowOrder order = c.order.order();

  for (const KernelTable* table : all) {
    RowMatrix rows(x, c.rows, c.inputs, random);
    RowMatrix dzRows(dz, c.rows, c.units, random);

    Guarded scratch(std::min<size_t>(c.rows * table->scratchPerRow, table->mostScratch));
    PanelSlots whole(weightsBefore, c.inputs, c.units, table->panel);
    const ParameterSlots slots = whole.used(update, averages);
    uint64_t mark = 0, *const markSum = updates ? &mark : nullptr;
    const bool broken = table->weightGradient(rows.data(), rows.ld, dzRows.data(), dzRows.ld, &order, c.inputs, c.units,
                                              0, c.inputs, 0, c.units, &update, &slots, scratch.data(), markSum);
    check(whole.equal(weightsAfter),
          describe(*table, "weightGradient", {c.rows, c.inputs, c.units, size_t(update.kind)}));
    check(broken == (updates && anyNonFinite(weightsAfter.value)), describe(*table, "weightGradient's flag", {c.rows}));
    check(!updates || mark == weightMark, describe(*table, "weightGradient's mark", {c.rows, c.inputs, c.units}));
    mark = 0;

    PanelSlots pieces(weightsBefore, c.inputs, c.units, table->panel);
    const ParameterSlots pieceSlots = pieces.slots(averages);
    const std::vector<size_t> inputCuts = randomCuts(c.inputs, table->inputTile, random);
    const std::vector<size_t> columnCuts = randomCuts(c.units, table->panel, random);
    for (size_t i = 0; i + 1 < inputCuts.size(); ++i) {
      for (size_t j = 0; j + 1 < columnCuts.size(); ++j) {
        table->weightGradient(rows.data(), rows.ld, dzRows.data(), dzRows.ld, &order, c.inputs, c.units, inputCuts[i],
                              inputCuts[i + 1], columnCuts[j], columnCuts[j + 1], &update, &pieceSlots, scratch.data(),
                              markSum);
      }
    }
    check(pieces.equal(weightsAfter), describe(*table, "weightGradient in pieces", {c.rows, c.inputs, c.units}));
    check(!updates || mark == weightMark, describe(*table, "mark in pieces", {c.rows, c.inputs, c.units}));
    mark = 0;

    if (updates) {  // the stored plan
      const Update store = makeUpdate(UpdateKind::store, c.rows, c.extras);
      Slots gradients = weightsBefore;
      referenceUpdate(store, averages, weightSums, gradients);
      Update apply = update;
      apply.scale = 1;
      apply.l2 = apply.l1 = 0;
      PanelSlots stored(weightsBefore, c.inputs, c.units, table->panel);
      const ParameterSlots storedSlots = stored.slots(averages);
      table->weightGradient(rows.data(), rows.ld, dzRows.data(), dzRows.ld, &order, c.inputs, c.units, 0, c.inputs, 0,
                            c.units, &store, &storedSlots, scratch.data(), nullptr);
      check(stored.equal(gradients), describe(*table, "stored gradient", {c.rows, c.inputs, c.units}));
      const bool storedBroken = table->update(&apply, stored.value.floats(), &storedSlots);
      check(stored.value.equals(weightsAfter.value) && stored.first.equals(weightsAfter.first) &&
                stored.second.equals(weightsAfter.second) && stored.third.equals(weightsAfter.third) &&
                stored.average.equals(weightsAfter.average) && storedBroken == broken,
            describe(*table, "stored gradient, then update", {c.rows, c.inputs, c.units, size_t(update.kind)}));
    }

    check(scratch.guardsIntact(), describe(*table, "weightGradient's scratch memory", {c.rows, c.inputs, c.units}));

    PanelSlots bias(biasBefore, 1, c.units, table->panel);
    const ParameterSlots biasSlots = bias.used(update, averages);
    bool biasBroken = false;
    const std::vector<size_t> biasCuts = randomCuts(c.units, table->panel, random);
    for (size_t j = 0; j + 1 < biasCuts.size(); ++j) {
      biasBroken |= table->biasGradient(dzRows.data(), dzRows.ld, &order, c.units, biasCuts[j], biasCuts[j + 1],
                                        &update, &biasSlots, markSum);
    }
    check(bias.equal(biasAfter), describe(*table, "biasGradient", {c.rows, c.units, size_t(update.kind)}));
    check(!updates || mark == biasMark, describe(*table, "biasGradient's mark", {c.rows, c.units}));
    check(biasBroken == (updates && anyNonFinite(biasAfter.value)), describe(*table, "biasGradient's flag", {c.rows}));
  }
}

}  // namespace

void testGradients(const std::vector<const KernelTable*>& all) {
  Random random{2};
  for (size_t i = 0; i < 150; ++i) {
    const size_t rows = random.extent(300);
    const OwnedOrder order = i % 3 == 0   ? balancedOrder(rows, 64)
                             : i % 3 == 1 ? balancedOrder(rows, 1 + random.below(9))
                                          : randomOrder(rows, random);
    testCase(
        all,
        {rows, random.extent(300), random.extent(300), order, kAllValues[i % 4], kUpdates[i % 10], kExtras[i / 10 % 9]},
        random);
  }
  // Several blocks of packed inputs with a rest; blocks of fewer tiles; and more rows than are packed.
  testCase(all, {1500, 500, 70, balancedOrder(1500, 64), Values::plain, UpdateKind::store, {}}, random);
  testCase(all, {37, 1003, 75, balancedOrder(37, 8), Values::plain, UpdateKind::momentum, {}}, random);
  testCase(all, {4099, 61, 40, balancedOrder(4099, 64), Values::plain, UpdateKind::adam, {}}, random);
  // Many whole tiles in a row, one of them with padding, some no longer finite.
  testCase(all, {130, 300, 160, balancedOrder(130, 64), Values::plain, UpdateKind::sgd, {}}, random);
  testCase(all, {40, 301, 110, balancedOrder(40, 64), Values::wild, UpdateKind::adam, {}}, random);
  // The ordered reference on a balanced order is the tree.
  for (size_t rows : {1, 64, 65, 200, 300}) {
    const std::vector<float> x = randomTensor(random, rows * 3, Values::plain);
    const std::vector<float> dz = randomTensor(random, rows * 2, Values::plain);
    std::vector<float> tree(6), ordered(6);
    reference::weightGradient(x.data(), dz.data(), rows, 3, 2, 64, tree.data());
    reference::weightGradientOrdered(x.data(), dz.data(), balancedOrder(rows, 64).referenceOrder(), 3, 2,
                                     ordered.data());
    check(tree == ordered, "reference: a balanced order is the tree");
  }
}
