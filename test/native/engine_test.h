// What the engine's tests share: counting, made-up problems, and what a training run left behind.
#ifndef SAMEBITS_TEST_ENGINE_TEST_H
#define SAMEBITS_TEST_ENGINE_TEST_H

#include <cstdint>
#include <string>
#include <vector>

#include "../../native/engine/network.h"
#include "../../native/engine/predictor.h"
#include "../../native/engine/trainer.h"

// Counts a check; prints the first failures.
void check(bool passed, const std::string& what);

// Team sizes that every test of teams goes through: more than the cores of most machines, and numbers that divide no batch.
constexpr unsigned kTeamSizes[] = {1, 2, 3, 5, 8};

// Every table that this CPU can run.
std::vector<const samebits::KernelTable*> tables();

// splitmix64.
struct Numbers {
  uint64_t state;
  uint64_t next();
  size_t below(size_t n) { return static_cast<size_t>(next() % n); }
  float centered() { return static_cast<float>(next() >> 40) * 0x1p-24f - 0.5f; }
};

// Bits, with every NaN alike.
std::vector<uint32_t> bitsOf(const std::vector<float>& values);

// A network's description and rows to train it on.
struct Problem {
  std::string name;
  samebits::NetworkDescription network;
  size_t rows, batchSize, batchLeaf;
  std::vector<uint8_t> bytes;  // x is one of these two
  std::vector<float> floats;
  std::vector<uint32_t> labels;
  std::vector<float> targets;

  samebits::DataView view() const;
};

// Each activation, loss, optimizer and kind of input; batches of one row and odd last batches; layers that are wide enough
// for members to share columns instead of rows.
const std::vector<Problem>& problems();

// A network with memory and made-up weights, and all that lives with it between calls.
class Model {
 public:
  Model(const Problem& problem, const samebits::KernelTable* table);
  const samebits::Network& network() const { return network_; }
  const samebits::EpochState& epoch() const { return epoch_; }
  const samebits::Workspace& workspace() const { return workspace_; }
  // Goes on as another model of the same problem would, whatever tables the two have.
  void goOnFrom(const Model& other);
  // Trains on a team of its own.
  samebits::TrainOutcome train(const samebits::TrainOptions& options, unsigned members);
  samebits::TrainOutcome train(const samebits::TrainOptions& options, samebits::Team* team,
                               const std::atomic<bool>* abort);
  // Weights and optimizer state, row-major, in model order, and counters.
  std::vector<uint32_t> state() const;

 private:
  samebits::Block memory_;
  samebits::Network network_;
  samebits::EpochState epoch_;
  samebits::Workspace workspace_;
};

// Row-major weights (slot 0) or optimizer state of a parameter, the parameters being counted in model order; empty if it has
// no such slot.
std::vector<float> valuesOf(const samebits::Network& network, size_t parameter, int slot);

// Two shuffled epochs in fixed order.
samebits::TrainOptions optionsFor(const Problem& problem);

void testAnatomy();
void testMarks();
void testOrders();
void testRandom();
void testTables();
void testTeams();
void testTraining();
void testFreeOrder();
void testPrediction();
void testProducts();
void testControlWord();
void testAllocations();

#endif
