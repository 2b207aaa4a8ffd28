#include "kernel_bench.h"

#include <algorithm>

#include "arena.h"
#include "division.h"
#include "packing.h"
#include "random.h"
#include "repetitions.h"
#include "tree.h"

namespace samebits {
namespace {

// [rows, units] of uniform numbers from [low, high), the same for the same stream; what lies between units and ld is left.
void fillRows(uint32_t stream, float low, float high, size_t rows, size_t units, size_t ld, float* target) {
  const PhiloxKey key{{2024, 0}};
  uint32_t words[4];
  uint32_t block = 0;
  size_t used = 4;
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < units; ++j) {
      if (used == 4) {
        philox(key, block++, 0, 0, stream, words);
        used = 0;
      }
      target[i * ld + j] = low + (high - low) * (static_cast<float>(words[used++] >> 8) * 0x1p-24f);
    }
  }
}

// The operands of one case, and one repetition of each phase.
class Operands {
 public:
  Operands(const KernelTable& table, const PhaseCase& what, unsigned members)
      : table_(table), shape_(what.shape), members_(members) {
    const bool rowMajor = what.phase == Phase::product;
    ldx_ = rowMajor ? shape_.inputs : leadingDimension(shape_.inputs);
    ldz_ = rowMajor ? shape_.units : leadingDimension(shape_.units);
    Cutter counter(nullptr);
    cut(&counter);
    block_ = Block(counter.used());
    Cutter cutter(block_.data());
    cut(&cutter);
    // About half of the outputs positive, as in a network with relu; gradients as small as those of a mean.
    fillRows(0, 0, 1, shape_.rows, shape_.inputs, ldx_, x_);
    fillRows(1, -0.01f, 0.01f, shape_.rows, shape_.units, ldz_, dz_);
    if (rowMajor) {
      fillRows(2, -0.1f, 0.1f, shape_.inputs, shape_.units, shape_.units, slots_.value);
    } else {
      std::vector<float> weights(shape_.inputs * shape_.units);
      fillRows(2, -0.1f, 0.1f, shape_.inputs, shape_.units, shape_.units, weights.data());
      packPanels(weights.data(), {0, shape_.inputs}, shape_.inputs, shape_.units, table.panel, slots_.value);
    }
    update_.kind = what.update;
    update_.scale = 1.0f / static_cast<float>(shape_.rows);
    update_.learningRate = 0.01f;
    update_.momentum = update_.beta1 = 0.9f;
    update_.oneMinusBeta1 = 0.1f;
    update_.beta2 = 0.999f;
    update_.oneMinusBeta2 = 0.001f;
    update_.stepSize = 0.001f;
    update_.inverseRoot = 1;
    update_.epsilon = 1e-7f;
    order_.reserve(shape_.rows, what.batchLeaf);
    order_.of(shape_.rows);
  }

  void product(Team* team) {
    denseForward(team, table_, shape_, x_, slots_.value, nullptr, Activation::linear, 0, dz_);
  }

  void forward(unsigned member) {
    Share rows{0, shape_.rows}, columns{0, shape_.units};
    if (byRows()) {
      rows = shareOf(shape_.rows, 1, member, members_);
    } else {
      columns = shareOf(shape_.units, table_.panel, member, members_);
    }
    if (rows.begin == rows.end || columns.begin == columns.end) return;
    table_.forward(x_ + rows.begin * ldx_, ldx_, slots_.value, bias_, shape_.inputs, shape_.units,
                   rows.end - rows.begin, columns.begin, columns.end, true, dz_ + rows.begin * ldz_, ldz_);
  }

  void inputGradient(unsigned member) {
    Share rows{0, shape_.rows}, inputs{0, shape_.inputs};
    if (byRows()) {
      rows = shareOf(shape_.rows, 1, member, members_);
    } else {
      inputs = shareOf(shape_.inputs, 16, member, members_);
    }
    const size_t count = rows.end - rows.begin;
    if (count == 0 || inputs.begin == inputs.end) return;
    float* panels = rowPanels_ + member * rowPanelsSize();
    table_.packRows(dz_ + rows.begin * ldz_, ldz_, count, shape_.units, panels);
    table_.inputGradient(panels, slots_.value, shape_.inputs, shape_.units, count, inputs.begin, inputs.end,
                         x_ + rows.begin * ldx_, ldx_, dx_ + rows.begin * ldx_, ldx_);
  }

  // Blocks of inputs, all columns, as in a training step.
  void weightGradient(unsigned member) {
    const Share inputs = shareOf(shape_.inputs, table_.inputTile, member, members_);
    if (inputs.begin == inputs.end) return;
    table_.weightGradient(x_, ldx_, dz_, ldz_, &order_.of(shape_.rows), shape_.inputs, shape_.units, inputs.begin,
                          inputs.end, 0, shape_.units, &update_, &slots_, scratch_ + member * scratchSize(), nullptr);
  }

 private:
  bool byRows() const { return members_ == 1 || shape_.rows >= kRowsWorthAllWeights * members_; }
  size_t scratchSize() const { return weightGradientScratch(table_, shape_.rows); }
  size_t rowPanelsSize() const { return round16(shape_.rows) * shape_.units; }

  void cut(Cutter* cutter) {
    const size_t panels = panelsSize(shape_.inputs, shape_.units);
    x_ = cutter->take<float>(shape_.rows * ldx_);
    dx_ = cutter->take<float>(shape_.rows * ldx_);
    dz_ = cutter->take<float>(shape_.rows * ldz_);
    bias_ = cutter->take<float>(round16(shape_.units));
    for (float** slot : {&slots_.gradient, &slots_.value, &slots_.first, &slots_.second}) {
      *slot = cutter->take<float>(panels);
    }
    rowPanels_ = cutter->take<float>(members_ * rowPanelsSize());
    scratch_ = cutter->take<float>(members_ * scratchSize());
  }

  const KernelTable& table_;
  const DenseShape shape_;
  const unsigned members_;
  size_t ldx_ = 0, ldz_ = 0;
  Block block_;
  float *x_ = nullptr, *dx_ = nullptr, *dz_ = nullptr, *bias_ = nullptr, *rowPanels_ = nullptr, *scratch_ = nullptr;
  ParameterSlots slots_{};
  Update update_{};
  FixedOrder order_;
};

}  // namespace

std::vector<double> timePhase(Team* team, const KernelTable& table, const PhaseCase& what, size_t warmUps,
                              size_t repetitions) {
  Operands operands(table, what, team->size());
  std::vector<double> seconds;
  if (what.phase == Phase::product) {
    for (size_t i = 0; i < warmUps + repetitions; ++i) {
      const double start = monotonicSeconds();
      operands.product(team);
      seconds.push_back(monotonicSeconds() - start);
    }
  } else {
    seconds = timeRepetitions(team, warmUps + repetitions, [&](unsigned member) {
      switch (what.phase) {
        case Phase::forward:
          return operands.forward(member);
        case Phase::inputGradient:
          return operands.inputGradient(member);
        default:
          return operands.weightGradient(member);
      }
    });
  }
  seconds.erase(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(warmUps));
  return seconds;
}

}  // namespace samebits
