#include "predictor.h"

#include <algorithm>

#include "control_word.h"
#include "optimizers.h"
#include "packing.h"
#include "tree.h"

namespace samebits {
namespace {

// Rows that a member passes through all layers at a time: enough to use each weight many times, few enough for their
// activations to stay in the second-level cache.
constexpr size_t kBlockRows = 128;

size_t blockRowsFor(size_t rows, unsigned members) {
  const size_t share = (rows + members - 1) / members;
  return std::min(kBlockRows, std::max<size_t>(1, share));
}

}  // namespace

Predictor::Predictor(const Network& network, RowPass::Purpose purpose, size_t rows, unsigned members)
    : network_(network), blockRows_(blockRowsFor(rows, members)) {
  const auto cut = [&](Cutter* cutter) { pass_.emplace(network, purpose, blockRows_ * members, members, 0, cutter); };
  Cutter counter(nullptr);
  cut(&counter);
  block_ = Block(counter.used());
  Cutter cutter(block_.data());
  cut(&cutter);
  if (purpose == RowPass::Purpose::predict) return;
  losses_.resize(rows);
  hits_.resize(rows);
}

template <typename Body>
void Predictor::overBlocks(Team* team, size_t rows, Body&& body) {
  nextRow_.store(0, std::memory_order_relaxed);
  auto work = [&](unsigned member) {
    for (;;) {
      const size_t first = nextRow_.fetch_add(blockRows_, std::memory_order_relaxed);
      if (first >= rows) return;
      body(member * blockRows_, first, std::min(blockRows_, rows - first));
    }
  };
  team->run(work);
}

void Predictor::predict(Team* team, const DataView& data, float* outputs) {
  const size_t units = network_.outputs();
  const Rows& last = pass_->outputs(network_.layers().size() - 1);
  overBlocks(team, data.rows, [&](size_t lane, size_t first, size_t count) {
    // The batch is shifted so that its row `lane` is the data's row `first`.
    const Batch batch{nullptr, first - lane, lane + count};
    pass_->gather(data, batch, lane, count);
    pass_->forward(lane, count);
    pass_->activateLast(lane, count);
    gatherRows(last.at(lane), last.ld, count, units, outputs + first * units);
  });
}

Evaluation Predictor::evaluate(Team* team, const DataView& data, size_t leaf) {
  const ControlWord control;
  overBlocks(team, data.rows, [&](size_t lane, size_t first, size_t count) {
    const Batch batch{nullptr, first - lane, lane + count};
    pass_->gather(data, batch, lane, count);
    pass_->forward(lane, count);
    pass_->loss(lane, count);
    std::copy_n(pass_->losses() + lane, count, losses_.data() + first);
    std::copy_n(pass_->hits() + lane, count, hits_.data() + first);
  });
  Evaluation evaluation;
  if (pass_->invalid()) evaluation.error = "labels below the number of units";
  TreeSum sum;
  sum.reset(leaf);
  for (size_t i = 0; i < data.rows; ++i) {
    sum.add(losses_[i]);
    evaluation.hits += hits_[i];
  }
  evaluation.loss = sum.total() * meanScale(data.rows);
  return evaluation;
}

}  // namespace samebits
