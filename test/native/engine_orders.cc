// Orders of summation as data: the fixed tree, the order of arrival, recordings; and the random numbers.
#include <algorithm>
#include <thread>

#include "../../native/engine/arrival.h"
#include "../../native/engine/random.h"
#include "../../native/engine/tree.h"
#include "engine_test.h"

using namespace samebits;

namespace {

// What the kernels' stack machine makes of an order: the sum of one term a row. Sound: every row is taken once, the stack
// stays within kMaxStack, and one sum is left.
struct Evaluated {
  float sum;
  bool sound;
};
Evaluated evaluate(const RowOrder& order, const std::vector<float>& terms) {
  std::vector<float> stack;
  std::vector<int> taken(terms.size());
  size_t segment = 0, deepest = 0;
  for (uint32_t chain = 0; chain < order.chains; ++chain) {
    float sum = 0;
    for (; segment < order.chainEnd[chain]; ++segment) {
      const RowSegment rows = order.segments[segment];
      for (uint32_t row = rows.begin; row < rows.begin + rows.count; ++row) {
        sum += terms[row];
        ++taken[row];
      }
    }
    stack.push_back(sum);
    deepest = std::max(deepest, stack.size());
    for (uint32_t merges = order.mergesAfter[chain]; merges > 0; --merges) {
      stack[stack.size() - 2] += stack.back();
      stack.pop_back();
    }
  }
  const bool once = std::all_of(taken.begin(), taken.end(), [](int times) { return times == 1; });
  return {stack.empty() ? 0 : stack[0], once && stack.size() == 1 && deepest <= kMaxStack};
}

std::vector<float> termsFor(size_t count) {
  Numbers numbers{count};
  std::vector<float> terms(count);
  for (float& term : terms) term = numbers.centered();
  return terms;
}

bool sameBits(float a, float b) { return bitsOf({a}) == bitsOf({b}); }

// Level by level, as docs/numerics.md writes it.
float levelByLevel(const std::vector<float>& terms, size_t leaf) {
  std::vector<float> values;
  for (size_t begin = 0; begin < terms.size(); begin += leaf) {
    float sum = 0;
    for (size_t i = begin; i < std::min(terms.size(), begin + leaf); ++i) sum += terms[i];
    values.push_back(sum);
  }
  if (values.empty()) return 0;
  while (values.size() > 1) {
    std::vector<float> next;
    for (size_t i = 0; i + 1 < values.size(); i += 2) next.push_back(values[i] + values[i + 1]);
    if (values.size() % 2 == 1) next.push_back(values.back());
    values = next;
  }
  return values[0];
}

void testFixedOrder() {
  for (const size_t leaf : {1, 3, 64}) {
    FixedOrder order;
    order.reserve(1000, leaf);
    for (const size_t rows : {1, 2, 3, 5, 63, 64, 65, 127, 200, 640, 999, 1000}) {
      const std::string what = "fixed order of " + std::to_string(rows) + " rows, leaf " + std::to_string(leaf);
      const std::vector<float> terms = termsFor(rows);
      const float expected = levelByLevel(terms, leaf);
      const Evaluated found = evaluate(order.of(rows), terms);
      check(found.sound && sameBits(found.sum, expected), what);
      TreeSum sum;
      sum.reset(leaf);
      for (const float term : terms) sum.add(term);
      check(sameBits(sum.total(), expected), what + ", term by term");
      bool goesOn = true;
      for (size_t cut = 0; cut <= rows; cut += 1 + cut / 9) {
        TreeSum before, after;
        before.reset(leaf);
        for (size_t i = 0; i < cut; ++i) before.add(terms[i]);
        std::vector<float> partial(TreeSum::partialSums(leaf, cut) + 1, -1.0f);
        before.save(partial.data());
        goesOn = goesOn && partial.back() == -1.0f;  // nothing past what it said
        after.restore(leaf, cut, partial.data());
        goesOn = goesOn && sameBits(after.total(), before.total());
        for (size_t i = cut; i < rows; ++i) after.add(terms[i]);
        goesOn = goesOn && sameBits(after.total(), expected);
      }
      check(goesOn, what + ", saved and restored between terms");
    }
  }
  TreeSum empty;
  empty.reset(4);
  check(sameBits(empty.total(), 0.0f), "the sum of no terms is +0");
  check(sameBits(combineLeaves(nullptr, 0), 0.0f), "the sum of no leaves is +0");
}

// Claims by `members` threads at once, each claim taking a different time.
void testArrival(unsigned members, size_t rows, size_t grain) {
  const std::string what = "arrival of " + std::to_string(members) + " members, " + std::to_string(rows) +
                           " rows in units of " + std::to_string(grain);
  Arrival arrival;
  arrival.reserve(rows, grain, members);
  arrival.begin(rows);
  std::vector<std::thread> threads;
  for (unsigned member = 0; member < members; ++member) {
    threads.emplace_back([&, member] {
      RowSegment claimed;
      while (arrival.claim(member, &claimed)) std::this_thread::sleep_for(std::chrono::microseconds(member % 3 * 20));
      arrival.arrive(member);
    });
  }
  for (std::thread& thread : threads) thread.join();

  ChainTree tree;
  tree.reserve(rows, grain);
  arrival.into(&tree);
  const std::vector<float> terms = termsFor(rows);
  const Evaluated found = evaluate(tree.order(), terms);
  check(found.sound, what);

  std::vector<uint32_t> recording;
  arrival.record(&recording);
  check(recording.size() <= arrival.recordedWords(), what + ": the recording keeps within its room");
  std::vector<uint8_t> seen((rows + grain - 1) / grain);
  ChainTree again;
  again.reserve(rows, grain);
  again.begin(rows);
  check(readRecordedStep(recording.data(), recording.size(), &seen, &again) == recording.size(), what + ": read back");
  const Evaluated readBack = evaluate(again.order(), terms);
  check(readBack.sound && sameBits(readBack.sum, found.sum), what + ": the same order read back");

  // Whatever else the words may say, they are refused or they are an order over the same rows; never a crash.
  Numbers numbers{rows + members};
  bool sound = true;
  for (int i = 0; i < 200; ++i) {
    std::vector<uint32_t> damaged = recording;
    damaged[numbers.below(damaged.size())] =
        static_cast<uint32_t>(numbers.below(4) == 0 ? numbers.next() : numbers.below(9));
    if (numbers.below(3) == 0) damaged.resize(numbers.below(damaged.size()) + 1);
    again.begin(rows);
    const size_t words = readRecordedStep(damaged.data(), damaged.size(), &seen, &again);
    sound = sound && (words == 0 || evaluate(again.order(), terms).sound);
  }
  check(sound, what + ": damaged recordings");
  again.begin(rows);
  check(readRecordedStep(recording.data(), recording.size() - 1, &seen, &again) == 0,
        what + ": a short one is refused");
  check(readRecordedStep(recording.data(), 0, &seen, &again) == 0, what + ": an empty one is refused");
}

// Trees of any shape, the deepest ones too, stay within the kernels' stack.
void testMerges() {
  constexpr size_t kChains = 500;
  const std::vector<float> terms = termsFor(kChains);
  for (int shape = 0; shape < 3; ++shape) {
    ChainTree tree;
    tree.reserve(kChains, 1);
    tree.begin(kChains);
    for (uint32_t i = 0; i < kChains; ++i) {
      tree.addUnits(i, 1);
      tree.endChain();
    }
    Numbers numbers{static_cast<uint64_t>(shape)};
    std::vector<uint32_t> left(kChains);
    for (uint32_t i = 0; i < kChains; ++i) left[i] = i;
    while (left.size() > 1) {
      const size_t from = shape == 0 ? 1 : shape == 1 ? left.size() - 1 : 1 + numbers.below(left.size() - 1);
      const size_t into = shape == 1 ? from - 1 : numbers.below(from);
      tree.merge(left[into], left[from]);
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(from));
    }
    check(evaluate(tree.order(), terms).sound, "merges of shape " + std::to_string(shape));
  }
}

}  // namespace

