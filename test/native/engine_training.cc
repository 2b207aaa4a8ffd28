// Training: the same bits from any team, either form of the plan, and every kernel table; in free order from any replay.
#include <algorithm>
#include <thread>

#include "engine_test.h"

using namespace samebits;

namespace {

// All that a call leaves behind.
struct Trace {
  std::vector<uint32_t> state, stepLosses, epochLosses;
  std::vector<double> stepHits, epochHits;
  std::vector<uint64_t> marks;
  bool operator==(const Trace& other) const {
    return state == other.state && stepLosses == other.stepLosses && epochLosses == other.epochLosses &&
           stepHits == other.stepHits && epochHits == other.epochHits && marks == other.marks;
  }
};

Trace traceOf(const Model& model, const TrainOutcome& outcome) {
  return {model.state(),    bitsOf(outcome.stepLosses), bitsOf(outcome.epochLosses),
          outcome.stepHits, outcome.epochHits,          outcome.marks};
}

Trace train(const Problem& problem, const KernelTable* table, const TrainOptions& options, unsigned members) {
  Model model(problem, table);
  return traceOf(model, model.train(options, members));
}

std::string describe(const Problem& problem, const KernelTable* table, unsigned members, PlanForm form) {
  return problem.name + " on " + table->name + ", " + std::to_string(members) + " members, " +
         (form == PlanForm::stored ? "stored" : "fused");
}

constexpr PlanForm kForms[] = {PlanForm::stored, PlanForm::fused};

void testFixedOrder(const Problem& problem) {
  TrainOptions options = optionsFor(problem);
  options.form = PlanForm::stored;
  options.marks = true;
  const Trace expected = train(problem, tables().front(), options, 1);
  check(expected.epochLosses.size() == 2 && expected.state != Model(problem, tables().front()).state(),
        problem.name + " trains for two epochs");
  for (const KernelTable* table : tables()) {
    for (const unsigned members : kTeamSizes) {
      for (const PlanForm form : kForms) {
        options.form = form;
        check(train(problem, table, options, members) == expected, describe(problem, table, members, form));
      }
    }
  }
}

bool measures(const std::vector<LayerDescription>& layers) {
  return std::any_of(layers.begin(), layers.end(), [](const LayerDescription& layer) {
    return layer.kind == NodeKind::batchNormalization || measures(layer.block);
  });
}

// What sums or measures whole batches has no micro-batches.
bool hasMicroBatches(const NetworkDescription& network) {
  return network.lookUp.tables.empty() && !measures(network.layers);
}

// Whole batches and micro-batches have the same bits.
void testMicroBatches(const Problem& problem) {
  TrainOptions options = optionsFor(problem);
  options.marks = true;
  const Trace expected = train(problem, tables().front(), options, 2);
  for (size_t leaves = 1; leaves < 16; leaves *= 2) {
    options.microBatch = leaves * problem.batchLeaf;
    for (const unsigned members : kTeamSizes) {
      const KernelTable* table = tables()[members % tables().size()];
      check(train(problem, table, options, members) == expected,
            describe(problem, table, members, PlanForm::stored) + ", micro-batches of " + std::to_string(leaves));
    }
  }
}

// Calls of 1, 2, … steps, on teams of changing size.
void testManyCalls(const Problem& problem) {
  TrainOptions options = optionsFor(problem);
  options.marks = true;
  const Trace expected = train(problem, tables().back(), options, 2);
  Model model(problem, tables().back());
  Trace trace;
  for (size_t call = 0; trace.epochLosses.size() < 2; ++call) {
    options.maxSteps = 1 + call % 3;
    options.maxEpochs = 2 - trace.epochLosses.size();
    options.form = kForms[call % 2];
    const Trace part = traceOf(model, model.train(options, kTeamSizes[call % 5]));
    if (part.stepLosses.empty()) break;  // training stopped: then the check fails
    trace.state = part.state;
    trace.stepLosses.insert(trace.stepLosses.end(), part.stepLosses.begin(), part.stepLosses.end());
    trace.epochLosses.insert(trace.epochLosses.end(), part.epochLosses.begin(), part.epochLosses.end());
    trace.stepHits.insert(trace.stepHits.end(), part.stepHits.begin(), part.stepHits.end());
    trace.epochHits.insert(trace.epochHits.end(), part.epochHits.begin(), part.epochHits.end());
    trace.marks.insert(trace.marks.end(), part.marks.begin(), part.marks.end());
  }
  check(trace == expected, problem.name + " in calls of a few steps");
}

void testBadInput() {
  Problem problem = problems()[1];
  problem.labels[55] = 5;  // of units 0 to 4
  TrainOptions options = optionsFor(problem);
  options.shuffle = false;
  TrainOptions good = options;
  good.maxSteps = 2;
  Model expected(problem, tables().back());
  expected.train(good, 1);
  for (const unsigned members : {1u, 3u}) {
    for (const size_t microBatch : {size_t{0}, problem.batchLeaf}) {
      options.microBatch = microBatch;
      Model model(problem, tables().back());
      const TrainOutcome outcome = model.train(options, members);
      check(outcome.error != nullptr && outcome.steps == 2 && model.state() == expected.state(),
            "a label out of range ends training before its step");
    }
  }
}

void testAbort() {
  const Problem& problem = problems()[1];
  TrainOptions options = optionsFor(problem);
  options.maxEpochs = UINT64_MAX;
  std::atomic<bool> abort{false};
  Model model(problem, tables().back());
  Team team(3);
  TrainOutcome outcome;
  std::thread running([&] { outcome = model.train(options, &team, &abort); });
  abort.store(true, std::memory_order_relaxed);
  running.join();
  check(outcome.aborted && outcome.steps >= 1 && outcome.steps == model.network().steps,
        "an abort ends training at a step's end");
}

void testFreeOrder(const Problem& problem, unsigned members) {
  const std::string what = problem.name + " in free order, recorded on " + std::to_string(members);
  TrainOptions options = optionsFor(problem);
  options.reduction = Reduction::free;
  options.record = true;
  // Members are late in another order than that of their numbers.
  for (unsigned member = 0; member < members; ++member) options.delays.push_back(100.0 * ((member * 3) % members));
  Model recorded(problem, tables().back());
  const TrainOutcome outcome = recorded.train(options, members);
  const Trace expected = traceOf(recorded, outcome);
  check(outcome.error == nullptr && outcome.epochLosses.size() == 2, what + " trains for two epochs");

  TrainOptions replay = optionsFor(problem);
  replay.reduction = Reduction::free;
  replay.replay = outcome.recording.data();
  replay.replayWords = outcome.recording.size();
  for (const KernelTable* table : tables()) {
    for (const unsigned other : {1u, 3u, 8u}) {
      replay.form = kForms[other % 2];
      check(train(problem, table, replay, other) == expected,
            what + ", replayed: " + describe(problem, table, other, replay.form));
    }
  }
  replay.replayWords -= 1;
  Model cut(problem, tables().back());
  check(cut.train(replay, 2).error != nullptr, what + ": a recording that ends too soon is refused");
}

// One member takes all rows in one chain: fixed order with a leaf that holds the batch.
void testOneChain(const Problem& problem) {
  TrainOptions options = optionsFor(problem);
  options.batchLeaf = problem.batchSize;
  const std::vector<uint32_t> expected = train(problem, tables().back(), options, 3).state;
  options.reduction = Reduction::free;
  check(train(problem, tables().back(), options, 1).state == expected, problem.name + ": free order on one thread");
}

}  // namespace

void testTraining() {
  for (const Problem& problem : problems()) {
    testFixedOrder(problem);
    if (hasMicroBatches(problem.network)) testMicroBatches(problem);
    testManyCalls(problem);
  }
  testBadInput();
  testAbort();
}

void testFreeOrder() {
  for (const Problem& problem : problems()) {
    for (const unsigned members : kTeamSizes) testFreeOrder(problem, members);
    testOneChain(problem);
  }
}
