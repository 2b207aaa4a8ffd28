// How the passes over a batch are cut into stretches. Within a stretch a member of the team goes through several nodes with rows,
// or columns, of its own; between stretches all members wait for each other. Any division gives the same bits.
#ifndef SAMEBITS_ENGINE_PASS_PLAN_H
#define SAMEBITS_ENGINE_PASS_PLAN_H

#include <cstddef>
#include <vector>

#include "network.h"

namespace samebits {

enum class Division { rows, columns };

// Nodes begin … end - 1: in this order forwards, in the reverse order backwards.
struct Stretch {
  size_t begin, end;
  Division division;
  bool isEmpty() const { return begin == end; }
};

// Every member takes rows through all nodes that allow it; or, `byColumns`, its columns of each product in turn, for all
// rows. `training` is whether the rows are a batch whose statistics matter.
struct PassPlan {
  PassPlan(const Network& network, bool byColumns, bool training);

  // The first one is by rows, as they are gathered; the last one too, as they get their losses.
  std::vector<Stretch> forward;
  // The first one is by rows: it goes on where the last one forwards ended.
  std::vector<Stretch> backward;
};

}  // namespace samebits

#endif
