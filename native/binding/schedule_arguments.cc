#include "schedule_arguments.h"

#include <cmath>
#include <string>

#include "../engine/control_word.h"
#include "arguments.h"

namespace samebits::binding {
namespace {

constexpr uint64_t kMostBoundaries = 4096;
constexpr double kMostPower = 9007199254740992.0;  // 2^53

double positive(const Napi::Object& of, const char* name) {
  const double value = number(of.Get(name), name);
  if (value <= 0) throw expected(of.Env(), "a number above 0", name);
  return value;
}

uint64_t steps(const Napi::Object& of, const char* name) { return integer(of.Get(name), name, 1, kMostSafeInteger); }

void readPieces(const Napi::Object& value, Schedule* schedule) {
  const Napi::Object boundaries = object(value.Get("boundaries"), "boundaries");
  const Napi::Object values = object(value.Get("values"), "values");
  const uint64_t count = integer(boundaries.Get("length"), "boundaries.length", 0, kMostBoundaries);
  for (uint32_t i = 0; i < count; ++i) {
    schedule->boundaries.push_back(integer(boundaries.Get(i), "boundaries", 0, kMostSafeInteger));
  }
  for (uint32_t i = 0; i <= count; ++i) schedule->values.push_back(number(values.Get(i), "values"));
}

void readPlateau(const Napi::Object& value, Schedule* schedule) {
  schedule->kind = ScheduleKind::reduceOnPlateau;
  // By the metric's name, mode auto is decided before it comes here; where a rate is asked for alone, it says nothing.
  schedule->rises = text(value.Get("mode"), "mode") == "max";
  schedule->factor = positive(value, "factor");
  schedule->patience = integer(value.Get("patience"), "patience", 0, kMostSafeInteger);
  schedule->minDelta = number(value.Get("minDelta"), "minDelta");
  schedule->cooldown = integer(value.Get("cooldown"), "cooldown", 0, kMostSafeInteger);
  schedule->minLearningRate = number(value.Get("minLearningRate"), "minLearningRate");
}

Schedule unwarmedOf(const Napi::Object& value) {
  Schedule schedule;
  const std::string name = text(value.Get("name"), "learningRate.name");
  if (name == "piecewiseConstantDecay") {
    schedule.kind = ScheduleKind::piecewiseConstantDecay;
    readPieces(value, &schedule);
    return schedule;
  }
  if (name == "oneCycle") {
    schedule.kind = ScheduleKind::oneCycle;
    schedule.initialLearningRate = number(value.Get("maxLearningRate"), "maxLearningRate");
    schedule.steps = steps(value, "totalSteps");
    schedule.pctStart = number(value.Get("pctStart"), "pctStart");
    if (schedule.pctStart < 0 || schedule.pctStart >= 1) throw expected(value.Env(), "a number below 1", "pctStart");
    schedule.divFactor = positive(value, "divFactor");
    schedule.finalDivFactor = positive(value, "finalDivFactor");
    schedule.linear = text(value.Get("annealStrategy"), "annealStrategy") == "linear";
    return schedule;
  }
  schedule.initialLearningRate = number(value.Get("initialLearningRate"), "initialLearningRate");
  if (name == "reduceOnPlateau") {
    readPlateau(value, &schedule);
    return schedule;
  }
  if (name == "cosineDecayRestarts") {
    schedule.kind = ScheduleKind::cosineDecayRestarts;
    schedule.steps = steps(value, "firstDecaySteps");
    schedule.tMul = number(value.Get("tMul"), "tMul");
    if (schedule.tMul < 1) throw expected(value.Env(), "a number of at least 1", "tMul");
    schedule.mMul = number(value.Get("mMul"), "mMul");
    schedule.alpha = number(value.Get("alpha"), "alpha");
    return schedule;
  }
  schedule.steps = steps(value, "decaySteps");
  if (name == "exponentialDecay" || name == "inverseTimeDecay") {
    const bool exponential = name == "exponentialDecay";
    schedule.kind = exponential ? ScheduleKind::exponentialDecay : ScheduleKind::inverseTimeDecay;
    schedule.decayRate = positive(value, "decayRate");
    schedule.staircase = boolean(value.Get("staircase"), "staircase");
  } else if (name == "polynomialDecay") {
    schedule.kind = ScheduleKind::polynomialDecay;
    schedule.endLearningRate = number(value.Get("endLearningRate"), "endLearningRate");
    schedule.power = positive(value, "power");
    if (schedule.power > kMostPower) throw expected(value.Env(), "a number of at most 2^53", "power");
    schedule.cycle = boolean(value.Get("cycle"), "cycle");
  } else if (name == "cosineDecay") {
    schedule.kind = ScheduleKind::cosineDecay;
    schedule.alpha = number(value.Get("alpha"), "alpha");
  } else {
    throw expected(value.Env(), "the name of a schedule", "learningRate.name");
  }
  return schedule;
}

Napi::Value learningRate(const Napi::CallbackInfo& info) {
  const Schedule schedule = scheduleOf(info[0]);
  const uint64_t step = integer(info[1], "step", 0, kMostSafeInteger);
  Plateau plateau = plateauOf(schedule);
  if (!isNothing(info[2])) plateau.learningRate = number(info[2], "reduced");
  const ControlWord control;
  return Napi::Number::New(info.Env(), learningRateAt(schedule, step, plateau));
}

}  // namespace

Schedule scheduleOf(const Napi::Value& value) {
  if (value.IsNumber()) return number(value, "learningRate");
  const Napi::Object given = object(value, "learningRate");
  if (text(given.Get("name"), "learningRate.name") != "warmUp") return unwarmedOf(given);
  const Napi::Value after = given.Get("schedule");
  Schedule schedule = after.IsNumber() ? Schedule(number(after, "schedule")) : unwarmedOf(object(after, "schedule"));
  schedule.warmUpSteps = steps(given, "steps");
  schedule.warmUpFrom = number(given.Get("initialLearningRate"), "initialLearningRate");
  return schedule;
}

Napi::Object plateauObject(Napi::Env env, const Plateau& plateau) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("learningRate", plateau.learningRate);
  object.Set("best", plateau.best);
  object.Set("wait", static_cast<double>(plateau.wait));
  object.Set("cooldown", static_cast<double>(plateau.cooldown));
  return object;
}

Plateau plateauFrom(const Napi::Value& value, const OptimizerState& optimizer) {
  Plateau plateau = optimizer.unobserved();
  if (isNothing(value)) return plateau;
  if (!optimizer.observes()) throw expected(value.Env(), "reduceOnPlateau as learning rate", "plateau");
  const Napi::Object given = object(value, "plateau");
  const double learningRate = number(given.Get("learningRate"), "plateau.learningRate");
  if (learningRate < 0 || learningRate > plateau.learningRate) {
    throw expected(value.Env(), "a rate from 0 to the initial one", "plateau.learningRate");
  }
  const Napi::Value best = given.Get("best");
  if (!best.IsNumber() || std::isnan(best.As<Napi::Number>().DoubleValue())) {
    throw expected(value.Env(), "a number", "plateau.best");
  }
  plateau.learningRate = learningRate;
  plateau.best = best.As<Napi::Number>().DoubleValue();
  plateau.wait = integer(given.Get("wait"), "plateau.wait", 0, kMostSafeInteger);
  plateau.cooldown = integer(given.Get("cooldown"), "plateau.cooldown", 0, kMostSafeInteger);
  return plateau;
}

void exportScheduleFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("learningRate", Napi::Function::New<learningRate>(env, "learningRate"));
}

}  // namespace samebits::binding
