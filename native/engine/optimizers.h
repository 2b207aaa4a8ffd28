// The scalars of an optimizer, step by step (docs/numerics.md, "Optimizers"). The update of the weights is a kernel's.
#ifndef SAMEBITS_ENGINE_OPTIMIZERS_H
#define SAMEBITS_ENGINE_OPTIMIZERS_H

#include <cstddef>
#include <cstdint>

#include "../kernels/kernel_table.h"
#include "schedules.h"

namespace samebits {

struct OptimizerDescription {
  UpdateKind kind = UpdateKind::sgd;  // never store
  Schedule learningRate;
  double momentum = 0;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;
  double rho = 0.9;
  double initialAccumulatorValue = 0;                      // of adagrad's state
  double weightDecay = 0;                                  // 0 is none
  bool decayBiases = false;                                // and all else that is no kernel, but tables
  double clipValue = 0, clipNorm = 0, globalClipNorm = 0;  // at most one above 0
  bool averages = false;                                   // keeps moving averages of the weights,
  double averageMomentum = 0;
  uint64_t averageReplacesEvery = 0;  // so many steps; 0 for never
};

// Tensors of state that its own rule keeps for each parameter.
int optimizerSlots(UpdateKind kind);

// fl32(1 / rows): what turns a sum over a batch into its mean.
float meanScale(size_t rows);

class OptimizerState {
 public:
  explicit OptimizerState(const OptimizerDescription& description)
      : plateau(plateauOf(description.learningRate)), description_(description) {}

  // Multiplies the running products and gives the scalars of the step after `steps` others, for a batch of `rows` rows.
  // What a parameter has of its own (regularizer, constraint) is not in it.
  Update beginStep(size_t rows, uint64_t steps);

  // Whether its learning rate is decided by what epochs come to.
  bool observes() const { return description_.learningRate.kind == ScheduleKind::reduceOnPlateau; }
  // What it has observed before the first epoch: nothing.
  Plateau unobserved() const { return plateauOf(description_.learningRate); }
  // After an epoch that ended after `steps` steps of the network, with the value that its schedule monitors.
  void observe(double value, uint64_t steps) {
    samebits::observe(description_.learningRate, steps - firstStep, value, &plateau);
  }

  double beta1Power = 1, beta2Power = 1;
  Plateau plateau;
  uint64_t firstStep = 0;  // steps of the network before its schedule began; never more than it has made

 private:
  OptimizerDescription description_;
};

}  // namespace samebits

#endif
