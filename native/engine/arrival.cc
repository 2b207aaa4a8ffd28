#include "arrival.h"

#include <algorithm>

namespace samebits {

void ChainTree::reserve(size_t rows, size_t grain) {
  const size_t units = (rows + grain - 1) / grain;
  grain_ = grain;
  taken_.reserve(units);
  takenEnd_.reserve(units);
  nodes_.reserve(2 * units);
  current_.reserve(units);
  open_.reserve(2 * units);
  segments_.reserve(units);
  chainEnd_.reserve(units);
  mergesAfter_.reserve(units);
}

void ChainTree::begin(size_t rows) {
  rows_ = rows;
  units_ = (rows + grain_ - 1) / grain_;
  taken_.clear();
  takenEnd_.clear();
  nodes_.clear();
  current_.clear();
  root_ = 0;
}

void ChainTree::addUnits(uint32_t firstUnit, uint32_t count) {
  const size_t begin = firstUnit * grain_;
  const size_t end = std::min(rows_, begin + count * grain_);
  taken_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end - begin)});
}

void ChainTree::endChain() {
  const uint32_t chain = static_cast<uint32_t>(takenEnd_.size());
  takenEnd_.push_back(static_cast<uint32_t>(taken_.size()));
  current_.push_back(static_cast<uint32_t>(nodes_.size()));
  nodes_.push_back({kLeaf, chain, 1});
}

void ChainTree::merge(uint32_t into, uint32_t from) {
  const uint32_t left = current_[into], right = current_[from];
  const uint32_t a = nodes_[left].strahler, b = nodes_[right].strahler;
  root_ = current_[into] = static_cast<uint32_t>(nodes_.size());
  nodes_.push_back({left, right, a == b ? a + 1 : std::max(a, b)});
}

const RowOrder& ChainTree::order() {
  // Post-order, the deeper child first: then the stack never holds more than log2(chains) + 1 sums, whatever the shape
  // of the tree. a + b and b + a have the same bits.
  segments_.clear();
  chainEnd_.clear();
  mergesAfter_.clear();
  open_.clear();
  open_.push_back(root_);
  constexpr uint32_t kVisited = 1u << 31;  // children are done: merge now
  while (!open_.empty()) {
    const uint32_t top = open_.back();
    open_.pop_back();
    if (top & kVisited) {
      ++mergesAfter_.back();
      continue;
    }
    const Node& node = nodes_[top];
    if (node.left == kLeaf) {
      const uint32_t chain = node.right;
      for (uint32_t i = chain == 0 ? 0 : takenEnd_[chain - 1]; i < takenEnd_[chain]; ++i)
        segments_.push_back(taken_[i]);
      chainEnd_.push_back(static_cast<uint32_t>(segments_.size()));
      mergesAfter_.push_back(0);
      continue;
    }
    const bool leftFirst = nodes_[node.left].strahler >= nodes_[node.right].strahler;
    open_.push_back(top | kVisited);
    open_.push_back(leftFirst ? node.right : node.left);
    open_.push_back(leftFirst ? node.left : node.right);
  }
  order_ = {segments_.data(), chainEnd_.data(), mergesAfter_.data(), static_cast<uint32_t>(chainEnd_.size())};
  return order_;
}

