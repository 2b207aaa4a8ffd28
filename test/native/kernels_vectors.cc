// Sums inside a vector, fma, and the elementary functions as the table offers them.
#include "correctly_rounded.h"
#include "kernels_test.h"

using namespace samebits;

namespace {

// The tree over leaves, as an engine would build it from sumLeaf and dotLeaf.
template <typename Leaf>
float overLeaves(size_t count, Leaf leaf) {
  std::vector<float> sums;
  for (size_t begin = 0; begin < count; begin += kFeatureLeaf) {
    sums.push_back(leaf(begin, count - begin < kFeatureLeaf ? count - begin : kFeatureLeaf));
  }
  return reference::balancedTree(sums.data(), sums.size());
}

void testSums(const std::vector<const KernelTable*>& all, size_t count, Values values, Random& random) {
  const std::vector<float> a = randomTensor(random, count, values), b = randomTensor(random, count, values);
  const float sum = reference::sumFixed(a.data(), count), dot = reference::dotFixed(a.data(), b.data(), count);
  const std::vector<float> lanes = randomTensor(random, 16, values);
  std::vector<float> sumLanes = lanes, dotLanes = lanes;
  for (size_t i = 0; i < count; ++i) {
    sumLanes[i % 16] = sumLanes[i % 16] + a[i];
    dotLanes[i % 16] = reference::fma(a[i], b[i], dotLanes[i % 16]);
  }
  std::vector<float> tree = lanes;
  const float combined = reference::balancedTree(tree.data(), 16);

  for (const KernelTable* table : all) {
    Guarded left(count, random.below(16)), right(count, random.below(16));
    if (count > 0) std::memcpy(left.data(), a.data(), count * sizeof(float));
    if (count > 0) std::memcpy(right.data(), b.data(), count * sizeof(float));
    const float gotSum = overLeaves(count, [&](size_t i, size_t n) { return table->sumLeaf(left.data() + i, n); });
    const float gotDot =
        overLeaves(count, [&](size_t i, size_t n) { return table->dotLeaf(left.data() + i, right.data() + i, n); });
    check(same(gotSum, sum) && same(gotDot, dot), describe(*table, "sumLeaf, dotLeaf", {count, size_t(values)}));

    std::vector<float> gotSumLanes = lanes, gotDotLanes = lanes;
    table->sumOn(left.data(), count, gotSumLanes.data());
    table->dotOn(left.data(), right.data(), count, gotDotLanes.data());
    bool well = same(table->combineLanes(lanes.data()), combined);
    for (size_t l = 0; l < 16; ++l) {
      well = well && same(gotSumLanes[l], sumLanes[l]) && same(gotDotLanes[l], dotLanes[l]);
    }
    check(well, describe(*table, "sumOn, dotOn, combineLanes", {count, size_t(values)}));
  }
}

// Sums that land near the middle between two binary32, with and without subnormals.
float hardAddend(float a, float b, Random& random) {
  const float product = a * b;
  const float scaled = std::ldexp(product, static_cast<int>(random.below(60)) - 30);
  return random.below(4) == 0 ? -product : random.below(2) == 0 ? scaled : -scaled;
}

void testFma(const std::vector<const KernelTable*>& all) {
  Random random{4};
  for (int round = 0; round < 20000; ++round) {
    float a[16], b[16], c[16];
    for (size_t l = 0; l < 16; ++l) {
      const uint32_t bits[3] = {uint32_t(random.next()), uint32_t(random.next()), uint32_t(random.next())};
      std::memcpy(a + l, bits, 4);
      std::memcpy(b + l, bits + 1, 4);
      std::memcpy(c + l, bits + 2, 4);
      if (random.below(2) == 0) {  // ordinary sizes, few bits: exact halves occur
        a[l] = std::ldexp(float(random.below(1 << 13)), -6);
        b[l] = std::ldexp(float(random.below(1 << 13)), -6 - int(random.below(4) * 40));
      }
      if (random.below(3) != 0) c[l] = hardAddend(a[l], b[l], random);
    }
    bool referenceWell = true;
    for (size_t l = 0; l < 16; ++l)
      referenceWell = referenceWell && same(reference::fma(a[l], b[l], c[l]), std::fma(a[l], b[l], c[l]));
    check(referenceWell, "reference: fma is the C library's");
    for (const KernelTable* table : all) {
      float lanes[16];
      std::memcpy(lanes, c, sizeof lanes);
      table->dotOn(a, b, 16, lanes);
      bool well = true;
      for (size_t l = 0; l < 16; ++l) well = well && same(lanes[l], reference::fma(a[l], b[l], c[l]));
      check(well, describe(*table, "fma", {size_t(round)}));
    }
  }
}

using ArrayFunction = void (*KernelTable::*)(const float*, size_t, float*);
struct NamedFunction {
  const char* name;
  ArrayFunction function;
  float (*expected)(float);
};
constexpr NamedFunction kFunctions[] = {
    {"exp", &KernelTable::exp, correctlyRoundedExp},
    {"expm1", &KernelTable::expm1, correctlyRoundedExpm1},
    {"log", &KernelTable::log, correctlyRoundedLog},
    {"log1p", &KernelTable::log1p, correctlyRoundedLog1p},
    {"tanh", &KernelTable::tanh, correctlyRoundedTanh},
    {"erf", &KernelTable::erf, correctlyRoundedErf},
    {"sigmoid", &KernelTable::sigmoid, correctlyRoundedSigmoid},
};

void testElementary(const std::vector<const KernelTable*>& all) {
  Random random{5};
  for (size_t count : {0, 1, 2, 7, 15, 16, 17, 31, 33, 64, 100, 257}) {
    std::vector<float> x = randomTensor(random, count, Values::wild);
    for (float& value : x) value *= random.below(2) == 0 ? 1.0f : 20.0f * random.unit();
    for (const NamedFunction& named : kFunctions) {
      for (const KernelTable* table : all) {
        Guarded in(count, random.below(16)), out(count, random.below(16));
        if (count > 0) std::memcpy(in.data(), x.data(), count * sizeof(float));
        (table->*named.function)(in.data(), count, out.data());
        (table->*named.function)(in.data(), count, in.data());
        bool well = in.guardsIntact() && out.guardsIntact();
        for (size_t i = 0; i < count; ++i) {
          well = well && same(out.data()[i], named.expected(x[i])) && same(in.data()[i], named.expected(x[i]));
        }
        check(well, describe(*table, named.name, {count}));
      }
    }
  }
}

}  // namespace

void testVectors(const std::vector<const KernelTable*>& all) {
  Random random{6};
  for (size_t count : {0, 1, 15, 16, 17, 255, 256, 257, 512, 513, 1300, 5000}) {
    for (Values values : kAllValues) testSums(all, count, values, random);
  }
  testFma(all);
  testElementary(all);
}
