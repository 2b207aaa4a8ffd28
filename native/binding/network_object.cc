#include "network_object.h"

#include <new>
#include <string>
#include <utility>
#include <vector>

#include "arguments.h"

namespace samebits::binding {
namespace {

// Largest count that is taken from JavaScript: indices are 32 bits wide in the engine.
constexpr uint64_t kMostRows = UINT32_MAX - 1;
constexpr uint64_t kMostUnits = 1u << 24;
constexpr uint64_t kMostLayers = 1024;
constexpr double kMostSafe = 9007199254740991.0;  // 2^53 - 1

ParameterKind parameterKind(const Napi::Value& value) {
  const std::string name = text(value, "kind");
  if (name == "kernel") return ParameterKind::kernel;
  if (name == "bias") return ParameterKind::bias;
  throw expected(value.Env(), "'kernel' or 'bias'", "kind");
}

Loss lossOf(const Napi::Value& value) {
  const std::string name = text(value, "loss");
  if (name == "sparseCategoricalCrossentropy") return Loss::sparseCategoricalCrossentropy;
  if (name == "categoricalCrossentropy") return Loss::categoricalCrossentropy;
  if (name == "binaryCrossentropy") return Loss::binaryCrossentropy;
  if (name == "meanSquaredError") return Loss::meanSquaredError;
  throw expected(value.Env(), "the name of a loss", "loss");
}

OptimizerDescription optimizerOf(const Napi::Object& value) {
  OptimizerDescription optimizer;
  const std::string kind = text(value.Get("kind"), "optimizer.kind");
  optimizer.learningRate = number(value.Get("learningRate"), "learningRate");
  if (kind == "momentum") {
    optimizer.kind = UpdateKind::momentum;
    optimizer.momentum = number(value.Get("momentum"), "momentum");
  } else if (kind == "adam") {
    optimizer.kind = UpdateKind::adam;
    optimizer.beta1 = number(value.Get("beta1"), "beta1");
    optimizer.beta2 = number(value.Get("beta2"), "beta2");
    optimizer.epsilon = number(value.Get("epsilon"), "epsilon");
  } else if (kind != "sgd") {
    throw expected(value.Env(), "'sgd', 'momentum' or 'adam'", "optimizer.kind");
  }
  return optimizer;
}

NetworkDescription descriptionOf(const Napi::Object& value) {
  const Napi::Env env = value.Env();
  NetworkDescription description;
  description.inputs = integer(value.Get("inputs"), "inputs", 1, kMostUnits);
  if (const Napi::Value rescale = value.Get("rescale"); !isNothing(rescale)) {
    description.rescale = true;
    description.scale = static_cast<float>(number(object(rescale, "rescale").Get("scale"), "scale"));
    description.offset = static_cast<float>(number(object(rescale, "rescale").Get("offset"), "offset"));
  }
  const Napi::Object layers = object(value.Get("layers"), "layers");
  const uint64_t count = integer(layers.Get("length"), "layers.length", 1, kMostLayers);
  for (uint32_t i = 0; i < count; ++i) {
    const Napi::Object layer = object(layers.Get(i), "layer");
    description.layers.push_back({integer(layer.Get("units"), "units", 1, kMostUnits),
                                  activation(layer.Get("activation")), boolean(layer.Get("useBias"), "useBias")});
  }
  if (const Napi::Value loss = value.Get("loss"); !isNothing(loss)) {
    description.hasLoss = true;
    description.loss = lossOf(loss);
    const Activation last = description.layers.back().activation;
    const bool softmax =
        description.loss == Loss::sparseCategoricalCrossentropy || description.loss == Loss::categoricalCrossentropy;
    const bool sigmoid = description.loss == Loss::binaryCrossentropy;
    if ((softmax && last != Activation::softmax) || (sigmoid && last != Activation::sigmoid)) {
      throw expected(env, "the loss's own activation", "the last layer");
    }
  }
  if (const Napi::Value optimizer = value.Get("optimizer"); !isNothing(optimizer)) {
    description.hasOptimizer = true;
    description.optimizer = optimizerOf(object(optimizer, "optimizer"));
  }
  return description;
}

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
  TrainCall(NetworkObject* self, TrainOptions options, unsigned threads)
      : self_(self), options_(std::move(options)), threads_(threads) {}

