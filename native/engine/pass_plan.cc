#include "pass_plan.h"

namespace samebits {
namespace {

// What a node asks of a member that takes part of it.
enum class Need {
  nothing,   // any elements: it goes on with what the member has
  allOfRow,  // the whole of each row that it takes in
  rows,      // the same, and gives whole rows
  columns,   // the whole of each column, and gives whole columns
};

Need needOf(const Node& node, bool training) {
  if (node.kind == NodeKind::batchNormalization) return training ? Need::columns : Need::nothing;
  if (node.kind == NodeKind::dense) return Need::allOfRow;
  if (node.kind == NodeKind::layerNormalization) return Need::rows;
  if (node.kind == NodeKind::activation && node.activation == Activation::softmax) return Need::rows;
  return Need::nothing;
}

// Whether a new stretch, after a barrier, must begin for a node, and how it is divided.
struct Next {
  bool barrier;
  Division division;
};

Next nextStretch(const Node& node, Division current, bool byColumns, bool training) {
  const Need need = needOf(node, training);
  if (need == Need::nothing) return {false, current};
  if (need == Need::columns) return {current != Division::columns, Division::columns};
  if (need == Need::allOfRow && byColumns) return {true, Division::columns};
  return {current != Division::rows, Division::rows};
}

}  // namespace

PassPlan::PassPlan(const Network& network, bool byColumns, bool training) {
  const std::vector<Node>& nodes = network.nodes();
  const size_t count = nodes.size();
  forward.push_back({0, 0, Division::rows});
  for (size_t n = 0; n < count; ++n) {
    const Next next = nextStretch(nodes[n], forward.back().division, byColumns, training);
    if (next.barrier) forward.push_back({n, n, next.division});
    forward.back().end = n + 1;
  }
  if (forward.back().division != Division::rows) forward.push_back({count, count, Division::rows});
  backward.push_back({count, count, Division::rows});
  for (size_t n = count; n-- > 0 && network.worksBack(nodes[n]);) {
    const Next next = nextStretch(nodes[n], backward.back().division, byColumns, training);
    if (next.barrier) backward.push_back({n + 1, n + 1, next.division});
    backward.back().begin = n;
  }
}

}  // namespace samebits
