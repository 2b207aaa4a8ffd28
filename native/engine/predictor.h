// Outputs and losses without training: rows are passed in blocks that any member of a team takes, or, where they are few
// for the team, all at once with each layer's columns divided.
#ifndef SAMEBITS_ENGINE_PREDICTOR_H
#define SAMEBITS_ENGINE_PREDICTOR_H

#include <atomic>
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

struct Evaluation {
  const char* error = nullptr;  // what is wrong with the input, if anything is
  float loss = 0;
  uint64_t hits = 0;
  TreeSum sum;  // over the losses of all rows so far
};

class Predictor {
 public:
  // For up to `rows` rows in one call, on a team of `members`. Throws std::bad_alloc.
  Predictor(const Network& network, RowPass::Purpose purpose, size_t rows, unsigned members);

  // outputs: [data.rows, units of the last layer] row-major. data.rows is at most what was given. Returns what is wrong with the
  // input, or null.
  const char* predict(Team* team, const DataView& data, float* outputs);
  // Purpose evaluate. The loss is the tree over all rows; leaf >= 1. `sum` is that over `before` rows before these, of the
  // same leaf; hits are those of these rows alone.
  Evaluation evaluate(Team* team, const DataView& data, size_t leaf, uint64_t before = 0, const TreeSum& sum = {});

  size_t bytes() const { return block_.bytes(); }

 private:
  // Calls body(lane, first row, rows) for blocks of rows; `lane` is the place in the buffers that the member owns.
  template <typename Body>
  void overBlocks(Team* team, size_t rows, Body&& body);
  void predictByColumns(Team* team, const DataView& data, float* outputs);

  const Network& network_;
  const unsigned members_;
  size_t blockRows_;
  Block block_;
  std::optional<RowPass> pass_;  // members_ * blockRows_ rows: block_ of each member
  std::vector<float> losses_;
  std::vector<uint32_t> hits_;
  std::atomic<size_t> nextRow_{0};
};

}  // namespace samebits

#endif
