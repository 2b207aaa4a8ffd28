// Models to train on made-up problems, and their bits.
#include <cstring>

#include "engine_test.h"

using namespace samebits;

uint64_t Numbers::next() {
  uint64_t z = (state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

std::vector<uint32_t> bitsOf(const std::vector<float>& values) {
  std::vector<uint32_t> bits(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    std::memcpy(&bits[i], &values[i], sizeof bits[i]);
    if (values[i] != values[i]) bits[i] = 0x7fc00000u;
  }
  return bits;
}

TrainOptions optionsFor(const Problem& problem) {
  TrainOptions options;
  options.everyMember = true;  // however few cores there are
  options.data = problem.view();
  options.batchSize = problem.batchSize;
  options.batchLeaf = problem.batchLeaf;
  options.freeGrain = 2;
  options.shuffle = true;
  options.key = {{0xb45c4773u, 0x8d8e560au}};
  options.stream = 0x52a8308fu;
  options.maxSteps = UINT32_MAX;
  options.maxEpochs = 2;
  return options;
}

Model::Model(const Problem& problem, const KernelTable* table)
    : memory_(Network::bytesFor(problem.network)), network_(table, problem.network, memory_.data()) {
  Numbers numbers{problem.rows};
  for (size_t p = 0; p < network_.parameters().size(); ++p) {
    const Parameter& parameter = network_.parameters()[p];
    std::vector<float> values(parameter.rows * parameter.columns);
    for (float& value : values) value = numbers.centered();
    network_.setParameter(p, 0, {0, parameter.rows}, values.data());
  }
}

void Model::goOnFrom(const Model& other) {
  for (size_t p = 0; p < network_.parameters().size(); ++p) {
    const Parameter& parameter = network_.parameters()[p];
    std::vector<float> values(parameter.rows * parameter.columns);
    for (int slot = 0; slot < 5; ++slot) {
      if (!other.network_.getParameter(p, slot, {0, parameter.rows}, values.data())) break;
      network_.setParameter(p, slot, {0, parameter.rows}, values.data());
    }
  }
  network_.steps = other.network_.steps;
  network_.epochs = other.network_.epochs;
  network_.optimizer() = other.network_.optimizer();
  std::vector<float> sums(TreeSum::partialSums(other.epoch_.loss.leaf(), other.epoch_.position));
  other.epoch_.loss.save(sums.data());
  epoch_ = EpochState{};
  epoch_.position = other.epoch_.position;
  epoch_.hits = other.epoch_.hits;
  epoch_.loss.restore(other.epoch_.loss.leaf(), epoch_.position, sums.data());
}

std::vector<float> valuesOf(const Network& network, size_t parameter, int slot) {
  const Parameter& of = network.parameters()[parameter];
  std::vector<float> values(of.rows * of.columns);
  if (!network.getParameter(parameter, slot, {0, of.rows}, values.data())) values.clear();
  return values;
}

TrainOutcome Model::train(const TrainOptions& options, Team* team, const std::atomic<bool>* abort) {
  Trainer trainer(&network_, &epoch_, &workspace_, options, team->size());
  return trainer.run(team, abort);
}

TrainOutcome Model::train(const TrainOptions& options, unsigned members) {
  Team team(members);
  const std::atomic<bool> abort{false};
  return train(options, &team, &abort);
}

std::vector<uint32_t> Model::state() const {
  std::vector<uint32_t> all;
  for (size_t p = 0; p < network_.parameters().size(); ++p) {
    for (int slot = 0; slot < 5; ++slot) {
      const std::vector<uint32_t> bits = bitsOf(valuesOf(network_, p, slot));
      all.insert(all.end(), bits.begin(), bits.end());
    }
  }
  all.push_back(static_cast<uint32_t>(network_.steps));
  all.push_back(static_cast<uint32_t>(network_.epochs));
  return all;
}
