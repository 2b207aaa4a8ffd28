// What happens to rows: gather, forward, loss, and the gradients back through the nodes. Any thread may take any rows, or
// any columns of a node: each output is computed alone.
#ifndef SAMEBITS_ENGINE_ROW_PASS_H
#define SAMEBITS_ENGINE_ROW_PASS_H

#include <atomic>
#include <vector>

#include "arena.h"
#include "data_view.h"
#include "network.h"
#include "target_form.h"

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

// Part of a matrix: rows [row, row + rows), columns [columnBegin, columnEnd). columnBegin is a multiple of 16; forwards
// columns are multiples of the kernels' panel. columnEnd is such a multiple too, or the matrix's end.
struct Part {
  size_t row, rows;
  size_t columnBegin, columnEnd;
  size_t columns() const { return columnEnd - columnBegin; }
};

// Buffers for a batch, and the passes over it.
class RowPass {
 public:
  enum class Purpose { predict, evaluate, train };

  // Cuts its buffers for up to `rows` rows from `cutter` (see Cutter: over null memory it counts only). For training,
  // backward() may be called by `members` members at once on up to rowsPerMember rows each.
  // `fuses`: products make the relu behind them and mask by the one below, and leave out gradients that nobody takes, so that
  // what lies between never is. What both make has the same bits.
  RowPass(const Network& network, Purpose purpose, size_t rows, unsigned members, size_t rowsPerMember, Cutter* cutter,
          bool fuses = true);

  // Training: the step whose dropout masks are drawn, and the fixed order of its batch, told before any row of it.
  void beginStep(uint64_t step, size_t rows, const RowOrder* order);
  // And the row of the logical batch that is the first one in the buffers, where not all of them fit.
  void beginAt(size_t row) { firstRow_ = row; }

  // Rows [begin, begin + count) of the batch, written at the same place in the buffers, through tables if the first node looks
  // them up. Labels and categories out of range are a `problem` and are read as 0.
  void gather(const DataView& data, const Batch& batch, size_t begin, size_t count);
  // A node's outputs, or of all of them for some rows; but where a loss is computed from logits, the last activation is left
  // out. What a node takes in must be finished: all of the rows, or for what goes element by element the same part.
  void forward(size_t node, const Part& part);
  void forward(size_t begin, size_t count);
  // Loss and hits of each row; for training also the gradients of what the last node gave. Weighted: losses and gradients by
  // the row weights that were gathered.
  void loss(bool weighted, size_t begin, size_t count);
  // From the finished gradient of what a node gave to that of what it took in, of which `part` is a part.
  void backward(unsigned member, size_t node, const Part& part);

  // What a node took in, and what it gave.
  const Rows& inputs(size_t node) const;
  const Rows& outputs(size_t node) const { return outputs_[node]; }
  const Rows& gradients(size_t node) const { return gradients_[node]; }
  // Training, of a batch normalization: sums over rows that are the gradients of its gamma or beta, or the mean or variance of
  // the batch that its moving ones follow; a vector.
  const float* batchVector(size_t node, ParameterKind kind) const;
  // Training: what a normalization scaled and shifted.
  const Rows& normalized(size_t node) const { return statistics_[node].normalized; }
  // Training: of each row, what a layer normalization multiplied it by, 1 / sqrt(variance + epsilon).
  const float* inverses(size_t node) const { return statistics_[node].inverse; }
  // Training: whether a dropout kept a unit of a row.
  bool isKept(size_t node, size_t row, size_t unit) const { return kept_[node].at(row)[unit / 16] >> unit % 16 & 1; }
  // Training: what a layer of noise adds to a part, added to what stands in `target`.
  void addNoiseTo(size_t node, const Part& part, const Rows& target) const;
  // A node that gives what it takes in.
  bool isIdentity(size_t node) const;
  // The last activation, where the loss takes what it takes in.
  bool isLossActivation(size_t node) const;
  const float* losses() const { return losses_; }
  const uint32_t* hits() const { return hits_; }
  // Training: what each row looked up in a table, [rows, columns of it].
  const uint32_t* categories(size_t table) const { return lookUp_.categories[table]; }
  // What data should have been that were gathered since the last clearProblem(); null if nothing was wrong.
  const char* problem() const { return problem_.load(std::memory_order_relaxed); }
  void clearProblem() { problem_.store(nullptr, std::memory_order_relaxed); }

 private:
  bool looksUp() const { return nodes_.front().kind == NodeKind::lookUp; }
  void gatherInputs(const DataView& data, const uint32_t* indices, size_t firstRow, size_t begin, size_t count);
  // Columns of a node's inputs whose gradient nobody takes: the numbers before looked-up vectors.
  size_t unusedInputs(const Node& node) const;
  // What a normalization keeps of a batch: of columns, or one of rows their inverses.
  struct Statistics {
    Rows normalized;
    float* mean = nullptr;
    float* variance = nullptr;
    float* inverse = nullptr;
    float* shifts = nullptr;
    float* scales = nullptr;
  };
  // A bit for each unit of each row.
  struct Bits {
    uint16_t* data = nullptr;
    size_t ld = 0;
    uint16_t* at(size_t row) const { return data + row * ld; }
  };
  bool worksInPlace(size_t node) const;
  void takeOutputs(size_t rows, Cutter* cutter);
  // A sum's gradient goes on to the branch too: what is turned in place below it is a copy, if anything is.
  bool copiesGradient(const Node& sum) const;
  // The relu whose gradient the product of a dense node can mask at once, or kNone.
  size_t reluBelow(size_t node) const;
  RowStream streamOf(const PhiloxKey& key, uint32_t number) const;
  DropoutMask maskOf(const Node& node) const;
  void dropOut(size_t node, const Part& part);
  void backwardDropout(size_t node, const Part& part);
  void addNoise(size_t node, const Part& part, const Rows& from, const Rows& to) const;
  BatchNormalization normalizationOf(size_t node) const;
  LayerNormalization layerNormalizationOf(const Node& node) const;
  void normalize(size_t node, const Part& part);
  void normalizeRows(size_t node, const Part& part);
  void backwardNormalization(size_t node, const Part& part);
  void backwardNormalizedRows(size_t node, const Part& part);
  void backwardActivation(size_t node, const Part& part);
  void backwardSum(size_t node, const Part& part);
  void backwardBranch(size_t node, const Part& part);
  void backwardProduct(unsigned member, size_t node, const Part& part);

  const Network& network_;
  const std::vector<Node>& nodes_;
  Purpose purpose_;
  const bool fuses_;
  Rows input_;
  std::vector<Rows> outputs_;           // per node; nodes that change nothing, or work in place, share them
  std::vector<Rows> gradients_;         // per node, of its outputs; element by element they are turned in place
  std::vector<size_t> masked_;          // per dense node: the relu below it that its product masks
  std::vector<bool> isMasked_;          // per node: a relu whose gradient a product above has masked
  std::vector<Statistics> statistics_;  // per node, in training
  std::vector<Bits> kept_;              // the same; of dropout
  Rows targets_;
  TargetForm form_;
  uint32_t* labels_ = nullptr;
  float* weights_ = nullptr;
  float* losses_ = nullptr;
  uint32_t* hits_ = nullptr;
  size_t panelsPerMember_ = 0;  // floats
  float* rowPanels_ = nullptr;
  uint32_t step_ = 0;
  size_t firstRow_ = 0;
  LookUp::Buffers lookUp_{};
  std::atomic<const char*> problem_{nullptr};
  const RowOrder* order_ = nullptr;
  float meanScale_ = 0;
};

}  // namespace samebits

#endif
