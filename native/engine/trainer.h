// Many training steps in one call, on a team.
#ifndef SAMEBITS_ENGINE_TRAINER_H
#define SAMEBITS_ENGINE_TRAINER_H

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "arrival.h"
#include "clipping.h"
#include "data_view.h"
#include "joins.h"
#include "network.h"
#include "pass_plan.h"
#include "penalty.h"
#include "random.h"
#include "row_pass.h"
#include "team.h"
#include "tree.h"
#include "weight_pass.h"

namespace samebits {

enum class Reduction { fixed, free };

struct TrainOptions {
  DataView data;
  size_t batchSize = 1;
  size_t batchLeaf = 64;
  // Rows that pass through the network at a time: 0 for whole batches, or batchLeaf times a power of two, in fixed order. Then
  // the form is stored.
  size_t microBatch = 0;
  size_t freeGrain = 8;
  Reduction reduction = Reduction::fixed;
  PlanForm form = PlanForm::fused;  // stored where gradients are clipped by norms
  bool shuffle = false;             // by Philox, with key and stream
  PhiloxKey key{};
  uint32_t stream = 0;
  const uint32_t* order = nullptr;  // a permutation for the current epoch instead; a call then ends with the epoch
  bool inEpoch = true;              // false: the data is one batch, outside of any epoch
  // Rows of the whole epoch, of which the data are the next ones, in whole batches; 0: the data are all of them. A call then
  // ends with its data; it takes neither shuffle nor order.
  size_t epochRows = 0;
  uint64_t maxSteps = 1;
  bool stopAtEpochEnd = false;
  uint64_t maxEpochs = UINT64_MAX;
  double maxSeconds = 1e300;
  bool stopOnNonFinite = true;
  bool record = false;
  bool marks = false;                // of all weights, after each step
  const uint32_t* replay = nullptr;  // [replayWords]; free order only
  size_t replayWords = 0;
  // Divide the pass over rows among all members, also those beyond the cores there are, who can only wait for each other.
  // For tests: bits cannot tell.
  bool everyMember = false;
  std::vector<double> delays;  // microseconds after each claim, per member: for tests
};

// Where training stands in an epoch. Belongs to a network, lives between calls.
struct EpochState {
  size_t position = 0;  // rows done
  TreeSum loss;
  uint64_t hits = 0;
  std::vector<uint32_t> order;  // the shuffle in use, where there is one
  bool orderMade = false;       // `order` is the current epoch's
};

// The buffers of a step. Belongs to a network, lives between calls, so that a call of one step does not allocate and zero
// them again: kernels leave the padding +0, which is all that a second use of the same division relies on.
struct Workspace {
  Block block;
  size_t rows = 0, microRows = 0, rowsPerMember = 0;
  unsigned members = 0, rowMembers = 0;
  PlanForm form = PlanForm::fused;
  // The last step's gradients, in `block`, by parameter in model order; empty unless that step had the stored form.
  std::vector<const float*> gradients;
};

struct TrainOutcome {
  const char* error = nullptr;  // what is wrong with the input, if anything is; no step after it was made
  uint64_t steps = 0;
  std::vector<float> stepLosses;
  std::vector<double> stepHits;
  std::vector<float> epochLosses;
  std::vector<double> epochHits;
  size_t nonFinite = kNone;  // a parameter, see WeightPass::firstNonFinite()
  uint64_t nonFiniteStep = 0;
  bool aborted = false;
  double seconds = 0;
  std::vector<uint32_t> recording;
  std::vector<uint64_t> marks;  // [steps, parameters in model order]
};

// Whether a team would only get into its own way: steps of so few FLOPs end before others have woken.
bool isTinyStep(const Network& network, const TrainOptions& options);

class Trainer {
 public:
  // Allocates all that the steps need; `workspace` is used again where it fits. Throws std::bad_alloc. The options' arrays
  // stay with the caller until run() ends. A trainer runs once.
  Trainer(Network* network, EpochState* epoch, Workspace* workspace, TrainOptions options, unsigned members);

  // Makes steps until an option, an error, a full result buffer, or `*abort` ends it; at least one step, unless there
  // is an error. The team has as many members as were given. Steps allocate nothing and throw nothing.
  TrainOutcome run(Team* team, const std::atomic<bool>* abort);

 private:
  void beginStep();
  // Micro-batches: parts of a batch, of which the buffers hold one at a time.
  void beginMicro(size_t firstRow);
  void endMicro();
  bool isLastMicro() const { return microFirst_ + micro_.rows == batch_.rows; }
  // One member's part of a step's gradients, from the passes over its rows on. False if there is an error.
  bool makeGradients(Team* team, unsigned member);
  // The pass over the rows of a batch, forwards and back.
  void passRows(Team* team, unsigned member);
  // A member's share of a stretch: a part of each of its nodes.
  void forwardStretch(const Stretch& stretch, unsigned member);
  void backwardStretch(const Stretch& stretch, unsigned member);
  // All nodes of a stretch by rows, for these.
  void forwardRows(const Stretch& stretch, size_t begin, size_t count);
  void backwardRows(const Stretch& stretch, unsigned member, size_t begin, size_t count);
  // Calls pass(first row, rows) for the member's rows: claimed in free order, its share else.
  template <typename Pass>
  void overRows(unsigned member, Pass&& pass);
  void decideOrder();
  // Steps of one call, at most.
  size_t mostSteps() const;
  void endStep(const std::atomic<bool>* abort);
  // Says where this step's gradients are, if they were stored.
  void keepGradients();
  bool mustStop(bool epochEnded, const std::atomic<bool>* abort);
  double secondsSinceStart() const;

  Network& network_;
  EpochState& epoch_;
  Workspace& workspace_;
  const TrainOptions options_;
  const unsigned members_;
  const unsigned rowMembers_;  // who divides the pass over rows
  const size_t epochRows_;
  const size_t dataBegin_;  // position in the epoch of the data's first row
  const size_t maxRows_;    // of a batch
  const size_t maxMicro_;   // rows of it that are in the buffers at a time
  const bool byColumns_;
  const PassPlan plan_;
  std::optional<RowPass> rowPass_;  // both are made twice: to count, and to cut
  std::optional<WeightPass> weightPass_;
  Penalty penalty_;
  Clipping clipping_;

  Batch batch_{};
  Batch micro_{};                 // the rows that are in the buffers, all of batch_'s or a part,
  size_t microFirst_ = 0;         // from this one on,
  size_t microIndex_ = 0;         // and the how manieth part
  size_t sums_ = 0;               // partial sums on the stack
  uint32_t merges_ = 0;           // of them after this part
  std::vector<float> rowLosses_;  // of the batch
  uint64_t hits_ = 0;
  Update update_{};
  Joins joins_;  // where there are embeddings
  FixedOrder fixed_;
  Arrival arrival_;
  ChainTree chains_;
  std::vector<uint8_t> seenUnits_;
  size_t replayAt_ = 0;
  const RowOrder* order_ = nullptr;
  TreeSum batchLoss_;
  bool stop_ = false;
  double started_ = 0;
  TrainOutcome outcome_;
};

}  // namespace samebits

#endif
