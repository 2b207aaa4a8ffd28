#include "predictor.h"

#include <algorithm>

#include "control_word.h"
#include "division.h"
#include "optimizers.h"
#include "packing.h"
#include "pass_plan.h"
#include "penalty.h"

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
    : network_(network), members_(members), blockRows_(blockRowsFor(rows, members)) {
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

void Predictor::predictByColumns(Team* team, const DataView& data, float* outputs) {
  const std::vector<Node>& nodes = network_.nodes();
  const PassPlan plan(network_, true, false);
  const size_t rows = data.rows;
  const Batch batch{nullptr, 0, rows};
  team->run([&](unsigned member) {
    const Share own = shareOf(rows, 1, member, members_);
    if (own.count() > 0) pass_->gather(data, batch, own.begin, own.count());
    for (size_t i = 0; i < plan.forward.size(); ++i) {
      const Stretch& stretch = plan.forward[i];
      if (i > 0) team->barrier();
      for (size_t n = stretch.begin; n < stretch.end; ++n) {
        if (stretch.division == Division::rows) {
          if (own.count() > 0) pass_->forward(n, {own.begin, own.count(), 0, nodes[n].units});
        } else {
          const Share columns = shareOf(nodes[n].units, network_.table().panel, member, members_);
          if (columns.count() > 0) pass_->forward(n, {0, rows, columns.begin, columns.end});
        }
      }
    }
    if (own.count() == 0) return;
    const Rows& last = pass_->outputs(nodes.size() - 1);
    gatherRows(last.at(own.begin), last.ld, own.count(), network_.outputs(), outputs + own.begin * network_.outputs());
  });
}

const char* Predictor::predict(Team* team, const DataView& data, float* outputs) {
  pass_->clearProblem();
  // All rows must fit into the blocks of all members together, which hold what the constructor was told.
  if (dividesColumns(network_, data.rows, members_) && data.rows <= blockRows_ * members_) {
    predictByColumns(team, data, outputs);
    return pass_->problem();
  }
  const size_t units = network_.outputs();
  const Rows& last = pass_->outputs(network_.nodes().size() - 1);
  overBlocks(team, data.rows, [&](size_t lane, size_t first, size_t count) {
    // The batch is shifted so that its row `lane` is the data's row `first`.
    const Batch batch{nullptr, first - lane, lane + count};
    pass_->gather(data, batch, lane, count);
    pass_->forward(lane, count);
    gatherRows(last.at(lane), last.ld, count, units, outputs + first * units);
  });
  return pass_->problem();
}

Evaluation Predictor::evaluate(Team* team, const DataView& data, size_t leaf, uint64_t before, const TreeSum& sum) {
  const ControlWord control;
  overBlocks(team, data.rows, [&](size_t lane, size_t first, size_t count) {
    const Batch batch{nullptr, first - lane, lane + count};
    pass_->gather(data, batch, lane, count);
    pass_->forward(lane, count);
    pass_->loss(data.rowWeights != nullptr, lane, count);
    std::copy_n(pass_->losses() + lane, count, losses_.data() + first);
    std::copy_n(pass_->hits() + lane, count, hits_.data() + first);
  });
  Penalty penalty(network_);
  penalty.sumColumns(0, 1);
  const float added = penalty.none() ? 0 : penalty.total();
  Evaluation evaluation;
  evaluation.error = pass_->problem();
  evaluation.sum = sum;
  if (before == 0) evaluation.sum.reset(leaf);
  for (size_t i = 0; i < data.rows; ++i) {
    evaluation.sum.add(penalty.none() ? losses_[i] : losses_[i] + added);
    evaluation.hits += hits_[i];
  }
  evaluation.loss = evaluation.sum.total() * meanScale(before + data.rows);
  return evaluation;
}

}  // namespace samebits
