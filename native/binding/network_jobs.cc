// What a Network computes: training, evaluation, prediction.
#include <utility>
#include <vector>

#include "../engine/dispatch.h"
#include "arguments.h"
#include "job_arguments.h"
#include "network_arguments.h"
#include "network_object.h"

namespace samebits::binding {
namespace {

template <typename Element, typename Array>
Array copyOf(Napi::Env env, const std::vector<Element>& values) {
  Array array = Array::New(env, values.size());
  for (size_t i = 0; i < values.size(); ++i) array[i] = values[i];
  return array;
}

}  // namespace

// One call of train().
class TrainCall : public Job {
 public:
  // `alone`: the leader makes the steps, the rest of the team sleeps on.
  TrainCall(NetworkObject* self, TrainOptions options, bool alone)
      : self_(self), options_(std::move(options)), alone_(alone) {}

  void execute(Team* team) override {
    Team leader(1);
    if (alone_) team = &leader;
    Trainer trainer(self_->network_.get(), &self_->epoch_, &self_->workspace_, std::move(options_), team->size());
    outcome_ = trainer.run(team, &abort);
  }

  void ended() override { self_->training_ = nullptr; }

  Napi::Value settle(Napi::Env env) override {
    if (outcome_.error != nullptr) throw expected(env, outcome_.error, "train", kData);
    Napi::Object result = Napi::Object::New(env);
    result.Set("steps", static_cast<double>(outcome_.steps));
    result.Set("stepLosses", copyOf<float, Napi::Float32Array>(env, outcome_.stepLosses));
    result.Set("stepHits", copyOf<double, Napi::Float64Array>(env, outcome_.stepHits));
    result.Set("epochLosses", copyOf<float, Napi::Float32Array>(env, outcome_.epochLosses));
    result.Set("epochHits", copyOf<double, Napi::Float64Array>(env, outcome_.epochHits));
    result.Set("position", static_cast<double>(self_->epoch_.position));
    result.Set("aborted", outcome_.aborted);
    result.Set("seconds", outcome_.seconds);
    result.Set("nonFinite", env.Null());
    if (outcome_.nonFinite != kNone) {
      const Parameter& parameter = self_->network_->parameters()[outcome_.nonFinite];
      Napi::Object where = Napi::Object::New(env);
      where.Set("step", static_cast<double>(outcome_.nonFiniteStep));
      where.Set("layer", static_cast<double>(parameter.layer));
      where.Set("kind", nameOf(parameter.kind));
      result.Set("nonFinite", where);
    }
    result.Set("recording", env.Null());
    if (recorded_) result.Set("recording", copyOf<uint32_t, Napi::Uint32Array>(env, outcome_.recording));
    result.Set("marks", env.Null());
    if (marked_) result.Set("marks", copyOf<uint64_t, Napi::BigUint64Array>(env, outcome_.marks));
    return result;
  }

 private:
  NetworkObject* const self_;
  TrainOptions options_;
  const bool alone_;
  const bool recorded_ = options_.record, marked_ = options_.marks;
  TrainOutcome outcome_;
};

// One call of predict() or evaluate().
class RowsCall : public Job {
 public:
  RowsCall(NetworkObject* self, RowPass::Purpose purpose, DataView data, unsigned threads, Elements<float> outputs)
      : self_(self), purpose_(purpose), data_(data), threads_(threads), outputs_(outputs) {}

  // Of evaluate: the leaf of the tree, and the tree over `rows` rows before these.
  void sumOn(size_t leaf, uint64_t rows, const TreeSum& sum) {
    leaf_ = leaf;
    before_ = rows;
    sum_ = sum;
  }

  void execute(Team* team) override {
    Predictor predictor(*self_->network_, purpose_, data_.rows, threads_);
    if (purpose_ == RowPass::Purpose::predict) {
      evaluation_.error = predictor.predict(team, data_, outputs_.data);
    } else {
      evaluation_ = predictor.evaluate(team, data_, leaf_, before_, sum_);
    }
  }

  void ended() override { --self_->reading_; }

  Napi::Value settle(Napi::Env env) override {
    const bool predicts = purpose_ == RowPass::Purpose::predict;
    if (evaluation_.error != nullptr) throw expected(env, evaluation_.error, predicts ? "predict" : "evaluate", kData);
    if (predicts) return keptOutputs(env);
    Napi::Object result = Napi::Object::New(env);
    result.Set("loss", evaluation_.loss);
    result.Set("hits", static_cast<double>(evaluation_.hits));
    Napi::Float32Array sums = Napi::Float32Array::New(env, TreeSum::partialSums(leaf_, before_ + data_.rows));
    if (sums.ElementLength() > 0) evaluation_.sum.save(sums.Data());
    result.Set("lossSums", sums);
    return result;
  }

  void keepOutputs(const Napi::Float32Array& outputs) { outputArray_ = Napi::Persistent(outputs.As<Napi::Object>()); }

