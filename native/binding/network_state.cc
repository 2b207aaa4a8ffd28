// What of a Network is read and set: tensors, gradients, counters, the place in the epoch.
#include <algorithm>

#include "../engine/control_word.h"
#include "arguments.h"
#include "job_arguments.h"
#include "network_arguments.h"
#include "network_object.h"
#include "schedule_arguments.h"

namespace samebits::binding {

Napi::Value NetworkObject::getParameter(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Network& from = network(env);
  expectNotTraining(env);
  const size_t parameter = parameterOf(from, info[0], info[1]);
  const int slot = static_cast<int>(integer(info[2], "slot", 0, 4));
  const Parameter& of = from.parameters()[parameter];
  RowRange range{0, of.rows};
  if (!isNothing(info[3])) {
    range.first = integer(info[3], "firstRow", 0, of.rows);
    range.count = integer(info[4], "rows", 0, of.rows - range.first);
  }
  Napi::Float32Array values = Napi::Float32Array::New(env, range.count * of.columns);
  if (!from.getParameter(parameter, slot, range, values.Data())) throw expected(env, "a parameter it has", "slot");
  return values;
}

void NetworkObject::setParameter(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Network& to = network(env);
  expectIdle(env);
  const size_t parameter = parameterOf(to, info[0], info[1]);
  const int slot = static_cast<int>(integer(info[2], "slot", 0, 4));
  const Elements<float> values = floats(info[3], "values");
  const size_t rows = to.parameters()[parameter].rows, columns = to.parameters()[parameter].columns;
  RowRange range{0, rows};
  if (!isNothing(info[4])) {
    range.first = integer(info[4], "firstRow", 0, rows);
    range.count = std::min(values.count / columns, rows - range.first);
  }
  expectElements(env, values.count, range.count, columns, "values");
  if (!to.setParameter(parameter, slot, range, values.data)) throw expected(env, "a parameter it has", "slot");
}

Napi::Value NetworkObject::mark(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Network& of = network(env);
  expectNotTraining(env);
  const size_t parameter = parameterOf(of, info[0], info[1]);
  const int slot = static_cast<int>(integer(info[2], "slot", 0, 4));
  uint64_t mark;
  if (!of.mark(parameter, slot, &mark)) throw expected(env, "a parameter it has", "slot");
  return Napi::BigInt::New(env, mark);
}

Napi::Value NetworkObject::getGradient(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Network& from = network(env);
  expectNotTraining(env);
  const size_t parameter = parameterOf(from, info[0], info[1]);
  if (workspace_.gradients.empty()) {
    throw errorOf(env, kState, "The last step was not made with the plan 'stored': its gradients were not kept");
  }
  const float* stored = workspace_.gradients[parameter];
  if (stored == nullptr) throw expected(env, "a parameter that is trained", "kind");
  const RowRange all{0, from.parameters()[parameter].rows};
  Napi::Float32Array values = Napi::Float32Array::New(env, all.count * from.parameters()[parameter].columns);
  from.unpack(parameter, stored, all, values.Data());
  return values;
}

Napi::Value NetworkObject::getCounters(const Napi::CallbackInfo& info) {
  Network& from = network(info.Env());
  expectNotTraining(info.Env());
  Napi::Object counters = Napi::Object::New(info.Env());
  counters.Set("steps", static_cast<double>(from.steps));
  counters.Set("epochs", static_cast<double>(from.epochs));
  counters.Set("beta1Power", from.optimizer().beta1Power);
  counters.Set("beta2Power", from.optimizer().beta2Power);
  if (from.optimizer().firstStep > 0) counters.Set("firstStep", static_cast<double>(from.optimizer().firstStep));
  if (from.optimizer().observes()) counters.Set("plateau", plateauObject(info.Env(), from.optimizer().plateau));
  return counters;
}

void NetworkObject::setCounters(const Napi::CallbackInfo& info) {
  Network& to = network(info.Env());
  expectIdle(info.Env());
  const Napi::Object counters = object(info[0], "counters");
  const uint64_t steps = integer(counters.Get("steps"), "steps", 0, kMostSafeInteger);
  const uint64_t epochs = integer(counters.Get("epochs"), "epochs", 0, UINT32_MAX);
  const double beta1Power = number(counters.Get("beta1Power"), "beta1Power");
  const double beta2Power = number(counters.Get("beta2Power"), "beta2Power");
  const Napi::Value first = counters.Get("firstStep");
  const uint64_t firstStep = isNothing(first) ? 0 : integer(first, "firstStep", 0, steps);
  const Plateau plateau = plateauFrom(counters.Get("plateau"), to.optimizer());
  to.steps = steps;
  to.epochs = epochs;
  to.optimizer().plateau = plateau;
  to.optimizer().beta1Power = beta1Power;
  to.optimizer().beta2Power = beta2Power;
  to.optimizer().firstStep = firstStep;
}

void NetworkObject::observe(const Napi::CallbackInfo& info) {
  Network& to = network(info.Env());
  expectIdle(info.Env());
  // Any, NaN too.
  if (!info[0].IsNumber()) throw expected(info.Env(), "a number", "value");
  const ControlWord control;
  to.optimizer().observe(info[0].As<Napi::Number>().DoubleValue(), to.steps);
}

Napi::Value NetworkObject::getEpoch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  network(env);
  expectNotTraining(env);
  Napi::Float32Array sums = Napi::Float32Array::New(env, TreeSum::partialSums(epoch_.loss.leaf(), epoch_.position));
  if (sums.ElementLength() > 0) epoch_.loss.save(sums.Data());
  Napi::Object epoch = Napi::Object::New(env);
  epoch.Set("position", static_cast<double>(epoch_.position));
  epoch.Set("hits", static_cast<double>(epoch_.hits));
  epoch.Set("batchLeaf", static_cast<double>(epoch_.loss.leaf()));
  epoch.Set("lossSums", sums);
  return epoch;
}

void NetworkObject::setEpoch(const Napi::CallbackInfo& info) {
  const Network& of = network(info.Env());
  expectIdle(info.Env());
  epoch_ = epochState(object(info[0], "epoch"), of);
}

void NetworkObject::startEpoch(const Napi::CallbackInfo& info) {
  network(info.Env());
  expectIdle(info.Env());
  epoch_ = EpochState{};
}

}  // namespace samebits::binding
