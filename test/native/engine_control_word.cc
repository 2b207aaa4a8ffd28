// A caller that flushes subnormals and rounds upward gets the contract's bits, and its own settings back.
#include "../../native/engine/control_word.h"

#include "../../native/engine/products.h"
#include "engine_test.h"

using namespace samebits;

namespace {

// Flush to zero, denormals are zero, and a rounding mode that is not to nearest.
#if defined(__x86_64__)
constexpr ControlWord::Word kFlush = ControlWord::kContract | 0x8040;
constexpr ControlWord::Word kHostile[] = {kFlush, kFlush | 0x2000, kFlush | 0x4000, kFlush | 0x6000};
constexpr ControlWord::Word kSettings = ~0x3fu;  // the rest are flags that the caller's own arithmetic raises
#else
constexpr ControlWord::Word kFlush = 1u << 24;
constexpr ControlWord::Word kHostile[] = {kFlush, kFlush | 1u << 22, kFlush | 2u << 22, kFlush | 3u << 22};
constexpr ControlWord::Word kSettings = ~ControlWord::Word{0};
#endif

// A caller's settings, for as long as one lives.
class Caller {
 public:
  explicit Caller(ControlWord::Word word) : before_(ControlWord::read()) { ControlWord::write(word); }
  ~Caller() { ControlWord::write(before_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

 private:
  ControlWord::Word before_;
};

// x so small that products with it are subnormal, and a scale that is no binary32.
Problem subnormalProblem() {
  Problem problem = problems()[1];
  problem.floats.assign(problem.bytes.begin(), problem.bytes.end());
  problem.bytes.clear();
  problem.network.scale = 1e-40 / 3;
  problem.network.offset = 1e-41;
  return problem;
}

// Sums of these are subnormal; no more than one run of free order's claims, so that its order is the same on any team.
std::vector<float> subnormalTerms() {
  std::vector<float> terms(700);
  Numbers numbers{7};
  for (float& term : terms) term = numbers.centered() * 1e-38f;
  return terms;
}

// Everything that the engine computes, with a team that is made under the caller's settings: its threads inherit them.
std::vector<uint32_t> computeAll(const Problem& problem, const std::vector<float>& terms, const KernelTable* table,
                                 unsigned members, Reduction order) {
  Team team(members);
  Model model(problem, table);
  const std::atomic<bool> abort{false};
  TrainOptions options = optionsFor(problem);
  options.reduction = order;
  options.freeGrain = problem.rows;  // one unit: free order has but one order then
  const TrainOutcome outcome = model.train(options, &team, &abort);
  std::vector<uint32_t> all = model.state();
  std::vector<float> values = outcome.stepLosses;
  values.insert(values.end(), outcome.epochLosses.begin(), outcome.epochLosses.end());

  Predictor evaluator(model.network(), RowPass::Purpose::evaluate, problem.rows, members);
  values.push_back(evaluator.evaluate(&team, problem.view(), problem.batchLeaf).loss);
  Predictor predictor(model.network(), RowPass::Purpose::predict, problem.rows, members);
  std::vector<float> outputs(problem.rows * model.network().outputs());
  predictor.predict(&team, problem.view(), outputs.data());
  values.insert(values.end(), outputs.begin(), outputs.end());

  values.push_back(sumVector(&team, *table, terms.data(), terms.size(), order));
  values.push_back(dotVectors(&team, *table, terms.data(), problem.floats.data(), terms.size(), order));
  const std::vector<uint32_t> bits = bitsOf(values);
  all.insert(all.end(), bits.begin(), bits.end());
  return all;
}

}  // namespace

void testControlWord() {
  const Problem problem = subnormalProblem();
  const std::vector<float> terms = subnormalTerms();
  for (const KernelTable* table : tables()) {
    for (const Reduction order : {Reduction::fixed, Reduction::free}) {
      const std::vector<uint32_t> expected = computeAll(problem, terms, table, 1, order);
      for (const ControlWord::Word word : kHostile) {
        for (const unsigned members : {1u, 3u}) {
          const std::string what = std::string("a caller's control word ") + std::to_string(word) + " on " +
                                   table->name + ", " + std::to_string(members) + " members";
          std::vector<uint32_t> found;
          ControlWord::Word after;
          {
            const Caller caller(word);
            found = computeAll(problem, terms, table, members, order);
            after = ControlWord::read();
          }
          check(found == expected, what + ": the same bits");
          check((after & kSettings) == word, what + ": put back");
        }
      }
    }
  }
}
