// What reads weights and changes none: prediction, evaluation, and the products of one layer.
#include <thread>

#include "../../native/engine/products.h"
#include "engine_test.h"

using namespace samebits;

namespace {

std::vector<uint32_t> predict(const Model& model, Team* team, const Problem& problem, size_t first, size_t rows) {
  DataView data = problem.view();
  const size_t size = data.bytes ? 1 : sizeof(float);
  data.x = static_cast<const char*>(data.x) + first * data.columns * size;
  data.rows = rows;
  const Network& network = model.network();
  Predictor predictor(network, RowPass::Purpose::predict, rows, team->size());
  std::vector<float> outputs(rows * network.outputs());
  predictor.predict(team, data, outputs.data());
  return bitsOf(outputs);
}

void testRows(const Problem& problem, const KernelTable* table) {
  const std::string what = problem.name + " on " + table->name;
  const Model model(problem, table);
  Team alone(1);
  std::vector<uint32_t> expected;
  for (size_t row = 0; row < problem.rows; ++row) {
    const std::vector<uint32_t> one = predict(model, &alone, problem, row, 1);
    expected.insert(expected.end(), one.begin(), one.end());
  }
  Evaluation first;
  for (const unsigned members : kTeamSizes) {
    Team team(members);
    check(predict(model, &team, problem, 0, problem.rows) == expected,
          what + ": rows predicted one by one and together, on " + std::to_string(members));
    Predictor predictor(model.network(), RowPass::Purpose::evaluate, problem.rows, members);
    const Evaluation evaluation = predictor.evaluate(&team, problem.view(), problem.batchLeaf);
    const Evaluation again = predictor.evaluate(&team, problem.view(), problem.batchLeaf);
    if (members == 1) first = evaluation;
    check(bitsOf({evaluation.loss, again.loss}) == bitsOf({first.loss, first.loss}) && evaluation.hits == first.hits,
          what + ": evaluated on " + std::to_string(members));
  }
}

// More rows than blocks of all members hold: members go on with the next block.
void testBlocks() {
  Problem problem = problems()[1];
  const size_t rows = 1000;
  problem.bytes.resize(rows * problem.network.inputs);
  Numbers numbers{rows};
  for (uint8_t& byte : problem.bytes) byte = static_cast<uint8_t>(numbers.next());
  problem.rows = rows;
  const Model model(problem, tables().back());
  Team one(1);
  const std::vector<uint32_t> expected = predict(model, &one, problem, 0, rows);
  for (const unsigned members : kTeamSizes) {
    Team team(members);
    check(predict(model, &team, problem, 0, rows) == expected, "1,000 rows in blocks on " + std::to_string(members));
  }
}

// Two teams read one network at the same time.
void testBesideEachOther() {
  const Problem& problem = problems()[2];
  const Model model(problem, tables().back());
  Team one(1);
  const std::vector<uint32_t> expected = predict(model, &one, problem, 0, problem.rows);
  std::vector<uint32_t> found[2];
  std::thread threads[2];
  for (int i = 0; i < 2; ++i) {
    threads[i] = std::thread([&, i] {
      Team team(2);
      for (int repeat = 0; repeat < 5; ++repeat) found[i] = predict(model, &team, problem, 0, problem.rows);
    });
  }
  for (std::thread& thread : threads) thread.join();
  check(found[0] == expected && found[1] == expected, "two predictions beside each other");
}

struct Products {
  std::vector<uint32_t> forward, inputGradient, weightGradient, biasGradient, sums;
  bool operator==(const Products& other) const {
    return forward == other.forward && inputGradient == other.inputGradient && weightGradient == other.weightGradient &&
           biasGradient == other.biasGradient && sums == other.sums;
  }
};

Products productsOf(const KernelTable& table, Team* team, DenseShape shape, RowReduction over) {
  Numbers numbers{shape.rows + 1};
  const auto made = [&](size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = numbers.centered();
    return values;
  };
  const std::vector<float> x = made(shape.rows * shape.inputs), weights = made(shape.inputs * shape.units),
                           bias = made(shape.units), dz = made(shape.rows * shape.units);
  std::vector<float> z(dz.size()), dx(x.size()), dw(weights.size()), db(shape.units);
  denseForward(team, table, shape, x.data(), weights.data(), bias.data(), Activation::softmax, 0, z.data());
  denseBackward(team, table, shape, x.data(), weights.data(), dz.data(), over, dx.data(), dw.data(), db.data());
  const float sum = sumVector(team, table, x.data(), x.size(), over.reduction);
  const float dot = dotVectors(team, table, x.data(), x.data(), x.size(), over.reduction);
  return {bitsOf(z), bitsOf(dx), bitsOf(dw), bitsOf(db), bitsOf({sum, dot})};
}

void testShape(DenseShape shape) {
  const std::string what = "products of " + std::to_string(shape.rows) + " x " + std::to_string(shape.inputs) + " x " +
                           std::to_string(shape.units);
  Team one(1);
  const Products fixed = productsOf(*tables().front(), &one, shape, {Reduction::fixed, 3, 1});
  // A single chain whichever member is free first: one unit of rows.
  const Products chain = productsOf(*tables().front(), &one, shape, {Reduction::fixed, shape.rows + 1, 1});
  for (const KernelTable* table : tables()) {
    for (const unsigned members : kTeamSizes) {
      Team team(members);
      const std::string where = what + " on " + table->name + ", " + std::to_string(members) + " members";
      check(productsOf(*table, &team, shape, {Reduction::fixed, 3, 1}) == fixed, where);
      const Products free = productsOf(*table, &team, shape, {Reduction::free, 1, shape.rows + 1});
      check(free.weightGradient == chain.weightGradient && free.biasGradient == chain.biasGradient,
            where + ", free order of one unit");
      productsOf(*table, &team, shape, {Reduction::free, 1, 1});  // for the sanitizers: many claims at once
    }
  }
}

}  // namespace

void testPrediction() {
  for (const Problem& problem : problems()) {
    for (const KernelTable* table : tables()) testRows(problem, table);
  }
  testBlocks();
  testBesideEachOther();
}

void testProducts() {
  for (const DenseShape shape : {DenseShape{1, 1, 1}, {0, 3, 2}, {5, 0, 3}, {4, 3, 0}, {37, 301, 53}}) testShape(shape);
}
