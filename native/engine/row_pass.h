// What happens to rows, each row by itself: gather, forward, loss, and the gradients back through the layers. Any
// thread may take any rows, or any columns of a layer: each output is computed alone.
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

  // Training: the step whose dropout masks are drawn, told before any row of its batch.
  void beginStep(uint64_t step) { step_ = static_cast<uint32_t>(step); }

  // Rows [begin, begin + count) of the batch, written at the same place in the buffers. Labels out of range and indices
  // outside the data set `invalid` and are read as 0.
  void gather(const DataView& data, const Batch& batch, size_t begin, size_t count);
  // Outputs, or the last layer's logits where a crossentropy follows.
  void forward(size_t begin, size_t count);
  // One layer of it, columns [columnBegin, columnEnd): multiples of the kernels' panel, or the layer's end. Without its
  // activation where that needs the whole row: see activateRows().
  void forwardColumns(size_t layer, size_t begin, size_t count, size_t columnBegin, size_t columnEnd);
  // The activation that forwardColumns() left out (softmax in a hidden layer, mostly nothing).
  void activateRows(size_t layer, size_t begin, size_t count);
  bool activatesRows(size_t layer) const;
  // The last layer's activation, for purpose predict.
  void activateLast(size_t begin, size_t count);
  // Loss and hits of each row; for training also the gradients of every layer's z.
  void loss(size_t begin, size_t count);
  void backward(unsigned member, size_t begin, size_t count);
  // One layer of it: from the finished gradient of what `layer` gave, through its activation to its z (rows), and from
  // there to the outputs of the layer below, inputs [inputBegin, inputEnd) (multiples of 16, or the layer's end). The
  // relu below is part of it.
  void backwardActivation(size_t layer, size_t begin, size_t count);
  bool activatesBackward(size_t layer) const;
  void backwardInputs(unsigned member, size_t layer, size_t begin, size_t count, size_t inputBegin, size_t inputEnd);

  // What a layer took in: the data or the outputs of the layer below, after dropout.
  const Rows& inputs(size_t layer) const;
  const Rows& outputs(size_t layer) const { return outputs_[layer]; }
  const Rows& gradients(size_t layer) const { return gradients_[layer]; }
  const float* losses() const { return losses_; }
  const uint32_t* hits() const { return hits_; }
  bool invalid() const { return invalid_.load(std::memory_order_relaxed); }

 private:
  bool leavesLogits(size_t layer) const;
  bool keepsLogits(size_t layer) const;
  bool drops(size_t layer) const;
  DropoutMask maskOf(size_t layer) const;
  // From what reaches `layer` from below to its inputs.
  void dropInputs(size_t layer, size_t begin, size_t count, size_t columnBegin, size_t columnEnd);

  const Network& network_;
  Purpose purpose_;
  Rows input_;
  std::vector<Rows> outputs_;
  std::vector<Rows> logits_;   // per layer, empty where the activation's gradient does not need them
  std::vector<Rows> dropped_;  // per layer, empty where there is no dropout
  std::vector<Rows> gradients_;
  Rows targets_;
  uint32_t* labels_ = nullptr;
  float* losses_ = nullptr;
  uint32_t* hits_ = nullptr;
  size_t panelsPerMember_ = 0;  // floats
  float* rowPanels_ = nullptr;
  uint32_t step_ = 0;
  std::atomic<bool> invalid_{false};
};

}  // namespace samebits

#endif
