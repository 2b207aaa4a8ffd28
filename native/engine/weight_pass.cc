#include "weight_pass.h"

#include <algorithm>

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

// What a regularizer multiplies a weight by before it joins the gradient.
float decayOf(const Layer& layer, ParameterKind kind) {
  return kind == ParameterKind::kernel ? static_cast<float>(2 * layer.l2) : 0;
}

}  // namespace

WeightPass::WeightPass(const Network& network, PlanForm form, bool marks, unsigned members, size_t rows, Cutter* cutter)
    : network_(network),
      form_(form),
      marks_(marks),
      markSumsPerMember_((network.parameters() + kMarksPerLine - 1) / kMarksPerLine * kMarksPerLine),
      tiles_(members),
      pieces_(members),
      nonFinite_(2 * network.layers().size()) {
  for (const Layer& layer : network.layers()) {
    kernels_.push_back(layer.kernel);
    biases_.push_back(layer.bias);
    if (form == PlanForm::fused) continue;
    kernels_.back().gradient = cutter->take<float>(panelsSize(layer.inputs, layer.units));
    if (layer.useBias) biases_.back().gradient = cutter->take<float>(round16(layer.units));
  }
  scratchPerMember_ = weightGradientScratch(network.table(), rows);
  scratch_ = cutter->take<float>(scratchPerMember_ * members);
  markSums_ = cutter->take<uint64_t>(markSumsPerMember_ * members);
  divideTiles(members);
  if (form == PlanForm::stored) dividePieces(members);
}

void WeightPass::divideTiles(unsigned members) {
  const KernelTable& table = network_.table();
  const std::vector<Layer>& layers = network_.layers();
  double total = 0;
  for (const Layer& layer : layers) total += static_cast<double>(panelsSize(layer.inputs, layer.units));
  double at = 0;
  for (size_t l = 0; l < layers.size(); ++l) {
    const Layer& layer = layers[l];
    const uint32_t index = static_cast<uint32_t>(l);
    // Kernels like all columns of some inputs best: those columns of x are read once. A layer with too few inputs for all
    // members is divided by panels of columns instead.
    const size_t blocks = (layer.inputs + table.inputTile - 1) / table.inputTile;
    const bool byInputs = members == 1 || blocks >= kBlocksPerMember * members;
    const size_t inputStep = byInputs ? table.inputTile : layer.inputs;
    const size_t columnStep = byInputs ? layer.units : table.panel;
    unsigned owner = 0;
    for (size_t input = 0; input < layer.inputs; input += inputStep) {
      const size_t inputEnd = std::min(layer.inputs, input + inputStep);
      for (size_t column = 0; column < layer.units; column += columnStep) {
        const size_t columnEnd = std::min(layer.units, column + columnStep);
        const double size = static_cast<double>((inputEnd - input) * round16(columnEnd - column));
        owner = ownerOf(at, size, total, members);
        at += size;
        std::vector<Tile>& own = tiles_[owner];
        const bool sameLayer = !own.empty() && own.back().layer == index && own.back().kind == ParameterKind::kernel;
        if (sameLayer && byInputs) {
          own.back().inputEnd = inputEnd;
        } else if (sameLayer) {
          own.back().columnEnd = columnEnd;
        } else {
          own.push_back({index, ParameterKind::kernel, input, inputEnd, column, columnEnd});
        }
      }
    }
    if (layer.useBias) tiles_[owner].push_back({index, ParameterKind::bias, 0, 0, 0, layer.units});
  }
}

void WeightPass::dividePieces(unsigned members) {
  const std::vector<Layer>& layers = network_.layers();
  double total = 0;
  for (const Layer& layer : layers) {
    total += static_cast<double>(panelsSize(layer.inputs, layer.units) + (layer.useBias ? round16(layer.units) : 0));
  }
  double at = 0;
  const size_t panel = network_.table().panel, step = kPieceFloats / panel;
  for (size_t l = 0; l < layers.size(); ++l) {
    for (const ParameterKind kind : {ParameterKind::kernel, ParameterKind::bias}) {
      const size_t inputs = network_.parameterRows(l, kind);
      for (size_t column = 0; column < layers[l].units; column += panel) {
        for (size_t row = 0; row < inputs; row += step) {
          const PanelRows rows = panelRows({row, std::min(step, inputs - row)}, column, inputs, layers[l].units, panel);
          const double size = static_cast<double>(rows.floats());
          pieces_[ownerOf(at, size, total, members)].push_back({static_cast<uint32_t>(l), kind, rows});
          at += size;
        }
      }
    }
  }
}

