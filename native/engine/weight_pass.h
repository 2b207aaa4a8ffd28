// What happens to parameters: weight and bias gradients over the rows of a batch, and the optimizer. A member of the team
// owns tiles of parameters; who owns what does not touch bits.
#ifndef SAMEBITS_ENGINE_WEIGHT_PASS_H
#define SAMEBITS_ENGINE_WEIGHT_PASS_H

#include <atomic>
#include <vector>

#include "arena.h"
#include "clipping.h"
#include "joins.h"
#include "network.h"
#include "packing.h"
#include "row_pass.h"
#include "table_terms.h"

namespace samebits {

// The plan's two forms. stored: gradients are written out, then applied in a phase of its own (what needs a whole
// gradient goes between them). fused: a tile is applied as soon as its sum is finished. Bits are equal.
enum class PlanForm { stored, fused };

class WeightPass {
 public:
  // For batches of at most `rows` rows, taken `microBatches` at most one after the other to a step. More than one need the
  // stored form. Cuts scratch memory from `cutter`, and gradient buffers if the form is stored.
  // With `marks`, every step marks the weights that it has made.
  WeightPass(const Network& network, PlanForm form, bool marks, unsigned members, size_t rows, size_t microBatches,
             Cutter* cutter);

  PlanForm form() const { return form_; }

  // By every member before any makes gradients: the gradients of a step end, as far as they are sparse.
  void beginStep(unsigned member);
  // One member's gradients, over rows in `order`; fused: applies them too. Stored gradients are after
  // the mean and the regularizer, before clipping. `joins` is read where there are embeddings.
  void gradients(unsigned member, const RowPass& rows, const RowOrder& order, const Joins& joins, const Update& update);
  // A step of several micro-batches, each a whole subtree over its rows: one member's sums over one of them, pushed on a stack;
  // after every member's, its share of merging the top of the stack; and after the last, its share of what gradients() leaves.
  // Not where there are embeddings or batch normalizations.
  void pushSums(unsigned member, const RowPass& rows, const RowOrder& order, size_t depth);
  void mergeSums(unsigned member, size_t depth, uint32_t merges);
  void finishSums(unsigned member, const Update& update);
  // Stored form, after every member's gradients(): one member's part of the norms to clip by.
  void sumSquares(unsigned member, Clipping* clipping) const;
  // Stored form, then: applies one member's share.
  void apply(unsigned member, const Update& update, const Clipping& clipping);
  // Whether weights have constraints that need whole columns of them: then, after every member's updates, one member's share.
  bool constrains() const { return !constrained_.empty(); }
  void constrain(unsigned member, const Update& update);

  // The first parameter, in model order, that became infinite or NaN; kNone if none did.
  size_t firstNonFinite() const;

  // The marks of the weights after the step, [parameters] in model order; after every member's share. Once a step.
  void takeMarks(uint64_t* marks);

  // Stored form: a parameter's gradients, in the layout of its weights. Null else.
  const float* gradient(size_t parameter) const { return slots_[parameter].gradient; }

 private:
  struct Tile {
    size_t parameter;
    size_t rowBegin, rowEnd;
    size_t columnBegin, columnEnd;
  };
  struct Piece {
    size_t parameter;
    PanelRows rows;
  };
  // Of tables of embeddings: only rows that the batch looked up. Tables are the first parameters.
  void tableGradients(unsigned member, const RowPass& rows, const RowOrder& order, const Joins& joins,
                      const Update& update);
  ParameterSlots tableRow(size_t table, uint32_t category) const;
  void applyRow(unsigned member, size_t table, uint32_t category, const Update& update, const ParameterSlots& row);
  uint64_t rowMark(size_t table, uint32_t category) const;
  void divideTiles(unsigned members);
  void dividePieces(unsigned members);
  // A batch normalization's: what the pass over rows has summed is taken, or followed.
  bool takeBatchVector(const Parameter& parameter, const float* vector, const ParameterSlots& slots, const Update& what,
                       uint64_t* markSum);
  // Where a member sums the terms of a parameter's mark that are its own; null without marks.
  uint64_t* markSum(unsigned member, size_t parameter) const;
  void note(size_t parameter, bool nonFinite);
  // Sums one tile over the rows, and does with them what `what` says.
  bool sumTile(const Tile& tile, const RowPass& rows, const RowOrder& order, const Update& what,
               const ParameterSlots& slots, float* scratch, uint64_t* mark) const;
  // What a step does to a parameter: `update`, but for what the parameter decides.
  Update updateOf(const Parameter& parameter, const Update& update) const;

  const Network& network_;
  const PlanForm form_;
  float* scratch_ = nullptr;
  size_t scratchPerMember_ = 0;
  const bool marks_;
  uint64_t* markSums_ = nullptr;  // [members, markSumsPerMember_]
  const size_t markSumsPerMember_;
  std::vector<ParameterSlots> slots_;  // per parameter, with gradient buffers if stored; no average of constrained ones
  std::vector<std::vector<float*>> sums_;  // per parameter, of the stack's partial sums; the first is its gradient
  std::vector<size_t> constrained_;        // parameters
  std::vector<TableTerms> tables_;
  std::vector<uint64_t> tableMarks_;          // after the last step: only changes are marked in the next
  std::vector<std::vector<Tile>> tiles_;      // per member
  std::vector<std::vector<Piece>> pieces_;    // per member, stored form
  std::vector<std::atomic<bool>> nonFinite_;  // per parameter
};

}  // namespace samebits

#endif