  void execute(Team* team) override {
    Trainer trainer(self_->network_.get(), &self_->epoch_, &self_->workspace_, std::move(options_), threads_);
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
    if (outcome_.nonFinite >= 0) {
      Napi::Object where = Napi::Object::New(env);
      where.Set("step", static_cast<double>(outcome_.nonFiniteStep));
      where.Set("layer", outcome_.nonFinite / 2);
      where.Set("kind", outcome_.nonFinite % 2 == 0 ? "kernel" : "bias");
      result.Set("nonFinite", where);
    }
    result.Set("recording", env.Null());
    if (recorded_) result.Set("recording", copyOf<uint32_t, Napi::Uint32Array>(env, outcome_.recording));
    return result;
  }

 private:
  NetworkObject* const self_;
  TrainOptions options_;
  const unsigned threads_;
  const bool recorded_ = options_.record;
  TrainOutcome outcome_;
};

// One call of predict() or evaluate().
class RowsCall : public Job {
 public:
  RowsCall(NetworkObject* self, RowPass::Purpose purpose, DataView data, unsigned threads, size_t leaf,
           Elements<float> outputs)
      : self_(self), purpose_(purpose), data_(data), threads_(threads), leaf_(leaf), outputs_(outputs) {}

  void execute(Team* team) override {
    Predictor predictor(*self_->network_, purpose_, data_.rows, threads_);
    if (purpose_ == RowPass::Purpose::predict) {
      predictor.predict(team, data_, outputs_.data);
    } else {
      evaluation_ = predictor.evaluate(team, data_, leaf_);
    }
  }

  void ended() override { --self_->reading_; }

  Napi::Value settle(Napi::Env env) override {
    if (purpose_ == RowPass::Purpose::predict) return keptOutputs(env);
    if (evaluation_.error != nullptr) throw expected(env, evaluation_.error, "evaluate", kData);
    Napi::Object result = Napi::Object::New(env);
    result.Set("loss", evaluation_.loss);
    result.Set("hits", static_cast<double>(evaluation_.hits));
    return result;
  }

  void keepOutputs(const Napi::Float32Array& outputs) { outputArray_ = Napi::Persistent(outputs.As<Napi::Object>()); }

 private:
  Napi::Value keptOutputs(Napi::Env) { return outputArray_.Value(); }

