// The sums of an embedding's gradient: the terms of each category alone, in the order of the batch.
#include <algorithm>
#include <numeric>

#include "../../native/engine/arrival.h"
#include "../../native/engine/joins.h"
#include "../../native/engine/table_terms.h"
#include "../../native/engine/tree.h"
#include "../../native/kernels/reference.h"
#include "engine_test.h"

using namespace samebits;

namespace {

struct Lookups {
  size_t rows, categories, columns, units;
  std::vector<uint32_t> looked;  // [rows, columns]
  std::vector<float> terms;      // [rows, columns, units]

  std::string name() const {
    return std::to_string(rows) + " rows of " + std::to_string(columns) + " columns, " + std::to_string(categories) +
           " categories of " + std::to_string(units) + " units";
  }
};

Lookups lookups(size_t rows, size_t categories, size_t columns, size_t units, Numbers& numbers) {
  Lookups made{rows, categories, columns, units, {}, {}};
  for (size_t i = 0; i < rows * columns; ++i) {
    // Half of them are few categories, so that some come often.
    const size_t among = numbers.below(2) == 0 ? std::min<size_t>(categories, 3) : categories;
    made.looked.push_back(static_cast<uint32_t>(numbers.below(among)));
  }
  constexpr float kOdd[] = {0.0f, -0.0f, 1e-45f, -1e-40f, 3e38f};
  for (size_t i = 0; i < rows * columns * units; ++i) {
    const bool odd = numbers.below(10) == 0;
    made.terms.push_back(odd ? kOdd[numbers.below(5)] : numbers.centered());
  }
  return made;
}

// A table's gradient as the reference has it, and which rows have one.
struct Gradient {
  std::vector<float> sums;
  std::vector<char> touched;
};

Gradient expectedGradient(const Lookups& of, const RowOrder& order) {
  std::vector<uint32_t> rows;
  std::vector<size_t> ends;
  uint32_t segment = 0;
  for (uint32_t chain = 0; chain < order.chains; ++chain) {
    for (; segment < order.chainEnd[chain]; ++segment) {
      for (uint32_t i = 0; i < order.segments[segment].count; ++i) rows.push_back(order.segments[segment].begin + i);
    }
    ends.push_back(rows.size());
  }
  Gradient gradient{std::vector<float>(of.categories * of.units), {}};
  std::vector<uint8_t> touched(of.categories);
  reference::embeddingGradientOrdered(of.terms.data(), of.looked.data(), of.columns, of.units,
                                      {rows.data(), ends.data(), order.mergesAfter, order.chains}, of.categories,
                                      gradient.sums.data(), touched.data());
  gradient.touched.assign(touched.begin(), touched.end());
  return gradient;
}

// What a team of `members` finds, one member after the other, twice over the same memory.
void testSums(const Lookups& of, const RowOrder& order, const Gradient& expected, unsigned members,
              const std::string& what) {
  // Vectors stand in rows of `ld` floats, those of a column at a place of its own that is not aligned.
  const size_t ld = round16(3 + of.columns * of.units + 5);
  std::vector<size_t> outputs;
  for (size_t q = 0; q < of.columns; ++q) outputs.push_back(3 + (of.columns - 1 - q) * of.units);
  std::vector<float> gradient(of.rows * ld, 7e37f);  // whatever is not a term must not be read
  for (size_t i = 0; i < of.rows * of.columns; ++i) {
    float* const to = gradient.data() + i / of.columns * ld + outputs[i % of.columns];
    std::copy_n(of.terms.data() + i * of.units, of.units, to);
  }
  for (const KernelTable* table : tables()) {
    const TableTerms::Shape shape{of.categories, of.units, of.columns, of.rows};
    Cutter counter(nullptr);
    TableTerms counted(shape, members, &counter);
    Block memory(counter.used());
    Cutter cutter(memory.data());
    TableTerms terms(shape, members, &cutter);
    Joins joins;
    joins.reserve(order.chains);
    joins.set(order);
    for (int time = 0; time < 2; ++time) {
      std::vector<float> sums(of.categories * of.units);
      std::vector<char> touched(of.categories), listed(of.categories);
      bool sound = true;
      for (unsigned member = 0; member < members; ++member) terms.group(member, of.looked.data(), order);
      for (unsigned member = members; member-- > 0;) {
        terms.sum(member, *table, gradient.data(), ld, outputs.data(), joins, [&](uint32_t category, float* sum) {
          sound = sound && touched[category] == 0;
          touched[category] = 1;
          std::copy_n(sum, of.units, sums.data() + category * of.units);
          for (size_t j = of.units; j < round16(of.units); ++j) sound = sound && sum[j] == 0.0f;
        });
        terms.over(member, [&](uint32_t category) { listed[category] = 1; });
      }
      check(sound && touched == expected.touched && listed == touched && bitsOf(sums) == bitsOf(expected.sums),
            what + ", " + std::to_string(members) + " members, " + table->name + ", time " + std::to_string(time));
    }
  }
}

// Chains of units in shuffled order, merged by a random tree.
void shuffledOrder(ChainTree* tree, size_t rows, Numbers& numbers) {
  tree->begin(rows);
  std::vector<uint32_t> units(tree->unitCount());
  std::iota(units.begin(), units.end(), 0u);
  for (size_t i = units.size(); i > 1; --i) std::swap(units[i - 1], units[numbers.below(i)]);
  std::vector<uint32_t> chains;
  for (size_t i = 0; i < units.size(); ++i) {
    tree->addUnits(units[i], 1);
    if (i + 1 < units.size() && numbers.below(2) == 0) continue;
    tree->endChain();
    chains.push_back(static_cast<uint32_t>(chains.size()));
  }
  while (chains.size() > 1) {
    std::swap(chains[0], chains[numbers.below(chains.size())]);
    std::swap(chains.back(), chains[1 + numbers.below(chains.size() - 1)]);
    tree->merge(chains[0], chains.back());
    chains.pop_back();
  }
}

void testLookups(const Lookups& of, size_t leaf, Numbers& numbers) {
  const std::string what = of.name() + ", leaf " + std::to_string(leaf);
  FixedOrder fixed;
  fixed.reserve(of.rows, leaf);
  const RowOrder& tree = fixed.of(of.rows);
  const Gradient expected = expectedGradient(of, tree);
  // Row by row the order is that of positions: a tree over rows · columns of them.
  std::vector<float> byPosition(of.categories * of.units);
  std::vector<uint8_t> touched(of.categories);
  reference::embeddingGradient(of.terms.data(), of.looked.data(), of.rows * of.columns, of.units, leaf * of.columns,
                               of.categories, byPosition.data(), touched.data());
  check(bitsOf(byPosition) == bitsOf(expected.sums), what + ": the tree over positions");
  for (const unsigned members : {1u, 2u, 3u, 7u}) testSums(of, tree, expected, members, what);

  ChainTree chains;
  chains.reserve(of.rows, leaf);
  shuffledOrder(&chains, of.rows, numbers);
  const RowOrder& shuffled = chains.order();
  testSums(of, shuffled, expectedGradient(of, shuffled), 3, what + ", shuffled");
}

}  // namespace

void testTables() {
  Numbers numbers{11};
  struct Shape {
    size_t rows, categories, columns, units, leaf;
  };
  const Shape shapes[] = {{1, 1, 1, 1, 1},     {5, 1, 1, 17, 2},    {64, 3, 1, 16, 64},
                          {65, 1000, 2, 3, 1}, {130, 7, 3, 80, 8},  {200, 40, 1, 5, 1},
                          {333, 90, 4, 33, 3}, {1000, 5, 1, 2, 64}, {700, 600, 1, 1, 5}};
  for (const Shape& shape : shapes) {
    testLookups(lookups(shape.rows, shape.categories, shape.columns, shape.units, numbers), shape.leaf, numbers);
  }
}
