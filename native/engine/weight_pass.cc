#include "weight_pass.h"

#include <algorithm>

#include "division.h"
#include "packing.h"

namespace samebits {
namespace {

// Blocks of inputs (KernelTable::inputTile) that a layer must have for each member to be divided by them evenly.
constexpr size_t kBlocksPerMember = 4;
// Floats that are applied in one call: small enough to divide evenly, and to be marked from the first-level cache; large
// enough to be cheap.
constexpr size_t kPieceFloats = 16 * 256;
constexpr size_t kMarksPerLine = kAlignment / sizeof(uint64_t);

// The member whose share of [0, total) holds the middle of [from, from + size).
unsigned ownerOf(double from, double size, double total, unsigned members) {
  const double share = (from + size / 2) / total * members;
  return std::min(members - 1, static_cast<unsigned>(share));
}

}  // namespace

WeightPass::WeightPass(const Network& network, PlanForm form, bool marks, unsigned members, size_t rows,
                       size_t microBatches, Cutter* cutter)
    : network_(network),
      form_(form),
      marks_(marks),
      markSumsPerMember_((network.parameters().size() + kMarksPerLine - 1) / kMarksPerLine * kMarksPerLine),
      tiles_(members),
      pieces_(members),
      nonFinite_(network.parameters().size()) {
  for (const Parameter& parameter : network.parameters()) {
    if (parameter.rules.maxNorm > 0) constrained_.push_back(slots_.size());
    slots_.push_back(parameter.slots);
    if (parameter.rules.maxNorm > 0) slots_.back().average = nullptr;
    if (form == PlanForm::stored && isTrained(parameter.kind)) {
      slots_.back().gradient = cutter->take<float>(parameter.floats());
    }
    sums_.push_back({slots_.back().gradient});
    // A binary counter's most digits, and the sum that is to be merged.
    for (size_t left = microBatches; left > 1; left /= 2)
      sums_.back().push_back(cutter->take<float>(parameter.floats()));
  }
  for (const LookUp::Table& table : network.lookUp().tables()) {
    tables_.emplace_back(TableTerms::Shape{table.categories, table.units, table.columns.size(), rows}, members, cutter);
  }
  tableMarks_.resize(tables_.size());
  for (size_t t = 0; marks && t < tables_.size(); ++t) network.mark(t, 0, &tableMarks_[t]);
  scratchPerMember_ = weightGradientScratch(network.table(), rows);
  scratch_ = cutter->take<float>(scratchPerMember_ * members);
  markSums_ = cutter->take<uint64_t>(markSumsPerMember_ * members);
  divideTiles(members);
  if (form == PlanForm::stored) dividePieces(members);
}

void WeightPass::divideTiles(unsigned members) {
  const KernelTable& table = network_.table();
  const std::vector<Parameter>& parameters = network_.parameters();
  double total = 0;
  for (const Parameter& parameter : parameters) {
    if (parameter.kind == ParameterKind::kernel) total += static_cast<double>(parameter.floats());
  }
  double at = 0;
  unsigned owner = 0;
  for (size_t p = 0; p < parameters.size(); ++p) {
    const Parameter& parameter = parameters[p];
    if (parameter.kind == ParameterKind::embeddings) continue;
    if (parameter.kind != ParameterKind::kernel) {
      tiles_[owner].push_back({p, 0, 1, 0, parameter.columns});
      continue;
    }
    const size_t inputs = parameter.rows, units = parameter.columns;
    // Kernels like all columns of some inputs best: those columns of x are read once. A layer with too few inputs for all
    // members is divided by panels of columns instead.
    const size_t blocks = (inputs + table.inputTile - 1) / table.inputTile;
    const bool byInputs = members == 1 || blocks >= kBlocksPerMember * members;
    const size_t inputStep = byInputs ? table.inputTile : inputs;
    const size_t columnStep = byInputs ? units : table.panel;
    for (size_t input = 0; input < inputs; input += inputStep) {
      const size_t inputEnd = std::min(inputs, input + inputStep);
      for (size_t column = 0; column < units; column += columnStep) {
        const size_t columnEnd = std::min(units, column + columnStep);
        const double size = static_cast<double>((inputEnd - input) * round16(columnEnd - column));
        owner = ownerOf(at, size, total, members);
        at += size;
        std::vector<Tile>& own = tiles_[owner];
        const bool sameKernel = !own.empty() && own.back().parameter == p;
        if (sameKernel && byInputs) {
          own.back().rowEnd = inputEnd;
        } else if (sameKernel) {
          own.back().columnEnd = columnEnd;
        } else {
          own.push_back({p, input, inputEnd, column, columnEnd});
        }
      }
    }
  }
}

void WeightPass::dividePieces(unsigned members) {
  const std::vector<Parameter>& parameters = network_.parameters();
  double total = 0;
  for (size_t p = tables_.size(); p < parameters.size(); ++p) total += static_cast<double>(parameters[p].floats());
  double at = 0;
  const size_t panel = network_.table().panel, step = kPieceFloats / panel;
  for (size_t p = tables_.size(); p < parameters.size(); ++p) {
    if (!isTrained(parameters[p].kind)) continue;
    const size_t inputs = parameters[p].rows, units = parameters[p].columns;
    for (size_t column = 0; column < units; column += panel) {
      for (size_t row = 0; row < inputs; row += step) {
        const PanelRows rows = panelRows({row, std::min(step, inputs - row)}, column, inputs, units, panel);
        const double size = static_cast<double>(rows.floats());
        pieces_[ownerOf(at, size, total, members)].push_back({p, rows});
        at += size;
      }
    }
  }
}

void WeightPass::beginStep(unsigned member) {
  for (size_t t = 0; t < tables_.size(); ++t) {
    if (form_ == PlanForm::stored) {
      const size_t stride = network_.lookUp().tables()[t].stride;
      tables_[t].over(member, [&](uint32_t category) { std::fill_n(tableRow(t, category).gradient, stride, 0.0f); });
    }
    tables_[t].forget(member);
  }
}

void WeightPass::tableGradients(unsigned member, const RowPass& rows, const RowOrder& order, const Joins& joins,
                                const Update& update) {
  const KernelTable& kernels = network_.table();
  const Rows& dy = rows.gradients(0);
  for (size_t t = 0; t < tables_.size(); ++t) {
    const LookUp::Table& table = network_.lookUp().tables()[t];
    const Update what = updateOf(network_.parameters()[t], update);
    tables_[t].group(member, rows.categories(t), order);
    tables_[t].sum(member, kernels, dy.data, dy.ld, table.outputs.data(), joins, [&](uint32_t category, float* sums) {
      ParameterSlots row = tableRow(t, category);
      if (form_ == PlanForm::stored) {
        std::copy_n(sums, table.stride, row.gradient);
        kernels.update(&what, table.stride, &row);
      } else {
        row.gradient = sums;
        applyRow(member, t, category, what, row);
      }
    });
  }
}

ParameterSlots WeightPass::tableRow(size_t table, uint32_t category) const {
  const size_t begin = category * network_.lookUp().tables()[table].stride;
  ParameterSlots row = slots_[table];
  for (float** slot : {&row.gradient, &row.value, &row.first, &row.second, &row.third}) {
    if (*slot != nullptr) *slot += begin;
  }
  return row;
}

void WeightPass::applyRow(unsigned member, size_t table, uint32_t category, const Update& update,
                          const ParameterSlots& row) {
  uint64_t* const sum = markSum(member, table);
  if (sum != nullptr) *sum -= rowMark(table, category);
  note(table, network_.table().update(&update, network_.lookUp().tables()[table].stride, &row));
  if (sum != nullptr) *sum += rowMark(table, category);
}

uint64_t WeightPass::rowMark(size_t table, uint32_t category) const {
  const LookUp::Table& of = network_.lookUp().tables()[table];
  return network_.table().mark(tableRow(table, category).value, 1, of.stride, of.units, category * of.units, of.units);
}

void WeightPass::gradients(unsigned member, const RowPass& rows, const RowOrder& order, const Joins& joins,
                           const Update& update) {
  float* const scratch = scratch_ + member * scratchPerMember_;
  if (marks_) std::fill_n(markSums_ + member * markSumsPerMember_, markSumsPerMember_, uint64_t{0});
  tableGradients(member, rows, order, joins, update);
  for (const Tile& tile : tiles_[member]) {
    const Parameter& parameter = network_.parameters()[tile.parameter];
    const Update what = updateOf(parameter, update);
    if (network_.nodes()[parameter.node].kind == NodeKind::batchNormalization) {
      const float* const vector = rows.batchVector(parameter.node, parameter.kind);
      uint64_t* const sum = markSum(member, tile.parameter);
      note(tile.parameter, takeBatchVector(parameter, vector, slots_[tile.parameter], what, sum));
      continue;
    }
    const bool marks = form_ == PlanForm::fused && parameter.rules.maxNorm == 0;
    uint64_t* const sum = marks ? markSum(member, tile.parameter) : nullptr;
    note(tile.parameter, sumTile(tile, rows, order, what, slots_[tile.parameter], scratch, sum));
  }
}

bool WeightPass::takeBatchVector(const Parameter& parameter, const float* vector, const ParameterSlots& slots,
                                 const Update& what, uint64_t* markSum) {
  const KernelTable& table = network_.table();
  const size_t floats = parameter.floats();
  bool nonFinite;
  if (!isTrained(parameter.kind)) {
    const double momentum = network_.nodes()[parameter.node].normalization.momentum;
    nonFinite =
        table.follow(vector, floats, static_cast<float>(momentum), static_cast<float>(1.0 - momentum), slots.value);
  } else if (form_ == PlanForm::stored) {
    std::copy_n(vector, floats, slots.gradient);
    table.update(&what, floats, &slots);
    return false;
  } else {
    ParameterSlots summed = slots;
    summed.gradient = const_cast<float*>(vector);
    nonFinite = table.update(&what, floats, &summed);
  }
  if (markSum == nullptr) return nonFinite;
  overPanels({0, 1}, 1, parameter.columns, table.panel,
             [&](const PanelRows& panel) { *markSum += markPanel(table, slots.value, panel, parameter.columns); });
  return nonFinite;
}

bool WeightPass::sumTile(const Tile& tile, const RowPass& rows, const RowOrder& order, const Update& what,
                         const ParameterSlots& slots, float* scratch, uint64_t* mark) const {
  const KernelTable& table = network_.table();
  const Parameter& parameter = network_.parameters()[tile.parameter];
  const Rows& x = rows.inputs(parameter.node);
  const Rows& dz = rows.gradients(parameter.node);
  if (parameter.kind == ParameterKind::kernel) {
    return table.weightGradient(x.data, x.ld, dz.data, dz.ld, &order, parameter.rows, parameter.columns, tile.rowBegin,
                                tile.rowEnd, tile.columnBegin, tile.columnEnd, &what, &slots, scratch, mark);
  }
  if (parameter.kind == ParameterKind::gamma) {
    const Rows& h = rows.normalized(parameter.node);
    return table.scaleGradient(h.data, h.ld, dz.data, dz.ld, &order, parameter.columns, tile.columnBegin,
                               tile.columnEnd, &what, &slots, mark);
  }
  return table.biasGradient(dz.data, dz.ld, &order, parameter.columns, tile.columnBegin, tile.columnEnd, &what, &slots,
                            mark);
}

void WeightPass::pushSums(unsigned member, const RowPass& rows, const RowOrder& order, size_t depth) {
  Update what{};
  what.kind = UpdateKind::store;
  what.scale = 1;
  for (const Tile& tile : tiles_[member]) {
    const ParameterSlots slots{sums_[tile.parameter][depth], nullptr, nullptr, nullptr, nullptr, nullptr};
    sumTile(tile, rows, order, what, slots, scratch_ + member * scratchPerMember_, nullptr);
  }
}

void WeightPass::mergeSums(unsigned member, size_t depth, uint32_t merges) {
  // lower + upper, as the update of sgd with a learning rate of -1: fma(1, upper, lower).
  Update add{};
  add.kind = UpdateKind::sgd;
  add.scale = 1;
  add.learningRate = -1;
  for (const Piece& piece : pieces_[member]) {
    const std::vector<float*>& sums = sums_[piece.parameter];
    for (size_t top = depth; top > depth - merges; --top) {
      const ParameterSlots slots{
          sums[top] + piece.rows.offset, sums[top - 1] + piece.rows.offset, nullptr, nullptr, nullptr, nullptr};
      network_.table().update(&add, piece.rows.floats(), &slots);
    }
  }
}

void WeightPass::finishSums(unsigned member, const Update& update) {
  if (marks_) std::fill_n(markSums_ + member * markSumsPerMember_, markSumsPerMember_, uint64_t{0});
  for (const Piece& piece : pieces_[member]) {
    const Update what = updateOf(network_.parameters()[piece.parameter], update);
    const size_t begin = piece.rows.offset;
    const ParameterSlots& whole = slots_[piece.parameter];
    const ParameterSlots slots{whole.gradient + begin, whole.value + begin, nullptr, nullptr, nullptr, nullptr};
    network_.table().update(&what, piece.rows.floats(), &slots);
  }
}

Update WeightPass::updateOf(const Parameter& parameter, const Update& update) const {
  Update own{};
  if (form_ == PlanForm::stored) {
    own.kind = UpdateKind::store;
    own.scale = update.scale;
  } else {
    own = update;
    own.nonNegative = parameter.rules.nonNegative;
    if (!network_.decays(parameter)) own.weightDecay = 0;
  }
  own.l1 = static_cast<float>(parameter.rules.l1);
  own.l2 = static_cast<float>(2 * parameter.rules.l2);
  return own;
}

void WeightPass::sumSquares(unsigned member, Clipping* clipping) const {
  const unsigned members = static_cast<unsigned>(tiles_.size());
  for (size_t p = 0; p < slots_.size(); ++p) {
    if (slots_[p].gradient != nullptr) clipping->sumColumns(p, slots_[p].gradient, member, members);
  }
}

void WeightPass::apply(unsigned member, const Update& update, const Clipping& clipping) {
  const KernelTable& table = network_.table();
  Update what = update;
  for (size_t t = 0; t < tables_.size(); ++t) {
    what.scale = clipping.factor(t);
    what.weightDecay = 0;
    tables_[t].over(member, [&](uint32_t category) { applyRow(member, t, category, what, tableRow(t, category)); });
  }
  for (const Piece& piece : pieces_[member]) {
    const ParameterSlots& whole = slots_[piece.parameter];
    const Parameter& parameter = network_.parameters()[piece.parameter];
    what.scale = clipping.factor(piece.parameter);  // mean and regularizer are in the stored gradient
    what.weightDecay = network_.decays(parameter) ? update.weightDecay : 0;
    what.nonNegative = parameter.rules.nonNegative;
    const size_t begin = piece.rows.offset;
    ParameterSlots slots{whole.gradient + begin, whole.value + begin, nullptr, nullptr, nullptr, nullptr};
    if (whole.first != nullptr) slots.first = whole.first + begin;
    if (whole.second != nullptr) slots.second = whole.second + begin;
    if (whole.third != nullptr) slots.third = whole.third + begin;
    if (whole.average != nullptr) slots.average = whole.average + begin;
    note(piece.parameter, table.update(&what, piece.rows.floats(), &slots));
    if (!marks_ || parameter.rules.maxNorm > 0) continue;
    *markSum(member, piece.parameter) += markPanel(table, whole.value, piece.rows, parameter.columns);
  }
}

void WeightPass::constrain(unsigned member, const Update& update) {
  const KernelTable& table = network_.table();
  const unsigned members = static_cast<unsigned>(tiles_.size());
  for (const size_t p : constrained_) {
    const Parameter& parameter = network_.parameters()[p];
    const Share own = shareOf(parameter.columns, table.panel, member, members);
    if (own.count() == 0) continue;
    table.maxNorm(static_cast<float>(parameter.rules.maxNorm), parameter.rows, parameter.columns, own.begin, own.end,
                  &update, &parameter.slots);
    for (size_t column = own.begin; marks_ && column < own.end; column += table.panel) {
      const PanelRows panel = panelRows({0, parameter.rows}, column, parameter.rows, parameter.columns, table.panel);
      *markSum(member, p) += markPanel(table, parameter.slots.value, panel, parameter.columns);
    }
  }
}

uint64_t* WeightPass::markSum(unsigned member, size_t parameter) const {
  return marks_ ? markSums_ + member * markSumsPerMember_ + parameter : nullptr;
}

void WeightPass::takeMarks(uint64_t* marks) {
  const size_t parameters = network_.parameters().size();
  std::fill_n(marks, parameters, uint64_t{0});
  for (size_t member = 0; member < tiles_.size(); ++member) {
    for (size_t p = 0; p < parameters; ++p) marks[p] += markSums_[member * markSumsPerMember_ + p];
  }
  for (size_t t = 0; t < tables_.size(); ++t) marks[t] = tableMarks_[t] += marks[t];
}

void WeightPass::note(size_t parameter, bool nonFinite) {
  if (nonFinite) nonFinite_[parameter].store(true, std::memory_order_relaxed);
}

size_t WeightPass::firstNonFinite() const {
  for (size_t p = 0; p < nonFinite_.size(); ++p) {
    if (nonFinite_[p].load(std::memory_order_relaxed)) return p;
  }
  return kNone;
}

}  // namespace samebits