  NetworkObject* const self_;
  const RowPass::Purpose purpose_;
  const DataView data_;
  const unsigned threads_;
  const size_t leaf_;
  const Elements<float> outputs_;
  Napi::ObjectReference outputArray_;
  Evaluation evaluation_;
};

Napi::Function NetworkObject::define(Napi::Env env) {
  return DefineClass(
      env, "Network",
      {InstanceMethod<&NetworkObject::getParameter>("getParameter"),
       InstanceMethod<&NetworkObject::setParameter>("setParameter"),
       InstanceMethod<&NetworkObject::getCounters>("getCounters"),
       InstanceMethod<&NetworkObject::setCounters>("setCounters"),
       InstanceMethod<&NetworkObject::startEpoch>("startEpoch"), InstanceMethod<&NetworkObject::train>("train"),
       InstanceMethod<&NetworkObject::abort>("abort"), InstanceMethod<&NetworkObject::evaluate>("evaluate"),
       InstanceMethod<&NetworkObject::predict>("predict"), InstanceMethod<&NetworkObject::predictSync>("predictSync"),
       InstanceMethod<&NetworkObject::memory>("memory"), InstanceMethod<&NetworkObject::dispose>("dispose")});
}

NetworkObject::NetworkObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<NetworkObject>(info), environment_(Environment::of(info.Env())) {
  const Napi::Env env = info.Env();
  const Napi::Object value = object(info[0], "description");
  const KernelTable* table = instructionSet(value.Get("isa"));
  NetworkDescription description = descriptionOf(value);
  const size_t bytes = Network::bytesFor(description);
  environment_.adopt(env, this, bytes);
  try {
    arena_ = Block(bytes);
  } catch (const std::bad_alloc&) {
    environment_.forget(env, bytes);
    environment_.drop(this);
    throw errorOf(env, kResources, "Could not allocate " + std::to_string(bytes) + " bytes for the weights");
  }
  network_ = std::make_unique<Network>(table, std::move(description), arena_.data());
}

NetworkObject::~NetworkObject() {
  release();
  environment_.drop(this);
}

bool NetworkObject::isCollected() { return network_ != nullptr && Value().IsEmpty(); }

void NetworkObject::release() {
  if (!network_) return;
  environment_.forget(Env(), arena_.bytes());
  predictor_.reset();
  workspace_ = Workspace{};
  epoch_ = EpochState{};
  network_.reset();
  arena_ = Block();
}

Network& NetworkObject::network(Napi::Env env) const {
  if (!network_) throw errorOf(env, kState, "The network is disposed");
  return *network_;
}

void NetworkObject::expectNotTraining(Napi::Env env) const {
  if (training_ != nullptr) throw errorOf(env, kBusy, "The network is training");
}

void NetworkObject::expectIdle(Napi::Env env) const {
  expectNotTraining(env);
  if (reading_ > 0) throw errorOf(env, kBusy, "The network is predicting");
}

Napi::Value NetworkObject::getParameter(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Network& from = network(env);
  expectNotTraining(env);
  const size_t layer = integer(info[0], "layer", 0, from.layers().size() - 1);
  const ParameterKind kind = parameterKind(info[1]);
  const int slot = static_cast<int>(integer(info[2], "slot", 0, 2));
  Napi::Float32Array values = Napi::Float32Array::New(env, from.parameterSize(layer, kind));
  if (!from.getParameter(layer, kind, slot, values.Data())) throw expected(env, "a parameter it has", "slot");
  return values;
}

void NetworkObject::setParameter(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Network& to = network(env);
  expectIdle(env);
  const size_t layer = integer(info[0], "layer", 0, to.layers().size() - 1);
  const ParameterKind kind = parameterKind(info[1]);
  const int slot = static_cast<int>(integer(info[2], "slot", 0, 2));
  const Elements<float> values = floats(info[3], "values");
  expectElements(env, values.count, to.parameterSize(layer, kind), 1, "values");
  if (!to.setParameter(layer, kind, slot, values.data)) throw expected(env, "a parameter it has", "slot");
}

Napi::Value NetworkObject::getCounters(const Napi::CallbackInfo& info) {
  Network& from = network(info.Env());
  expectNotTraining(info.Env());
  Napi::Object counters = Napi::Object::New(info.Env());
  counters.Set("steps", static_cast<double>(from.steps));
  counters.Set("epochs", static_cast<double>(from.epochs));
  counters.Set("beta1Power", from.optimizer().beta1Power);
  counters.Set("beta2Power", from.optimizer().beta2Power);
  return counters;
}

void NetworkObject::setCounters(const Napi::CallbackInfo& info) {
  Network& to = network(info.Env());
  expectIdle(info.Env());
  const Napi::Object counters = object(info[0], "counters");
  const uint64_t steps = integer(counters.Get("steps"), "steps", 0, static_cast<uint64_t>(kMostSafe));
  const uint64_t epochs = integer(counters.Get("epochs"), "epochs", 0, UINT32_MAX);
  const double beta1Power = number(counters.Get("beta1Power"), "beta1Power");
  const double beta2Power = number(counters.Get("beta2Power"), "beta2Power");
  to.steps = steps;
  to.epochs = epochs;
  to.optimizer().beta1Power = beta1Power;
  to.optimizer().beta2Power = beta2Power;
}

void NetworkObject::startEpoch(const Napi::CallbackInfo& info) {
  network(info.Env());
  expectIdle(info.Env());
  epoch_ = EpochState{};
}

DataView NetworkObject::dataOf(const Napi::Object& job, bool withTargets) const {
  const Napi::Env env = job.Env();
  DataView data;
  data.rows = integer(job.Get("rows"), "rows", 1, kMostRows);
  data.columns = network_->description().inputs;
  const Napi::Value x = job.Get("x");
  data.bytes = x.IsTypedArray() && x.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
  size_t count;
  if (data.bytes) {
    const Elements<uint8_t> elements = bytes(x, "x");
    data.x = elements.data;
    count = elements.count;
  } else {
    const Elements<float> elements = floats(x, "x");
    data.x = elements.data;
    count = elements.count;
  }
  expectElements(env, count, data.rows, data.columns, "x", Fit::atLeast);
  if (!withTargets) return data;
  if (network_->description().loss == Loss::sparseCategoricalCrossentropy) {
    const Elements<uint32_t> labels = words(job.Get("targets"), "targets");
    expectElements(env, labels.count, data.rows, 1, "targets", Fit::atLeast);
    data.labels = labels.data;
  } else {
    const Elements<float> targets = floats(job.Get("targets"), "targets");
    expectElements(env, targets.count, data.rows, network_->outputs(), "targets", Fit::atLeast);
    data.targets = targets.data;
  }
  return data;
}

TrainOptions NetworkObject::trainOptions(const Napi::Object& job, unsigned threads) const {
  const Napi::Env env = job.Env();
  if (!network_->description().hasLoss || !network_->description().hasOptimizer) {
    throw errorOf(env, kState, "The network has no loss or no optimizer");
  }
  TrainOptions options;
  options.data = dataOf(job, true);
  options.batchSize = integer(job.Get("batchSize"), "batchSize", 1, kMostRows);
  options.batchLeaf = integer(job.Get("batchLeaf"), "batchLeaf", 1, kMostRows);
  options.freeGrain = integer(job.Get("freeGrain"), "freeGrain", 1, kMostRows);
  options.reduction = reduction(job.Get("reduction"));
  const std::string plan = text(job.Get("plan"), "plan");
  if (plan != "auto" && plan != "stored" && plan != "fused") {
    throw expected(env, "'auto', 'stored' or 'fused'", "plan");
  }
  options.form = plan == "stored" ? PlanForm::stored : PlanForm::fused;
  if (const Napi::Value shuffle = job.Get("shuffle"); !isNothing(shuffle)) {
    options.shuffle = true;
    options.key = philoxKey(object(shuffle, "shuffle").Get("key"));
    options.stream = static_cast<uint32_t>(integer(object(shuffle, "shuffle").Get("stream"), "stream", 0, UINT32_MAX));
  }
  if (const Napi::Value order = job.Get("order"); !isNothing(order)) {
    const Elements<uint32_t> rows = words(order, "order");
    expectElements(env, rows.count, options.data.rows, 1, "order");
    for (size_t i = 0; i < rows.count; ++i) {
      if (rows.data[i] >= options.data.rows) throw expected(env, "numbers of rows", "order");
    }
    options.order = rows.data;
  }
  options.inEpoch = boolean(job.Get("inEpoch"), "inEpoch");
  if (options.inEpoch && epoch_.position >= options.data.rows) throw expected(env, "the epoch's rows", "rows", kShape);
  options.maxSteps = limit(job.Get("maxSteps"), "maxSteps");
  options.stopAtEpochEnd = boolean(job.Get("stopAtEpochEnd"), "stopAtEpochEnd");
  options.maxEpochs = limit(job.Get("maxEpochs"), "maxEpochs");
  options.maxSeconds = static_cast<double>(limit(job.Get("maxMilliseconds"), "maxMilliseconds")) / 1000;
  options.stopOnNonFinite = boolean(job.Get("stopOnNonFinite"), "stopOnNonFinite");
  options.record = boolean(job.Get("record"), "record") && options.reduction == Reduction::free;
  if (const Napi::Value replay = job.Get("replay"); !isNothing(replay)) {
    const Elements<uint32_t> recording = words(replay, "replay");
    if (options.reduction != Reduction::free) throw expected(env, "reduction 'free'", "replay");
    if (recording.count == 0) throw expected(env, "a recording", "replay", kData);
    options.replay = recording.data;
    options.replayWords = recording.count;
  }
  if (const Napi::Value delays = job.Get("delays"); !isNothing(delays)) {
    const Napi::Object list = object(delays, "delays");
    for (uint32_t i = 0; i < threads; ++i) {
      const Napi::Value delay = list.Get(i);
      options.delays.push_back(isNothing(delay) ? 0 : number(delay, "delays"));
    }
  }
  return options;
}

Napi::Value NetworkObject::train(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  network(env);
  expectIdle(env);
  const Napi::Object job = object(info[0], "job");
  const unsigned size = threads(job.Get("threads"));
  auto call = std::make_unique<TrainCall>(this, trainOptions(job, size), size);
  TrainCall* const started = call.get();
  const Napi::Promise promise = Environment::of(env).start(
      env, std::move(call), size, {info.This(), job.Get("x"), job.Get("targets"), job.Get("order"), job.Get("replay")});
  training_ = started;
  return promise;
}

void NetworkObject::abort(const Napi::CallbackInfo&) {
  if (training_ != nullptr) training_->abort.store(true, std::memory_order_relaxed);
}

Napi::Value NetworkObject::evaluate(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  network(env);
  expectNotTraining(env);
  if (!network_->description().hasLoss) throw errorOf(env, kState, "The network has no loss");
  const Napi::Object job = object(info[0], "job");
  const unsigned size = threads(job.Get("threads"));
  const DataView data = dataOf(job, true);
  const size_t leaf = integer(job.Get("batchLeaf"), "batchLeaf", 1, kMostRows);
  auto call = std::make_unique<RowsCall>(this, RowPass::Purpose::evaluate, data, size, leaf, Elements<float>{});
  const Napi::Promise promise =
      Environment::of(env).start(env, std::move(call), size, {info.This(), job.Get("x"), job.Get("targets")});
  ++reading_;
  return promise;
}

Napi::Value NetworkObject::predict(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  network(env);
  expectNotTraining(env);
  const Napi::Object job = object(info[0], "job");
  const unsigned size = threads(job.Get("threads"));
  const DataView data = dataOf(job, false);
  const Napi::Float32Array outputs = Napi::Float32Array::New(env, data.rows * network_->outputs());
  auto call = std::make_unique<RowsCall>(this, RowPass::Purpose::predict, data, size, 1, floats(outputs, "outputs"));
  call->keepOutputs(outputs);
  const Napi::Promise promise = Environment::of(env).start(env, std::move(call), size, {info.This(), job.Get("x")});
  ++reading_;
  return promise;
}

Napi::Value NetworkObject::predictSync(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  network(env);
  expectNotTraining(env);
  const Napi::Object job = object(info[0], "job");
  const unsigned size = threads(job.Get("threads"));
  const DataView data = dataOf(job, false);
  Napi::Float32Array outputs = Napi::Float32Array::New(env, data.rows * network_->outputs());
  float* const target = outputs.Data();
  Environment::of(env).runHere(env, size, [&](Team* team) {
    if (!predictor_ || predictorRows_ < data.rows || predictorThreads_ != size) {
      predictor_.reset();
      predictor_ = std::make_unique<Predictor>(*network_, RowPass::Purpose::predict, data.rows, size);
      predictorRows_ = data.rows;
      predictorThreads_ = size;
    }
    predictor_->predict(team, data, target);
  });
  return outputs;
}

Napi::Value NetworkObject::memory(const Napi::CallbackInfo& info) {
  network(info.Env());
  expectNotTraining(info.Env());
  const size_t predictor = predictor_ ? predictor_->bytes() : 0;
  return Napi::Number::New(info.Env(), static_cast<double>(arena_.bytes() + workspace_.block.bytes() + predictor +
                                                           epoch_.order.size() * sizeof(uint32_t)));
}

void NetworkObject::dispose(const Napi::CallbackInfo& info) {
  if (!network_) return;
  expectIdle(info.Env());
  release();
}

}  // namespace samebits::binding