void WeightPass::gradients(unsigned member, const RowPass& rows, const RowOrder& order, const Update& update) {
  const KernelTable& table = network_.table();
  Update what = update;
  if (form_ == PlanForm::stored) what.kind = UpdateKind::store;
  float* const scratch = scratch_ + member * scratchPerMember_;
  if (marks_) std::fill_n(markSums_ + member * markSumsPerMember_, markSumsPerMember_, uint64_t{0});
  for (const Tile& tile : tiles_[member]) {
    const Layer& layer = network_.layers()[tile.layer];
    what.decay = decayOf(layer, tile.kind);
    uint64_t* const sum = form_ == PlanForm::stored ? nullptr : markSum(member, tile.layer, tile.kind);
    const Rows& x = rows.inputs(tile.layer);
    const Rows& dz = rows.gradients(tile.layer);
    const bool nonFinite = tile.kind == ParameterKind::kernel
                               ? table.weightGradient(x.data, x.ld, dz.data, dz.ld, &order, layer.inputs, layer.units,
                                                      tile.inputBegin, tile.inputEnd, tile.columnBegin, tile.columnEnd,
                                                      &what, &kernels_[tile.layer], scratch, sum)
                               : table.biasGradient(dz.data, dz.ld, &order, layer.units, tile.columnBegin,
                                                    tile.columnEnd, &what, &biases_[tile.layer], sum);
    note(tile.layer, tile.kind, nonFinite);
  }
}

void WeightPass::apply(unsigned member, const Update& update) {
  const KernelTable& table = network_.table();
  Update what = update;
  what.scale = 1;  // mean and regularizer are in the stored gradient
  for (const Piece& piece : pieces_[member]) {
    const ParameterSlots& whole = piece.kind == ParameterKind::kernel ? kernels_[piece.layer] : biases_[piece.layer];
    const size_t begin = piece.rows.offset;
    ParameterSlots slots{whole.gradient + begin, whole.value + begin, nullptr, nullptr, nullptr};
    if (whole.first != nullptr) slots.first = whole.first + begin;
    if (whole.second != nullptr) slots.second = whole.second + begin;
    if (whole.third != nullptr) slots.third = whole.third + begin;
    note(piece.layer, piece.kind, table.update(&what, piece.rows.floats(), &slots));
    if (!marks_) continue;
    *markSum(member, piece.layer, piece.kind) +=
        markPanel(table, whole.value, piece.rows, network_.parameterColumns(piece.layer));
  }
}

uint64_t* WeightPass::markSum(unsigned member, uint32_t layer, ParameterKind kind) const {
  if (!marks_) return nullptr;
  return markSums_ + member * markSumsPerMember_ + network_.layers()[layer].parameter(kind);
}

void WeightPass::takeMarks(uint64_t* marks) const {
  std::fill_n(marks, network_.parameters(), uint64_t{0});
  for (size_t member = 0; member < tiles_.size(); ++member) {
    for (size_t p = 0; p < network_.parameters(); ++p) marks[p] += markSums_[member * markSumsPerMember_ + p];
  }
}

const float* WeightPass::gradient(size_t layer, ParameterKind kind) const {
  return (kind == ParameterKind::kernel ? kernels_ : biases_)[layer].gradient;
}

void WeightPass::note(uint32_t layer, ParameterKind kind, bool nonFinite) {
  if (nonFinite) nonFinite_[2 * layer + (kind == ParameterKind::bias)].store(true, std::memory_order_relaxed);
}

int WeightPass::firstNonFinite() const {
  for (size_t i = 0; i < nonFinite_.size(); ++i) {
    if (nonFinite_[i].load(std::memory_order_relaxed)) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace samebits
