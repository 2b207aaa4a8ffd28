// A step taken apart: on every table and team the same bits, which are those of a step that trains.
#include "../../native/engine/anatomy.h"
#include "../../native/engine/optimizers.h"
#include "../../native/engine/penalty.h"
#include "engine_test.h"

using namespace samebits;

namespace {

BatchResults takeApart(const Network& network, const Problem& problem, unsigned members) {
  Team team(members);
  Anatomy anatomy(network, problem.rows, problem.batchLeaf, members);
  return anatomy.run(&team, problem.view(), 3);
}

void compare(const BatchResults& found, const BatchResults& expected, const std::string& what) {
  check(found.error == nullptr && bitsOf(found.inputs) == bitsOf(expected.inputs) &&
            bitsOf(found.losses) == bitsOf(expected.losses),
        what + ": inputs and losses");
  for (size_t n = 0; n < expected.nodes.size(); ++n) {
    const NodeResults &a = found.nodes[n], &b = expected.nodes[n];
    const std::string node = what + ": node " + std::to_string(n);
    check(bitsOf(a.outputs) == bitsOf(b.outputs), node + ", outputs");
    check(bitsOf(a.gradient) == bitsOf(b.gradient), node + ", gradient");
    check(bitsOf(a.noise) == bitsOf(b.noise) && a.kept == b.kept, node + ", what it draws");
    check(bitsOf(a.statistics) == bitsOf(b.statistics), node + ", statistics");
  }
}

// The loss that a step of the same batch has, and the gradients of biases, which are sums of what comes back to them.
void compareWithTraining(const BatchResults& found, const Problem& problem, const KernelTable* table) {
  const std::string what = problem.name + " on " + table->name;
  Model model(problem, table);
  TrainOptions options = optionsFor(problem);
  options.inEpoch = options.shuffle = false;
  options.form = PlanForm::stored;
  Penalty penalty(model.network());
  penalty.sumColumns(0, 1);
  TreeSum sum;
  sum.reset(problem.batchLeaf);
  for (const float loss : found.losses) sum.add(penalty.none() ? loss : loss + penalty.total());
  const TrainOutcome outcome = model.train(options, 2);
  check(bitsOf(outcome.stepLosses) == bitsOf({sum.total() * meanScale(problem.rows)}), what + ": the loss of the step");
  const std::vector<Parameter>& parameters = model.network().parameters();
  for (size_t p = 0; p < parameters.size(); ++p) {
    const TensorRules& rules = parameters[p].rules;
    if (parameters[p].kind != ParameterKind::bias || rules.l1 > 0 || rules.l2 > 0) continue;
    std::vector<float> bias(parameters[p].columns), gradient(bias.size());
    for (size_t j = 0; j < bias.size(); ++j) {
      sum.reset(problem.batchLeaf);
      for (size_t row = 0; row < problem.rows; ++row) {
        sum.add(found.nodes[parameters[p].node].gradient[row * bias.size() + j]);
      }
      bias[j] = sum.total() * meanScale(problem.rows);
    }
    const RowRange all{0, parameters[p].rows};
    model.network().unpack(p, model.workspace().gradients[p], all, gradient.data());
    check(bitsOf(gradient) == bitsOf(bias), what + ": gradient of bias " + std::to_string(p));
  }
}

}  // namespace

void testAnatomy() {
  for (const Problem& problem : problems()) {
    const Model first(problem, tables().front());
    const BatchResults expected = takeApart(first.network(), problem, 1);
    for (const KernelTable* table : tables()) {
      const Model model(problem, table);
      for (const unsigned members : kTeamSizes) {
        compare(takeApart(model.network(), problem, members), expected,
                problem.name + " on " + table->name + ", " + std::to_string(members) + " members");
      }
    }
    Model made(problem, tables().front());
    Team team(1);
    Anatomy anatomy(made.network(), problem.rows, problem.batchLeaf, 1);
    compareWithTraining(anatomy.run(&team, problem.view(), 0), problem, tables().front());
  }
}
