#include "optimizers.h"

#include <cmath>

namespace samebits {
namespace {

constexpr double kMomentumDecay = 0.96;

// The momentum of Nadam's step t, which rises from half of beta1 to beta1.
double scheduledMomentum(double beta1, uint64_t step) { return beta1 * (1.0 - 0.5 * power(kMomentumDecay, step)); }

}  // namespace

int optimizerSlots(UpdateKind kind) {
  switch (kind) {
    case UpdateKind::momentum:
    case UpdateKind::nesterov:
    case UpdateKind::rmsprop:
    case UpdateKind::adagrad:
      return 1;
    case UpdateKind::amsgrad:
      return 3;
    case UpdateKind::adam:
    case UpdateKind::nadam:
    case UpdateKind::rmspropMomentum:
      return 2;
    default:
      return 0;
  }
}

float meanScale(size_t rows) { return static_cast<float>(1.0 / static_cast<double>(rows)); }

Update OptimizerState::beginStep(size_t rows, uint64_t steps) {
  const OptimizerDescription& d = description_;
  const double learningRate = learningRateAt(d.learningRate, steps - firstStep, plateau);
  Update update{};
  update.kind = d.kind;
  update.scale = meanScale(rows);
  update.learningRate = static_cast<float>(learningRate);
  update.momentum = static_cast<float>(d.momentum);
  update.epsilon = static_cast<float>(d.epsilon);
  update.weightDecay = static_cast<float>(learningRate * d.weightDecay);
  update.clipValue = static_cast<float>(d.clipValue);
  update.averageMomentum = static_cast<float>(d.averageMomentum);
  update.averageShare = static_cast<float>(1.0 - d.averageMomentum);
  update.averageReplaces = d.averageReplacesEvery > 0 && (steps + 1) % d.averageReplacesEvery == 0;
  if (d.kind == UpdateKind::rmsprop || d.kind == UpdateKind::rmspropMomentum) {
    update.beta2 = static_cast<float>(d.rho);
    update.oneMinusBeta2 = static_cast<float>(1.0 - d.rho);
  }
  const bool isNadam = d.kind == UpdateKind::nadam;
  if (d.kind != UpdateKind::adam && d.kind != UpdateKind::amsgrad && !isNadam) return update;
  const double momentum = isNadam ? scheduledMomentum(d.beta1, steps + 1) : d.beta1;
  beta1Power *= momentum;
  beta2Power *= d.beta2;
  update.beta1 = static_cast<float>(d.beta1);
  update.oneMinusBeta1 = static_cast<float>(1.0 - d.beta1);
  update.beta2 = static_cast<float>(d.beta2);
  update.oneMinusBeta2 = static_cast<float>(1.0 - d.beta2);
  if (isNadam) {
    const double next = scheduledMomentum(d.beta1, steps + 2);
    update.stepSize = static_cast<float>((learningRate * next) / (1.0 - beta1Power * next));
    update.gradientStep = static_cast<float>((learningRate * (1.0 - momentum)) / (1.0 - beta1Power));
  } else {
    update.stepSize = static_cast<float>(learningRate / (1.0 - beta1Power));
  }
  update.inverseRoot = static_cast<float>(1.0 / std::sqrt(1.0 - beta2Power));
  return update;
}

}  // namespace samebits