void testOrders() {
  testFixedOrder();
  for (const unsigned members : kTeamSizes) {
    for (const size_t rows : {1, 7, 64, 301}) {
      for (const size_t grain : {1, 8}) testArrival(members, rows, grain);
    }
  }
  testMerges();
}

void testRandom() {
  // Known answers of Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011.
  uint32_t words[4];
  philox({{0, 0}}, 0, 0, 0, 0, words);
  check(words[0] == 0x6627e8d5u && words[1] == 0xe169c58du && words[2] == 0xbc57ac4cu && words[3] == 0x9b00dbd8u,
        "Philox of zeros");
  philox({{0xffffffffu, 0xffffffffu}}, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, words);
  check(words[0] == 0x408f276du && words[1] == 0x41c83b0eu && words[2] == 0xa20bc7c6u && words[3] == 0x6d5451fdu,
        "Philox of ones");
  for (const size_t rows : {0, 1, 2, 3, 4, 5, 1000}) {
    std::vector<uint32_t> order(rows), other(rows);
    shuffleRows({{1, 2}}, 3, 4, order.data(), rows);
    shuffleRows({{1, 2}}, 3, 5, other.data(), rows);
    check(rows < 1000 || order != other, "each epoch has its own shuffle");
    std::sort(order.begin(), order.end());
    bool permutation = true;
    for (size_t i = 0; i < rows; ++i) permutation = permutation && order[i] == i;
    check(permutation, "a shuffle of " + std::to_string(rows) + " rows has each row once");
  }
}
