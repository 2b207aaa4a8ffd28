#include "optimizer_arguments.h"

#include <string>

#include "arguments.h"
#include "schedule_arguments.h"

namespace samebits::binding {
namespace {

OptimizerDescription ruleOf(const Napi::Object& value) {
  OptimizerDescription optimizer;
  const std::string kind = text(value.Get("kind"), "optimizer.kind");
  optimizer.learningRate = scheduleOf(value.Get("learningRate"));
  if (kind == "momentum" || kind == "nesterov") {
    optimizer.kind = kind == "momentum" ? UpdateKind::momentum : UpdateKind::nesterov;
    optimizer.momentum = number(value.Get("momentum"), "momentum");
  } else if (kind == "rmsprop") {
    optimizer.rho = number(value.Get("rho"), "rho");
    optimizer.momentum = number(value.Get("momentum"), "momentum");
    optimizer.epsilon = number(value.Get("epsilon"), "epsilon");
    optimizer.kind = optimizer.momentum == 0 ? UpdateKind::rmsprop : UpdateKind::rmspropMomentum;
  } else if (kind == "adagrad") {
    optimizer.kind = UpdateKind::adagrad;
    optimizer.initialAccumulatorValue = number(value.Get("initialAccumulatorValue"), "initialAccumulatorValue");
    optimizer.epsilon = number(value.Get("epsilon"), "epsilon");
  } else if (kind == "adam" || kind == "amsgrad" || kind == "nadam") {
    optimizer.kind = kind == "adam" ? UpdateKind::adam : kind == "amsgrad" ? UpdateKind::amsgrad : UpdateKind::nadam;
    optimizer.beta1 = number(value.Get("beta1"), "beta1");
    optimizer.beta2 = number(value.Get("beta2"), "beta2");
    optimizer.epsilon = number(value.Get("epsilon"), "epsilon");
  } else if (kind != "sgd") {
    throw expected(value.Env(), "the kind of an optimizer", "optimizer.kind");
  }
  return optimizer;
}

// What any optimizer may do beside its own rule.
void updatesOf(const Napi::Object& value, OptimizerDescription* optimizer) {
  optimizer->weightDecay = amount(value, "weightDecay");
  if (const Napi::Value all = value.Get("decayBiases"); !isNothing(all)) {
    optimizer->decayBiases = boolean(all, "decayBiases");
  }
  optimizer->clipValue = amount(value, "clipValue");
  optimizer->clipNorm = amount(value, "clipNorm");
  optimizer->globalClipNorm = amount(value, "globalClipNorm");
  if ((optimizer->clipValue > 0) + (optimizer->clipNorm > 0) + (optimizer->globalClipNorm > 0) > 1) {
    throw expected(value.Env(), "at most one of clipValue, clipNorm and globalClipNorm", "optimizer");
  }
  const Napi::Value average = value.Get("movingAverage");
  if (isNothing(average)) return;
  const Napi::Object given = object(average, "movingAverage");
  optimizer->averages = true;
  optimizer->averageMomentum = number(given.Get("momentum"), "momentum");
  if (const Napi::Value every = given.Get("overwriteEvery"); !isNothing(every)) {
    optimizer->averageReplacesEvery = integer(every, "overwriteEvery", 1, UINT32_MAX);
  }
}

}  // namespace

OptimizerDescription optimizerOf(const Napi::Object& value) {
  OptimizerDescription optimizer = ruleOf(value);
  updatesOf(value, &optimizer);
  return optimizer;
}

}  // namespace samebits::binding
