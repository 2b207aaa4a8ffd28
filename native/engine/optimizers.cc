#include "optimizers.h"

#include <cmath>

namespace samebits {

int optimizerSlots(UpdateKind kind) {
  switch (kind) {
    case UpdateKind::momentum:
    case UpdateKind::nesterov:
    case UpdateKind::rmsprop:
      return 1;
    case UpdateKind::adam:
    case UpdateKind::rmspropMomentum:
      return 2;
    default:
      return 0;
  }
}

float meanScale(size_t rows) { return static_cast<float>(1.0 / static_cast<double>(rows)); }

Update OptimizerState::beginStep(size_t rows) {
  const OptimizerDescription& d = description_;
  Update update{};
  update.kind = d.kind;
  update.scale = meanScale(rows);
  update.learningRate = static_cast<float>(d.learningRate);
  update.momentum = static_cast<float>(d.momentum);
  update.epsilon = static_cast<float>(d.epsilon);
  if (d.kind == UpdateKind::rmsprop || d.kind == UpdateKind::rmspropMomentum) {
    update.beta2 = static_cast<float>(d.rho);
    update.oneMinusBeta2 = static_cast<float>(1.0 - d.rho);
  }
  if (d.kind != UpdateKind::adam) return update;
  beta1Power *= d.beta1;
  beta2Power *= d.beta2;
  update.beta1 = static_cast<float>(d.beta1);
  update.oneMinusBeta1 = static_cast<float>(1.0 - d.beta1);
  update.beta2 = static_cast<float>(d.beta2);
  update.oneMinusBeta2 = static_cast<float>(1.0 - d.beta2);
  update.stepSize = static_cast<float>(d.learningRate / (1.0 - beta1Power));
  update.inverseRoot = static_cast<float>(1.0 / std::sqrt(1.0 - beta2Power));
  return update;
}

}  // namespace samebits