size_t readRecordedStep(const uint32_t* words, size_t count, std::vector<uint8_t>* seenUnits, ChainTree* tree) {
  const size_t units = tree->unitCount();
  size_t at = 0;
  if (count < 1) return 0;
  const uint32_t chains = words[at++];
  if (chains < 1 || chains > units) return 0;
  std::fill(seenUnits->begin(), seenUnits->begin() + static_cast<std::ptrdiff_t>(units), 0);
  size_t taken = 0;
  for (uint32_t chain = 0; chain < chains; ++chain) {
    if (at >= count) return 0;
    const uint32_t length = words[at++];
    if (length < 1 || length > units || count - at < length) return 0;
    for (uint32_t i = 0; i < length; ++i) {
      const uint32_t unit = words[at++];
      if (unit >= units || (*seenUnits)[unit] != 0) return 0;
      (*seenUnits)[unit] = 1;
      tree->addUnits(unit, 1);
    }
    tree->endChain();
    taken += length;
  }
  if (taken != units || count - at < 2 * (static_cast<size_t>(chains) - 1)) return 0;
  // From here on `seen` says which chains have been merged away.
  std::fill(seenUnits->begin(), seenUnits->begin() + chains, 0);
  for (uint32_t i = 1; i < chains; ++i) {
    const uint32_t into = words[at++], from = words[at++];
    if (into >= chains || from >= chains || into == from || (*seenUnits)[into] || (*seenUnits)[from]) return 0;
    (*seenUnits)[from] = 1;
    tree->merge(into, from);
  }
  return at;
}

void Arrival::reserve(size_t rows, size_t grain, unsigned members) {
  grain_ = grain;
  members_ = members;
  maxUnits_ = static_cast<uint32_t>((rows + grain - 1) / grain);
  claims_ = std::vector<Claims>(members);
  for (Claims& claims : claims_) claims.taken.reserve(maxUnits_);
  arrivals_.assign(members, 0);
}

void Arrival::begin(size_t rows) {
  rows_ = rows;
  units_ = static_cast<uint32_t>((rows + grain_ - 1) / grain_);
  for (Claims& claims : claims_) claims.taken.clear();
  nextUnit_.store(0, std::memory_order_relaxed);
  arrived_.store(0, std::memory_order_relaxed);
}

bool Arrival::claim(unsigned member, RowSegment* rows) {
  uint32_t first = nextUnit_.load(std::memory_order_relaxed);
  uint32_t count;
  do {
    if (first >= units_) return false;
    const uint32_t left = units_ - first;
    count = members_ == 1 ? left : std::max(1u, left / (2 * members_));
  } while (!nextUnit_.compare_exchange_weak(first, first + count, std::memory_order_relaxed));
  claims_[member].taken.push_back({first, count});
  const size_t begin = first * grain_;
  const size_t end = std::min(rows_, begin + count * grain_);
  *rows = {static_cast<uint32_t>(begin), static_cast<uint32_t>(end - begin)};
  return true;
}

void Arrival::arrive(unsigned member) {
  if (claims_[member].taken.empty()) return;
  arrivals_[arrived_.fetch_add(1, std::memory_order_relaxed)] = member;
}

void Arrival::into(ChainTree* tree) const {
  tree->begin(rows_);
  const uint32_t chains = arrived_.load(std::memory_order_relaxed);
  for (uint32_t i = 0; i < chains; ++i) {
    for (const Units& units : claims_[arrivals_[i]].taken) tree->addUnits(units.first, units.count);
    tree->endChain();
    if (i > 0) tree->merge(0, i);
  }
}

void Arrival::record(std::vector<uint32_t>* recording) const {
  const uint32_t chains = arrived_.load(std::memory_order_relaxed);
  recording->push_back(chains);
  for (uint32_t i = 0; i < chains; ++i) {
    const std::vector<Units>& taken = claims_[arrivals_[i]].taken;
    const size_t lengthAt = recording->size();
    recording->push_back(0);
    for (const Units& units : taken) {
      for (uint32_t unit = 0; unit < units.count; ++unit) recording->push_back(units.first + unit);
    }
    (*recording)[lengthAt] = static_cast<uint32_t>(recording->size() - lengthAt - 1);
  }
  for (uint32_t i = 1; i < chains; ++i) {
    recording->push_back(0);
    recording->push_back(i);
  }
}

size_t Arrival::recordedWords() const { return 1 + static_cast<size_t>(maxUnits_) + 3 * static_cast<size_t>(members_); }

}  // namespace samebits
