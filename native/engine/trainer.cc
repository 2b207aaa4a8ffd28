#include "trainer.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "division.h"
namespace samebits {
namespace {

// Most steps, epochs and recorded words of one call: their results are kept in buffers that a step never enlarges. A call
// that fills one ends early, and its caller makes another.
constexpr size_t kMaxStepsPerCall = 1 << 16;
constexpr size_t kMaxRecordedWords = 1 << 20;
constexpr size_t kMaxMarks = 1 << 20;
// A clock is read after every step of at least this many FLOPs, and after every kStepsPerLook of smaller ones.
constexpr double kLongStepFlops = 1e6;
constexpr uint64_t kStepsPerLook = 16;
// A step of fewer FLOPs (forward and back) takes about as long on one thread as its barriers do on several.
constexpr double kTinyStepFlops = 3e5;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

size_t rowsPerMember(const TrainOptions& options, size_t rows, unsigned members, bool byColumns) {
  if (byColumns) return rows;
  // Claims of free order are at most half of all rows (Arrival::claim), but for a team of one.
  if (options.reduction == Reduction::free && members > 1) return (rows + 1) / 2 + options.freeGrain;
  return (rows + members - 1) / members;
}

TrainOptions withForm(TrainOptions options, const Network& network) {
  if (network.clipsByNorm() || options.microBatch > 0) options.form = PlanForm::stored;
  return options;
}

}  // namespace

bool isTinyStep(const Network& network, const TrainOptions& options) {
  const size_t rows = options.inEpoch ? std::min(options.batchSize, options.data.rows) : options.data.rows;
  return 3 * network.rowFlops() * static_cast<double>(rows) < kTinyStepFlops;
}

Trainer::Trainer(Network* network, EpochState* epoch, Workspace* workspace, TrainOptions options, unsigned members)
    : network_(*network),
      epoch_(*epoch),
      workspace_(*workspace),
      options_(withForm(std::move(options), *network)),
      members_(members),
      rowMembers_(options_.everyMember ? members : std::min(members, availableCores())),
      epochRows_(options_.epochRows > 0 ? options_.epochRows : options_.data.rows),
      dataBegin_(options_.epochRows > 0 ? epoch->position : 0),
      maxRows_(options_.inEpoch ? std::min(options_.batchSize, epochRows_) : options_.data.rows),
      maxMicro_(options_.microBatch == 0 ? maxRows_ : std::min(maxRows_, options_.microBatch)),
      byColumns_(dividesColumns(network_, maxMicro_, rowMembers_)),
      plan_(network_, byColumns_, true),
      penalty_(network_),
      clipping_(network_) {
  const size_t perMember = std::min(maxMicro_, rowsPerMember(options_, maxMicro_, rowMembers_, byColumns_));
  const auto cut = [&](Cutter* cutter) {
    rowPass_.emplace(network_, RowPass::Purpose::train, maxMicro_, rowMembers_, perMember, cutter);
    weightPass_.emplace(network_, options_.form, options_.marks, members, maxMicro_,
                        (maxRows_ + maxMicro_ - 1) / maxMicro_, cutter);
  };
  const bool fits = workspace->block.bytes() > 0 && workspace->rows == maxRows_ && workspace->microRows == maxMicro_ &&
                    workspace->rowsPerMember == perMember && workspace->members == members &&
                    workspace->rowMembers == rowMembers_ && workspace->form == options_.form;
  if (!fits) {
    Cutter counter(nullptr);
    cut(&counter);
    *workspace = Workspace{};  // frees the old one first
    *workspace = {Block(counter.used()), maxRows_, maxMicro_, perMember, members, rowMembers_, options_.form, {}};
  }
  Cutter cutter(workspace->block.data());
  cut(&cutter);
  workspace->gradients.reserve(network_.parameters().size());

  rowLosses_.resize(maxRows_);
  fixed_.reserve(maxMicro_, options_.batchLeaf);
  if (!network_.lookUp().tables().empty()) {
    const size_t chainRows = options_.reduction == Reduction::fixed ? options_.batchLeaf : options_.freeGrain;
    joins_.reserve((maxRows_ + chainRows - 1) / chainRows);
  }
  if (options_.reduction == Reduction::free) {
    chains_.reserve(maxRows_, options_.freeGrain);
    arrival_.reserve(maxRows_, options_.freeGrain, rowMembers_);
    seenUnits_.resize((maxRows_ + options_.freeGrain - 1) / options_.freeGrain);
  }
  if (options_.inEpoch) {
    if (epoch_.position == 0) {
      epoch_.loss.reset(options_.batchLeaf);
      epoch_.hits = 0;
    }
    if (options_.shuffle && epoch_.order.size() != options_.data.rows) {
      epoch_.order.resize(options_.data.rows);
      epoch_.orderMade = false;
    }
  }
  const size_t steps = static_cast<size_t>(std::min<uint64_t>(options_.maxSteps, mostSteps()));
  outcome_.stepLosses.reserve(steps);
  outcome_.stepHits.reserve(steps);
  outcome_.epochLosses.reserve(options_.inEpoch ? steps : 0);
  outcome_.epochHits.reserve(options_.inEpoch ? steps : 0);
  if (options_.record) outcome_.recording.reserve(kMaxRecordedWords + arrival_.recordedWords());
  if (options_.marks) outcome_.marks.reserve(steps * network_.parameters().size());
}

size_t Trainer::mostSteps() const {
  if (!options_.marks) return kMaxStepsPerCall;
  return std::clamp<size_t>(kMaxMarks / network_.parameters().size(), 1, kMaxStepsPerCall);
}

TrainOutcome Trainer::run(Team* team, const std::atomic<bool>* abort) {
  started_ = now();
  network_.beginAverages();
  beginStep();
  team->run([&](unsigned member) {
    WeightPass& weights = *weightPass_;
    while (!stop_) {
      penalty_.sumColumns(member, members_);
      weights.beginStep(member);
      if (!makeGradients(team, member)) break;
      if (weights.form() == PlanForm::stored) {
        team->barrier();
        if (!clipping_.none()) {
          weights.sumSquares(member, &clipping_);
          team->barrier([&] { clipping_.decide(); });
        }
        weights.apply(member, update_, clipping_);
      }
      if (weights.constrains()) {
        team->barrier();
        weights.constrain(member, update_);
      }
      team->barrier([&] { endStep(abort); });
    }
  });
  outcome_.seconds = secondsSinceStart();
  return std::move(outcome_);
}

bool Trainer::makeGradients(Team* team, unsigned member) {
  WeightPass& weights = *weightPass_;
  const auto passMicro = [&] {
    if (member < rowMembers_) passRows(team, member);
    team->barrier([&] { decideOrder(); });
    return !stop_;
  };
  if (maxMicro_ == maxRows_) {
    if (!passMicro()) return false;
    weights.gradients(member, *rowPass_, *order_, joins_, update_);
    return true;
  }
  for (bool last = false; !last;) {
    if (!passMicro()) return false;
    last = isLastMicro();
    weights.pushSums(member, *rowPass_, *order_, sums_);
    team->barrier();
    weights.mergeSums(member, sums_, merges_);
    team->barrier([&] { endMicro(); });
  }
  weights.finishSums(member, update_);
  return true;
}

double Trainer::secondsSinceStart() const { return now() - started_; }

void Trainer::beginStep() {
  const size_t rows = options_.data.rows;
  if (!options_.inEpoch) {
    batch_ = {nullptr, 0, rows};
  } else {
    if (options_.shuffle && !epoch_.orderMade) {
      shuffleRows(options_.key, options_.stream, static_cast<uint32_t>(network_.epochs), epoch_.order.data(), rows);
      epoch_.orderMade = true;
    }
    const uint32_t* order = options_.order != nullptr ? options_.order
                            : options_.shuffle        ? epoch_.order.data()
                                                      : nullptr;
    batch_.rows = std::min(options_.batchSize, epochRows_ - epoch_.position);
    batch_.firstRow = epoch_.position - dataBegin_;
    batch_.indices = order == nullptr ? nullptr : order + epoch_.position;
  }
  hits_ = 0;
  microIndex_ = sums_ = 0;
  beginMicro(0);
  // Where statistics are taken of a batch by this order, micro_ is all of it.
  rowPass_->beginStep(network_.steps, batch_.rows, &fixed_.of(micro_.rows));
  if (options_.reduction == Reduction::free) arrival_.begin(batch_.rows);
}

void Trainer::beginMicro(size_t firstRow) {
  microFirst_ = firstRow;
  micro_.rows = std::min(maxMicro_, batch_.rows - firstRow);
  micro_.firstRow = batch_.firstRow + firstRow;
  micro_.indices = batch_.indices == nullptr ? nullptr : batch_.indices + firstRow;
  rowPass_->beginAt(firstRow);
}

void Trainer::endMicro() {
  sums_ = sums_ + 1 - merges_;
  ++microIndex_;
  if (!isLastMicro()) beginMicro(microFirst_ + micro_.rows);
}

template <typename Pass>
void Trainer::overRows(unsigned member, Pass&& pass) {
  if (options_.reduction == Reduction::free && options_.replay == nullptr) {
    for (RowSegment claimed; arrival_.claim(member, &claimed);) {
      pass(claimed.begin, claimed.count);
      if (member < options_.delays.size() && options_.delays[member] > 0) {
        std::this_thread::sleep_for(std::chrono::duration<double, std::micro>(options_.delays[member]));
      }
    }
    arrival_.arrive(member);
    return;
  }
  // Even shares. Any division gives the same bits.
  const Share share = shareOf(micro_.rows, 1, member, rowMembers_);
  if (share.end > share.begin) pass(share.begin, share.count());
}

void Trainer::passRows(Team* team, unsigned member) {
  const std::vector<Stretch>& forward = plan_.forward;
  const std::vector<Stretch>& backward = plan_.backward;
  for (size_t i = 0; i + 1 < forward.size(); ++i) {
    if (i == 0) {
      const Share own = shareOf(micro_.rows, 1, member, rowMembers_);
      rowPass_->gather(options_.data, micro_, own.begin, own.count());
    }
    forwardStretch(forward[i], member);
    team->barrierAmong(rowMembers_);
  }
  // In free order this is where rows are taken: the part of the pass with the losses always goes by rows.
  overRows(member, [&](size_t begin, size_t count) {
    if (forward.size() == 1) rowPass_->gather(options_.data, micro_, begin, count);
    forwardRows(forward.back(), begin, count);
    rowPass_->loss(options_.data.rowWeights != nullptr, begin, count);
    backwardRows(backward.front(), member, begin, count);
  });
  for (size_t i = 1; i < backward.size(); ++i) {
    team->barrierAmong(rowMembers_);
    backwardStretch(backward[i], member);
  }
}

void Trainer::forwardStretch(const Stretch& stretch, unsigned member) {
  if (stretch.division == Division::rows) {
    const Share own = shareOf(micro_.rows, 1, member, rowMembers_);
    if (own.count() > 0) forwardRows(stretch, own.begin, own.count());
    return;
  }
  for (size_t n = stretch.begin; n < stretch.end; ++n) {
    const Share columns = shareOf(network_.nodes()[n].units, network_.table().panel, member, rowMembers_);
    if (columns.count() > 0) rowPass_->forward(n, {0, micro_.rows, columns.begin, columns.end});
  }
}

void Trainer::backwardStretch(const Stretch& stretch, unsigned member) {
  if (stretch.division == Division::rows) {
    const Share own = shareOf(micro_.rows, 1, member, rowMembers_);
    if (own.count() > 0) backwardRows(stretch, member, own.begin, own.count());
    return;
  }
  for (size_t n = stretch.end; n-- > stretch.begin;) {
    const Share columns = shareOf(network_.nodes()[n].inputs, 16, member, rowMembers_);
    if (columns.count() > 0) rowPass_->backward(member, n, {0, micro_.rows, columns.begin, columns.end});
  }
}

void Trainer::forwardRows(const Stretch& stretch, size_t begin, size_t count) {
  for (size_t n = stretch.begin; n < stretch.end; ++n) {
    rowPass_->forward(n, {begin, count, 0, network_.nodes()[n].units});
  }
}

void Trainer::backwardRows(const Stretch& stretch, unsigned member, size_t begin, size_t count) {
  for (size_t n = stretch.end; n-- > stretch.begin;) {
    rowPass_->backward(member, n, {begin, count, 0, network_.nodes()[n].inputs});
  }
}

void Trainer::decideOrder() {
  if (rowPass_->problem() != nullptr) {
    outcome_.error = rowPass_->problem();
    stop_ = true;
    return;
  }
  if (options_.reduction == Reduction::fixed) {
    order_ = &fixed_.of(micro_.rows);
    merges_ = mergesAfterLeaf(microIndex_, (batch_.rows + maxMicro_ - 1) / maxMicro_);
  } else if (options_.replay != nullptr) {
    chains_.begin(batch_.rows);
    const size_t words =
        readRecordedStep(options_.replay + replayAt_, options_.replayWords - replayAt_, &seenUnits_, &chains_);
    if (words == 0) {
      outcome_.error = "a recording of these steps";
      stop_ = true;
      return;
    }
    replayAt_ += words;
    order_ = &chains_.order();
  } else {
    if (options_.record) arrival_.record(&outcome_.recording);
    arrival_.into(&chains_);
    order_ = &chains_.order();
  }
  if (!network_.lookUp().tables().empty()) joins_.set(*order_);
  for (size_t i = 0; i < micro_.rows; ++i) {
    rowLosses_[microFirst_ + i] = rowPass_->losses()[i];
    hits_ += rowPass_->hits()[i];
  }
  // Not before: a step with an error in its last rows is not made.
  if (isLastMicro()) update_ = network_.optimizer().beginStep(batch_.rows, network_.steps);
}

void Trainer::endStep(const std::atomic<bool>* abort) {
  const size_t rows = batch_.rows;
  const bool penalized = !penalty_.none();
  const float penalty = penalized ? penalty_.total() : 0;
  const auto lossOf = [&](size_t i) { return penalized ? rowLosses_[i] + penalty : rowLosses_[i]; };
  batchLoss_.reset(options_.batchLeaf);
  for (size_t i = 0; i < rows; ++i) batchLoss_.add(lossOf(i));
  outcome_.stepLosses.push_back(batchLoss_.total() * meanScale(rows));
  outcome_.stepHits.push_back(static_cast<double>(hits_));
  if (outcome_.nonFinite == kNone) {
    outcome_.nonFinite = weightPass_->firstNonFinite();
    outcome_.nonFiniteStep = outcome_.steps;
  }
  if (options_.marks) {
    const size_t made = outcome_.marks.size();
    outcome_.marks.resize(made + network_.parameters().size());
    weightPass_->takeMarks(outcome_.marks.data() + made);
  }
  keepGradients();
  ++outcome_.steps;
  ++network_.steps;
  bool epochEnded = false;
  if (options_.inEpoch) {
    for (size_t i = 0; i < rows; ++i) epoch_.loss.add(lossOf(i));
    epoch_.hits += hits_;
    epoch_.position += rows;
    epochEnded = epoch_.position == epochRows_;
    if (epochEnded) {
      outcome_.epochLosses.push_back(epoch_.loss.total() * meanScale(epoch_.position));
      outcome_.epochHits.push_back(static_cast<double>(epoch_.hits));
      epoch_.position = 0;
      epoch_.hits = 0;
      epoch_.loss.reset(options_.batchLeaf);
      epoch_.orderMade = false;
      ++network_.epochs;
    }
  }
  stop_ = mustStop(epochEnded, abort);
  if (!stop_) beginStep();
}

void Trainer::keepGradients() {
  workspace_.gradients.clear();
  if (options_.form == PlanForm::fused) return;
  for (size_t p = 0; p < network_.parameters().size(); ++p) {
    workspace_.gradients.push_back(weightPass_->gradient(p));
  }
}

bool Trainer::mustStop(bool epochEnded, const std::atomic<bool>* abort) {
  if (abort->load(std::memory_order_relaxed)) {
    outcome_.aborted = true;
    return true;
  }
  if (!options_.inEpoch || outcome_.steps >= options_.maxSteps || outcome_.steps >= mostSteps()) return true;
  if (options_.stopOnNonFinite && outcome_.nonFinite != kNone) return true;
  if (epochEnded && (options_.stopAtEpochEnd || options_.order != nullptr || options_.epochRows > 0)) return true;
  if (epoch_.position == dataBegin_ + options_.data.rows) return true;
  if (outcome_.epochLosses.size() >= options_.maxEpochs) return true;
  if (options_.replay != nullptr && replayAt_ == options_.replayWords) return true;
  if (outcome_.recording.size() >= kMaxRecordedWords) return true;
  const bool look =
      network_.rowFlops() * static_cast<double>(batch_.rows) >= kLongStepFlops || outcome_.steps % kStepsPerLook == 0;
  return look && secondsSinceStart() >= options_.maxSeconds;
}

}  // namespace samebits
