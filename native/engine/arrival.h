// Free order: rows are summed in the order in which threads take them and arrive (docs/numerics.md, "Free order").
// The order that came about is data: it can be recorded, and a recording can be computed again by any team.
#ifndef SAMEBITS_ENGINE_ARRIVAL_H
#define SAMEBITS_ENGINE_ARRIVAL_H

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../kernels/kernel_table.h"

namespace samebits {

// Chains over units of rows, and pairwise merges of chains, made into a RowOrder. Allocates only in reserve().
class ChainTree {
 public:
  // For batches of up to `rows` rows in units of `grain` rows, both at least 1.
  void reserve(size_t rows, size_t grain);
  void begin(size_t rows);
  // Closed by endChain(). Every unit below unitCount() must be taken exactly once.
  void addUnits(uint32_t firstUnit, uint32_t count);
  void endChain();
  // Chain `into` becomes into + from. In the end one chain must be left.
  void merge(uint32_t into, uint32_t from);
  // Valid until the next begin().
  const RowOrder& order();

  size_t unitCount() const { return units_; }

 private:
  struct Node {
    uint32_t left, right;  // children, or kLeaf and the chain
    uint32_t strahler;     // partial sums that must be held at once to compute it
  };
  static constexpr uint32_t kLeaf = UINT32_MAX;

  size_t grain_ = 1;
  size_t rows_ = 0;
  size_t units_ = 0;
  std::vector<RowSegment> taken_;   // segments in the order of chains
  std::vector<uint32_t> takenEnd_;  // per chain
  std::vector<Node> nodes_;
  std::vector<uint32_t> current_;     // node that chain i stands for now
  std::vector<uint32_t> open_;        // nodes still to be visited
  std::vector<RowSegment> segments_;  // in the order of evaluation
  std::vector<uint32_t> chainEnd_;
  std::vector<uint32_t> mergesAfter_;
  uint32_t root_ = 0;
  RowOrder order_{};
};

// Words of one recorded step (src/native/network.ts, StepOrders). Returns the words read, or 0 if they are not a recording
// of a batch for which tree->begin(rows) was called: every unit exactly once, one chain left.
size_t readRecordedStep(const uint32_t* words, size_t count, std::vector<uint8_t>* seenUnits, ChainTree* tree);

// Claims of one batch by the members of a team.
class Arrival {
 public:
  void reserve(size_t rows, size_t grain, unsigned members);
  // By one thread, before the members claim.
  void begin(size_t rows);
  // The next rows for this member; false when none are left. A member's first claim is three quarters of a fair share:
  // long passes, which use each weight for many rows. The rest goes in small claims, half a fair share of what is left,
  // that even out who was slow.
  bool claim(unsigned member, RowSegment* rows);
  // By each member after its last claim.
  void arrive(unsigned member);
  // By one thread, after all have arrived: what came about.
  void into(ChainTree* tree) const;
  // Appends the step to a recording; `recording` must have recordedWords() of room.
  void record(std::vector<uint32_t>* recording) const;
  // Most words that a step's record takes.
  size_t recordedWords() const;

 private:
  struct Units {
    uint32_t first, count;
  };
  struct alignas(64) Claims {  // a cache line each: members write at the same time
    std::vector<Units> taken;
  };

  size_t grain_ = 1;
  size_t rows_ = 0;
  uint32_t units_ = 0;
  uint32_t maxUnits_ = 0;
  uint32_t firstClaim_ = 1;
  unsigned members_ = 1;
  std::vector<Claims> claims_;
  std::vector<unsigned> arrivals_;  // members in order of arrival
  alignas(64) std::atomic<uint32_t> nextUnit_{0};
  alignas(64) std::atomic<uint32_t> arrived_{0};
};

}  // namespace samebits

#endif
