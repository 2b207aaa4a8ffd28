// What happens to rows, each row by itself: gather, forward, loss, and the gradients back through the layers. Any
// thread may take any rows.
#ifndef SAMEBITS_ENGINE_ROW_PASS_H
#define SAMEBITS_ENGINE_ROW_PASS_H

#include <atomic>
#include <vector>

#include "arena.h"
#include "data_view.h"
#include "network.h"

namespace samebits {

// Which rows of the data a batch consists of.
struct Batch {
  const uint32_t* indices;  // [rows], or null: rows firstRow, firstRow + 1, …
  size_t firstRow;
  size_t rows;
};

struct Rows {
  float* data = nullptr;
  size_t ld = 0;
  float* at(size_t row) const { return data + row * ld; }
};

// Buffers for a batch, and the passes over it.
class RowPass {
 public:
  enum class Purpose { predict, evaluate, train };

  // Cuts its buffers for up to `rows` rows from `cutter` (see Cutter: over null memory it counts only). For training,
  // backward() may be called by `members` members at once on up to rowsPerMember rows each.
  RowPass(const Network& network, Purpose purpose, size_t rows, unsigned members, size_t rowsPerMember, Cutter* cutter);

  // Rows [begin, begin + count) of the batch, written at the same place in the buffers. Labels out of range and indices
  // outside the data set `invalid` and are read as 0.
  void gather(const DataView& data, const Batch& batch, size_t begin, size_t count);
  // Outputs, or the last layer's logits where a crossentropy follows.
  void forward(size_t begin, size_t count);
  // The last layer's activation, for purpose predict.
  void activateLast(size_t begin, size_t count);
  // Loss and hits of each row; for training also the gradients of every layer's z.
  void loss(size_t begin, size_t count);
  void backward(unsigned member, size_t begin, size_t count);

  const Rows& input() const { return input_; }
  const Rows& outputs(size_t layer) const { return outputs_[layer]; }
  const Rows& gradients(size_t layer) const { return gradients_[layer]; }
  const float* losses() const { return losses_; }
  const uint32_t* hits() const { return hits_; }
  bool invalid() const { return invalid_.load(std::memory_order_relaxed); }

 private:
  const Network& network_;
  Purpose purpose_;
  Rows input_;
  std::vector<Rows> outputs_;
  std::vector<Rows> gradients_;
  Rows targets_;
  uint32_t* labels_ = nullptr;
  float* losses_ = nullptr;
  uint32_t* hits_ = nullptr;
  size_t panelsPerMember_ = 0;  // floats
  float* rowPanels_ = nullptr;
  std::atomic<bool> invalid_{false};
};

}  // namespace samebits

#endif
