// What traces and resumed runs need of training: marks after each step, gradients of a step, and going on in mid-epoch.
#include "../../native/kernels/reference.h"
#include "engine_test.h"

using namespace samebits;

namespace {

std::vector<uint64_t> marksOf(const Network& network) {
  std::vector<uint64_t> marks;
  for (size_t p = 0; p < network.parameters().size(); ++p) {
    const std::vector<float> values = valuesOf(network, p, 0);
    marks.push_back(reference::mark(values.data(), values.size()));
  }
  return marks;
}

// Step by step on one table: the marks after each, those of all slots where they stand among them.
std::vector<uint64_t> expectedMarks(const Problem& problem, const TrainOptions& options, uint64_t steps) {
  Model model(problem, tables().front());
  std::vector<uint64_t> expected;
  TrainOptions single = options;
  single.maxSteps = 1;
  single.marks = false;
  for (uint64_t step = 0; step < steps; ++step) {
    const TrainOutcome outcome = model.train(single, 1);
    check(outcome.steps == 1 && outcome.marks.empty(), problem.name + ": no marks unless asked for");
    const std::vector<uint64_t> marks = marksOf(model.network());
    expected.insert(expected.end(), marks.begin(), marks.end());
  }
  const Network& network = model.network();
  for (size_t p = 0; p < network.parameters().size(); ++p) {
    for (int slot = 0; slot < 5; ++slot) {
      const std::vector<float> values = valuesOf(network, p, slot);
      uint64_t mark;
      const bool found = network.mark(p, slot, &mark);
      check(found != values.empty() && (!found || mark == reference::mark(values.data(), values.size())),
            problem.name + ": the mark of a slot where it stands");
    }
  }
  return expected;
}

void testStepMarks(const Problem& problem) {
  TrainOptions options = optionsFor(problem);
  const uint64_t steps = 2 * ((problem.rows + problem.batchSize - 1) / problem.batchSize);
  const std::vector<uint64_t> expected = expectedMarks(problem, options, steps);
  options.marks = true;
  for (const PlanForm form : {PlanForm::stored, PlanForm::fused}) {  // and so on any team and table: engine_training.cc
    options.form = form;
    Model model(problem, tables().back());
    check(model.train(options, 3).marks == expected, problem.name + ": marks of each step");
  }
  // Free order has other weights each time: its last marks are compared with its own.
  options.reduction = Reduction::free;
  for (const unsigned members : kTeamSizes) {
    Model model(problem, tables().back());
    const std::vector<uint64_t> marks = model.train(options, members).marks;
    const std::vector<uint64_t> last(marks.end() - static_cast<std::ptrdiff_t>(model.network().parameters().size()),
                                     marks.end());
    check(marks.size() == expected.size() && last == marksOf(model.network()), problem.name + ": marks in free order");
  }
}

// A leaf and a state for each optimizer would be its formula once more. That of sgd and the first line of momentum's are
// enough to see that the gradient is the one that was taken, and the kernel's own tests have the rest.
void testGradients(const Problem& problem) {
  const UpdateKind kind = problem.network.optimizer.kind;
  TrainOptions options = optionsFor(problem);
  options.form = PlanForm::stored;
  options.maxSteps = 1;
  Model model(problem, tables().back());
  check(model.workspace().gradients.empty(), problem.name + ": no gradient before the first step");
  for (int step = 0; step < 4; ++step) {
    Model before(problem, tables().back());
    before.goOnFrom(model);
    model.train(options, kTeamSizes[static_cast<size_t>(step)]);
    const Network& network = model.network();
    const float rate = static_cast<float>(problem.network.optimizer.learningRate.initialLearningRate);
    const float momentum = static_cast<float>(problem.network.optimizer.momentum);
    bool same = model.workspace().gradients.size() == network.parameters().size();
    for (size_t p = 0; p < network.parameters().size(); ++p) {
      if (!isTrained(network.parameters()[p].kind)) {
        same = same && model.workspace().gradients[p] == nullptr;
        continue;
      }
      std::vector<float> gradient(valuesOf(network, p, 0).size());
      network.unpack(p, model.workspace().gradients[p], {0, network.parameters()[p].rows}, gradient.data());
      const bool isSgd = kind == UpdateKind::sgd;
      std::vector<float> values = valuesOf(before.network(), p, isSgd ? 0 : 1);
      for (size_t i = 0; i < values.size(); ++i) {
        if (isSgd) {
          reference::sgd(gradient[i], rate, values[i]);
        } else {
          values[i] = reference::fma(momentum, values[i], gradient[i]);
        }
      }
      same = same && bitsOf(values) == bitsOf(valuesOf(network, p, isSgd ? 0 : 1));
    }
    check(same, problem.name + ": the gradient is what the optimizer took");
  }
  options.form = PlanForm::fused;
  model.train(options, 2);
  check(model.workspace().gradients.empty(), problem.name + ": no gradient of a fused step");
}

// Stopped after each step of an epoch, and gone on from in another model, on another table and team.
void testGoingOn(const Problem& problem) {
  TrainOptions options = optionsFor(problem);
  options.marks = true;
  Model whole(problem, tables().back());
  const TrainOutcome expected = whole.train(options, 2);
  const uint64_t stepsPerEpoch = expected.steps / 2;
  for (uint64_t stop = 1; stop <= stepsPerEpoch; ++stop) {
    Model first(problem, tables().front()), second(problem, tables().back());
    TrainOptions part = options;
    part.maxSteps = stop;
    const TrainOutcome before = first.train(part, kTeamSizes[stop % 5]);
    second.goOnFrom(first);
    part.maxSteps = options.maxSteps;
    part.maxEpochs = 2 - before.epochLosses.size();
    const TrainOutcome after = second.train(part, kTeamSizes[(stop + 1) % 5]);
    std::vector<uint64_t> marks = before.marks;
    marks.insert(marks.end(), after.marks.begin(), after.marks.end());
    std::vector<float> losses = before.epochLosses;
    losses.insert(losses.end(), after.epochLosses.begin(), after.epochLosses.end());
    std::vector<double> hits = before.epochHits;
    hits.insert(hits.end(), after.epochHits.begin(), after.epochHits.end());
    check(second.state() == whole.state() && marks == expected.marks && hits == expected.epochHits &&
              bitsOf(losses) == bitsOf(expected.epochLosses),
          problem.name + ": gone on after step " + std::to_string(stop));
  }
}

// A call that fills its buffer of marks ends early, as with recordings, and another goes on.
void testManyMarks() {
  Problem problem = problems()[0];
  problem.network.layers.assign(40, {1, Activation::tanh, true});
  problem.network.layers.push_back({1, Activation::sigmoid, true});
  TrainOptions options = optionsFor(problem);
  options.marks = true;
  options.maxEpochs = UINT64_MAX;
  options.maxSteps = 13000;  // of 82 parameters each: more than a million marks
  Model model(problem, tables().back());
  const TrainOutcome outcome = model.train(options, 1);
  check(outcome.steps > 1 && outcome.steps < 13000 && outcome.marks.size() == outcome.steps * 82,
        "a call with many marks ends early");
}

}  // namespace

void testMarks() {
  for (const Problem& problem : problems()) {
    testStepMarks(problem);
    testGoingOn(problem);
    const UpdateKind kind = problem.network.optimizer.kind;
    if (kind == UpdateKind::sgd || kind == UpdateKind::momentum || kind == UpdateKind::nesterov) testGradients(problem);
  }
  testManyMarks();
}
