// What measures the machine and single kernels: `samebits bench` only.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../engine/kernel_bench.h"
#include "../engine/limits.h"
#include "arguments.h"
#include "environment.h"
#include "kernel_functions.h"

namespace samebits::binding {
namespace {

constexpr uint64_t kMostRepetitions = 1u << 20;
constexpr uint64_t kMostRounds = 1u << 30;
constexpr uint64_t kMostFloats = 1u << 30;  // of an array or an operand: 4 GiB

// A call whose result is the seconds of each repetition.
class TimingCall : public Job {
 public:
  explicit TimingCall(std::function<std::vector<double>(Team*)> body) : body_(std::move(body)) {}
  void execute(Team* team) override { seconds_ = body_(team); }
  Napi::Value settle(Napi::Env env) override {
    Napi::Float64Array result = Napi::Float64Array::New(env, seconds_.size());
    for (size_t i = 0; i < seconds_.size(); ++i) result[i] = seconds_[i];
    return result;
  }

 private:
  const std::function<std::vector<double>(Team*)> body_;
  std::vector<double> seconds_;
};

Napi::Value start(Napi::Env env, unsigned size, std::function<std::vector<double>(Team*)> body) {
  return Environment::of(env).start(env, std::make_unique<TimingCall>(std::move(body)), size, {});
}

size_t repetitionsOf(const Napi::Object& options) {
  return integer(options.Get("repetitions"), "repetitions", 1, kMostRepetitions);
}

Napi::Value timeFmaChainsCall(const Napi::CallbackInfo& info) {
  const Napi::Object options = object(info[0], "options");
  const KernelTable* table = instructionSet(options.Get("isa"));
  const size_t rounds = integer(options.Get("rounds"), "rounds", 1, kMostRounds);
  const size_t repetitions = repetitionsOf(options);
  const bool fed = boolean(options.Get("fed"), "fed");
  return start(info.Env(), threads(options.Get("threads")),
               [=](Team* team) { return timeFmaChains(team, *table, fed, rounds, repetitions); });
}

Napi::Value fmaFlopsPerRound(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), instructionSet(info[0])->fmaFlopsPerRound);
}

Napi::Value timeTriadCall(const Napi::CallbackInfo& info) {
  const Napi::Object options = object(info[0], "options");
  const size_t count = integer(options.Get("floats"), "floats", 1, kMostFloats);
  const size_t repetitions = repetitionsOf(options);
  return start(info.Env(), threads(options.Get("threads")),
               [=](Team* team) { return timeTriad(team, count, repetitions); });
}

Napi::Value timeBarriersCall(const Napi::CallbackInfo& info) {
  const Napi::Object options = object(info[0], "options");
  const size_t barriers = integer(options.Get("barriers"), "barriers", 1, kMostRounds);
  const size_t repetitions = repetitionsOf(options);
  return start(info.Env(), threads(options.Get("threads")),
               [=](Team* team) { return timeBarriers(team, barriers, repetitions); });
}

Napi::Value timePingPongCall(const Napi::CallbackInfo& info) {
  const Napi::Object options = object(info[0], "options");
  const size_t trips = integer(options.Get("trips"), "trips", 1, kMostRounds);
  const size_t repetitions = repetitionsOf(options);
  return start(info.Env(), 2, [=](Team* team) { return timePingPong(team, trips, repetitions); });
}

Phase phaseOf(const Napi::Value& value) {
  const std::string name = text(value, "phase");
  constexpr std::pair<const char*, Phase> kPhases[] = {
      {"product", Phase::product},
      {"forward", Phase::forward},
      {"inputGradient", Phase::inputGradient},
      {"weightGradient", Phase::weightGradient},
  };
  for (const auto& [known, phase] : kPhases) {
    if (name == known) return phase;
  }
  throw expected(value.Env(), "'product', 'forward', 'inputGradient' or 'weightGradient'", "phase");
}

UpdateKind updateOf(const Napi::Value& value) {
  const std::string name = text(value, "update");
  constexpr std::pair<const char*, UpdateKind> kUpdates[] = {
      {"store", UpdateKind::store},
      {"sgd", UpdateKind::sgd},
      {"momentum", UpdateKind::momentum},
      {"adam", UpdateKind::adam},
  };
  for (const auto& [known, update] : kUpdates) {
    if (name == known) return update;
  }
  throw expected(value.Env(), "'store', 'sgd', 'momentum' or 'adam'", "update");
}

Napi::Value timePhaseCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object options = object(info[0], "options");
  const KernelTable* table = instructionSet(options.Get("isa"));
  PhaseCase what;
  what.phase = phaseOf(options.Get("phase"));
  what.shape = {integer(options.Get("rows"), "rows", 1, kMostRows),
                integer(options.Get("inputs"), "inputs", 1, kMostUnits),
                integer(options.Get("units"), "units", 1, kMostUnits)};
  const uint64_t largest = std::max(
      {what.shape.rows * what.shape.inputs, what.shape.rows * what.shape.units, what.shape.inputs * what.shape.units});
  if (largest > kMostFloats) throw expected(env, "operands of at most 2^30 elements", "rows, inputs, units", kShape);
  what.update = updateOf(options.Get("update"));
  what.batchLeaf = integer(options.Get("batchLeaf"), "batchLeaf", 1, kMostRows);
  const size_t warmUps = integer(options.Get("warmUps"), "warmUps", 0, kMostRepetitions);
  const size_t repetitions = repetitionsOf(options);
  return start(env, threads(options.Get("threads")),
               [=](Team* team) { return timePhase(team, *table, what, warmUps, repetitions); });
}

}  // namespace

void exportLimitFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("fmaFlopsPerRound", Napi::Function::New<fmaFlopsPerRound>(env, "fmaFlopsPerRound"));
  exports.Set("timeFmaChains", Napi::Function::New<timeFmaChainsCall>(env, "timeFmaChains"));
  exports.Set("timeTriad", Napi::Function::New<timeTriadCall>(env, "timeTriad"));
  exports.Set("timeBarriers", Napi::Function::New<timeBarriersCall>(env, "timeBarriers"));
  exports.Set("timePingPong", Napi::Function::New<timePingPongCall>(env, "timePingPong"));
  exports.Set("timePhase", Napi::Function::New<timePhaseCall>(env, "timePhase"));
}

}  // namespace samebits::binding