 private:
  Napi::Value keptOutputs(Napi::Env) { return outputArray_.Value(); }

  NetworkObject* const self_;
  const RowPass::Purpose purpose_;
  const DataView data_;
  const unsigned threads_;
  size_t leaf_ = 1;
  uint64_t before_ = 0;
  TreeSum sum_;
  const Elements<float> outputs_;
  Napi::ObjectReference outputArray_;
  Evaluation evaluation_;
};

Napi::Value NetworkObject::train(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  network(env);
  expectIdle(env);
  const Napi::Object job = object(info[0], "job");
  const unsigned size = threads(job.Get("threads"));
  TrainOptions options = trainOptions(job, *network_, epoch_, size);
  // Who forces a plan (tests do) gets the whole team too.
  const bool alone = text(job.Get("plan"), "plan") == "auto" && isTinyStep(*network_, options);
  auto call = std::make_unique<TrainCall>(this, std::move(options), alone);
  TrainCall* const started = call.get();
  const Napi::Promise promise = Environment::of(env).start(
      env, std::move(call), size,
      {info.This(), job.Get("x"), job.Get("targets"), job.Get("rowWeights"), job.Get("order"), job.Get("replay")});
  training_ = started;
  return promise;
}

void NetworkObject::abort(const Napi::CallbackInfo&) {
  if (training_ != nullptr) training_->abort.store(true, std::memory_order_relaxed);
}

LossJob NetworkObject::lossJob(const Napi::CallbackInfo& info) const {
  const Napi::Env env = info.Env();
  network(env);
  expectNotTraining(env);
  if (!network_->description().hasLoss) throw errorOf(env, kState, "The network has no loss");
  const Napi::Object job = object(info[0], "job");
  const unsigned size = threads(job.Get("threads"));
  const DataView data = dataView(job, *network_, true);
  return {job, size, data, integer(job.Get("batchLeaf"), "batchLeaf", 1, kMostRows)};
}

Napi::Promise NetworkObject::startReading(const Napi::CallbackInfo& info, const Napi::Object& job,
                                          std::unique_ptr<Job> call, unsigned threads) {
  const Napi::Promise promise = environment_.start(
      info.Env(), std::move(call), threads, {info.This(), job.Get("x"), job.Get("targets"), job.Get("rowWeights")});
  ++reading_;
  return promise;
}

Napi::Value NetworkObject::evaluate(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto [job, size, data, leaf] = lossJob(info);
  auto call = std::make_unique<RowsCall>(this, RowPass::Purpose::evaluate, data, size, Elements<float>{});
  if (const Napi::Value before = job.Get("before"); !isNothing(before)) {
    const Napi::Object given = object(before, "before");
    const uint64_t rows = integer(given.Get("rows"), "before.rows", 0, kMostRows);
    const Elements<float> sums = floats(given.Get("lossSums"), "before.lossSums");
    expectElements(env, sums.count, TreeSum::partialSums(leaf, rows), 1, "before.lossSums");
    TreeSum sum;
    sum.restore(leaf, rows, sums.data);
    call->sumOn(leaf, rows, sum);
  } else {
    call->sumOn(leaf, 0, TreeSum());
  }
  return startReading(info, job, std::move(call), size);
}

// What predict and predictSync are called with, and what they write.
struct NetworkObject::Prediction {
  unsigned threads;
  DataView data;
  Napi::Float32Array outputs;
};

NetworkObject::Prediction NetworkObject::predictionOf(const Napi::Object& job) const {
  const Napi::Env env = job.Env();
  const unsigned size = threads(job.Get("threads"));
  const DataView data = dataView(job, *network_, false);
  return {size, data, Napi::Float32Array::New(env, data.rows * network_->outputs())};
}

Napi::Value NetworkObject::predict(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  network(env);
  expectNotTraining(env);
  const Napi::Object job = object(info[0], "job");
  const auto [size, data, outputs] = predictionOf(job);
  auto call = std::make_unique<RowsCall>(this, RowPass::Purpose::predict, data, size, floats(outputs, "outputs"));
  call->keepOutputs(outputs);
  return startReading(info, job, std::move(call), size);
}

Napi::Value NetworkObject::predictSync(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  network(env);
  expectNotTraining(env);
  Prediction job = predictionOf(object(info[0], "job"));
  float* const target = job.outputs.Data();
  const char* problem = nullptr;
  Environment::of(env).runHere(env, job.threads, [&](Team* team) {
    if (!predictor_ || predictorRows_ < job.data.rows || predictorThreads_ != job.threads) {
      predictor_.reset();
      predictor_ = std::make_unique<Predictor>(*network_, RowPass::Purpose::predict, job.data.rows, job.threads);
      predictorRows_ = job.data.rows;
      predictorThreads_ = job.threads;
    }
    problem = predictor_->predict(team, job.data, target);
  });
  if (problem != nullptr) throw expected(env, problem, "predictSync", kData);
  return job.outputs;
}

}  // namespace samebits::binding
