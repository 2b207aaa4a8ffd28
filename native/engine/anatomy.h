// A step's way through the network and back, taken apart: what each node makes of the rows of a batch. Nothing is trained, and
// nothing here is on the way of a step that is.
#ifndef SAMEBITS_ENGINE_ANATOMY_H
#define SAMEBITS_ENGINE_ANATOMY_H

#include <cstdint>
#include <optional>
#include <vector>

#include "arena.h"
#include "data_view.h"
#include "network.h"
#include "row_pass.h"
#include "team.h"
#include "tree.h"

namespace samebits {

// What a node made of a batch; empty where it made nothing. Matrices are row-major, [rows, units].
struct NodeResults {
  std::vector<float> outputs;   // of a node that changes what it takes in
  std::vector<float> gradient;  // at its outputs, before the node turns it
  std::vector<float> noise;     // what a layer of noise added
  std::vector<uint32_t> kept;   // of a dropout: 1 for what it kept, else 0
  std::vector<float>
      statistics;  // batch normalization: [2, units], means and variances; of layers: [rows], their inverses
};

struct BatchResults {
  const char* error = nullptr;     // what is wrong with the input, if anything is
  std::vector<float> inputs;       // [rows, columns], where the data are rescaled
  std::vector<NodeResults> nodes;  // as the network's
  std::vector<float> losses;       // of rows, with their weights, without penalties
};

class Anatomy {
 public:
  // For one batch of `rows` rows, on a team of `members`. Throws std::bad_alloc.
  Anatomy(const Network& network, size_t rows, size_t batchLeaf, unsigned members);

  // The step after `step` steps, of which `data` is the batch: the bits of that step, with the weights that the network has.
  // Once.
  BatchResults run(Team* team, const DataView& data, uint64_t step);

 private:
  // A member's share of a node's columns, if they are what statistics are taken of, or else of the rows. Of no elements, if
  // there is none.
  Part partOf(size_t node, size_t columns, size_t step, unsigned member) const;
  // One member's share of a node, forwards and back.
  void forward(size_t node, unsigned member);
  void backward(size_t node, unsigned member);
  // Copies of a part, as the buffers are used again.
  void keepOutputs(size_t node, const Part& part, const Rows& outputs);
  void keepGradient(size_t node, const Part& part);
  void keepStatistics(size_t node, const Part& part);

  const Network& network_;
  const size_t rows_;
  const unsigned members_;
  Block block_;
  std::optional<RowPass> pass_;  // made twice: to count, and to cut
  Rows apart_;                   // [rows, the widest node], for what a node gives beside its outputs
  FixedOrder order_;
  BatchResults results_;
};

}  // namespace samebits

#endif
