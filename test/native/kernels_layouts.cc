// Random values and the kernels' layouts, written from kernel_table.h's words.
#include <limits>

#include "kernels_test.h"

using samebits::round16;

float canary() {
  const uint32_t bits = 0x7FADBEEF;  // a NaN with a payload
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

float randomValue(Random& random, Values values) {
  const float signedUnit = 2.0f * random.unit() - 1.0f;
  const size_t die = random.below(64);
  switch (values) {
    case Values::plain:
      return signedUnit;
    case Values::zeros:  // half of them zeros of both signs
      return die < 16 ? 0.0f : die < 32 ? -0.0f : signedUnit;
    case Values::tiny:  // subnormals, and normals whose products underflow
      return die < 16 ? signedUnit * 0x1p-126f : std::ldexp(signedUnit, -60 - static_cast<int>(random.below(40)));
    case Values::wild:
      if (die == 0 && random.below(4) == 0) return signedUnit < 0 ? -INFINITY : INFINITY;
      if (die == 1 && random.below(4) == 0) return std::numeric_limits<float>::quiet_NaN();
      return die < 4 ? signedUnit * 0x1p120f : die < 8 ? -0.0f : signedUnit;
  }
  return 0.0f;
}

std::vector<float> randomTensor(Random& random, size_t count, Values values) {
  std::vector<float> tensor(count);
  for (float& value : tensor) value = randomValue(random, values);
  return tensor;
}

constexpr size_t kGuard = 64;

Guarded::Guarded(size_t count, size_t offset) : all_(count + offset + 2 * kGuard + 16, canary()), count_(count) {
  const size_t misplaced = reinterpret_cast<uintptr_t>(all_.data() + kGuard) / sizeof(float) % 16;
  start_ = all_.data() + kGuard + (misplaced == 0 ? 0 : 16 - misplaced) + offset;
}

bool Guarded::guardsIntact() const {
  const float* end = all_.data() + all_.size();
  for (const float* p = all_.data(); p < start_; ++p) {
    if (bitsOf(*p) != bitsOf(canary())) return false;
  }
  for (const float* p = start_ + count_; p < end; ++p) {
    if (bitsOf(*p) != bitsOf(canary())) return false;
  }
  return true;
}

RowMatrix::RowMatrix(size_t rowCount, size_t unitCount, Random& random)
    : rows(rowCount), units(unitCount), ld(round16(unitCount) + 16 * random.below(3)), buffer(rowCount * ld) {}

RowMatrix::RowMatrix(const std::vector<float>& values, size_t rowCount, size_t unitCount, Random& random)
    : RowMatrix(rowCount, unitCount, random) {
  for (size_t r = 0; r < rows; ++r) {
    if (units > 0) std::memcpy(row(r), values.data() + r * units, units * sizeof(float));
  }
}

bool RowMatrix::equals(const std::vector<float>& expected) const {
  for (size_t r = 0; r < rows; ++r) {
    const float* row = buffer.data() + r * ld;
    for (size_t j = 0; j < units; ++j) {
      if (!same(row[j], expected[r * units + j])) return false;
    }
    for (size_t j = units; j < ld; ++j) {
      if (bitsOf(row[j]) != bitsOf(canary())) return false;
    }
  }
  return buffer.guardsIntact();
}

PanelMatrix::PanelMatrix(const std::vector<float>& values, size_t inputCount, size_t unitCount, size_t panelColumns)
    : inputs(inputCount), units(unitCount), panel(panelColumns), buffer(inputCount * round16(unitCount)) {
  for (size_t i = 0; i < floats(); ++i) data()[i] = 0.0f;
  for (size_t k = 0; k < inputs; ++k) {
    for (size_t j = 0; j < units; ++j) data()[offset(k, j)] = values[k * units + j];
  }
}

size_t PanelMatrix::offset(size_t k, size_t j) const {
  const size_t p = j / panel;
  const size_t left = round16(units - p * panel);
  return p * panel * inputs + k * (left < panel ? left : panel) + (j - p * panel);
}

bool PanelMatrix::equals(const std::vector<float>& expected) const {
  std::vector<bool> seen(floats(), false);
  for (size_t k = 0; k < inputs; ++k) {
    for (size_t j = 0; j < units; ++j) {
      if (!same(buffer.data()[offset(k, j)], expected[k * units + j])) return false;
      seen[offset(k, j)] = true;
    }
  }
  for (size_t i = 0; i < floats(); ++i) {
    if (!seen[i] && bitsOf(buffer.data()[i]) != 0) return false;
  }
  return buffer.guardsIntact();
}

void OwnedOrder::addSegment(size_t begin, size_t count) {
  segments.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(count)});
  for (size_t i = begin; i < begin + count; ++i) rows.push_back(static_cast<uint32_t>(i));
}

void OwnedOrder::endChain(uint32_t merges) {
  chainEnd.push_back(static_cast<uint32_t>(segments.size()));
  chainEndInRows.push_back(rows.size());
  mergesAfter.push_back(merges);
}

OwnedOrder balancedOrder(size_t rows, size_t leaf) {
  OwnedOrder order;
  uint32_t depth = 0, leaves = 0;
  for (size_t begin = 0; begin < rows; begin += leaf, ++leaves) {
    const bool last = begin + leaf >= rows;
    order.addSegment(begin, last ? rows - begin : leaf);
    uint32_t merges = 0;
    if (last) {
      merges = depth;
    } else {
      for (uint32_t ones = leaves; ones & 1; ones >>= 1) ++merges;
    }
    order.endChain(merges);
    depth = depth + 1 - merges;
  }
  return order;
}

OwnedOrder randomOrder(size_t rows, Random& random) {
  std::vector<std::pair<size_t, size_t>> pieces;
  for (size_t begin = 0; begin < rows;) {
    const size_t count = 1 + random.below(rows - begin < 12 ? rows - begin : 12);
    pieces.push_back({begin, count});
    begin += count;
  }
  for (size_t i = pieces.size(); i > 1; --i) std::swap(pieces[i - 1], pieces[random.below(i)]);
  OwnedOrder order;
  size_t depth = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    order.addSegment(pieces[i].first, pieces[i].second);
    const bool last = i + 1 == pieces.size();
    if (!last && random.below(3) == 0) continue;  // the chain goes on over the next segment
    const size_t most = depth;                    // each merge takes one of the sums below the new one
    size_t merges = last ? most : random.below(most + 1);
    if (depth + 1 - merges >= samebits::kMaxStack) merges = most;
    order.endChain(static_cast<uint32_t>(merges));
    depth = depth + 1 - merges;
  }
  return order;
}

std::vector<size_t> randomCuts(size_t end, size_t step, Random& random) {
  std::vector<size_t> cuts = {0};
  while (cuts.back() < end) {
    const size_t next = cuts.back() + step * (1 + random.below(6));
    cuts.push_back(next < end ? next : end);
  }
  return cuts;
}
