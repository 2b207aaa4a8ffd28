// What happens to parameters: weight and bias gradients over the rows of a batch, and the optimizer. A member of the team
// owns tiles of parameters; who owns what does not touch bits.
#ifndef SAMEBITS_ENGINE_WEIGHT_PASS_H
#define SAMEBITS_ENGINE_WEIGHT_PASS_H

#include <atomic>
#include <vector>

#include "arena.h"
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
  // For batches of at most `rows` rows. Cuts scratch memory from `cutter`, and gradient buffers if the form is stored.
  // With `marks`, every step marks the weights that it has made.
  WeightPass(const Network& network, PlanForm form, bool marks, unsigned members, size_t rows, Cutter* cutter);

  PlanForm form() const { return form_; }

  // By every member before any is in gradients(): the gradients of a step end, as far as they are sparse.
  void beginStep(unsigned member);
  // One member's gradients, over rows in `order`; fused: applies them too. Stored gradients are those that the optimizer
  // takes: after the mean and the regularizer. `joins` is read where there are embeddings.
  void gradients(unsigned member, const RowPass& rows, const RowOrder& order, const Joins& joins, const Update& update);
  // Stored form, after every member's gradients(): applies one member's share.
  void apply(unsigned member, const Update& update);

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

  const Network& network_;
  const PlanForm form_;
  float* scratch_ = nullptr;
  size_t scratchPerMember_ = 0;
  const bool marks_;
  uint64_t* markSums_ = nullptr;  // [members, markSumsPerMember_]
  const size_t markSumsPerMember_;
  std::vector<ParameterSlots> slots_;  // per parameter, with gradient buffers if stored
  std::vector<TableTerms> tables_;
  std::vector<uint64_t> tableMarks_;          // after the last step: only changes are marked in the next
  std::vector<std::vector<Tile>> tiles_;      // per member
  std::vector<std::vector<Piece>> pieces_;    // per member, stored form
  std::vector<std::atomic<bool>> nonFinite_;  // per parameter
};

}  // namespace samebits

#endif
