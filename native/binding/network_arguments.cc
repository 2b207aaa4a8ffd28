#include "network_arguments.h"

#include <algorithm>
#include <string>
#include <utility>

#include "arguments.h"
#include "schedule_arguments.h"

namespace samebits::binding {
namespace {

constexpr uint64_t kMostLayers = 1024;
constexpr size_t kMostNested = 32;
// Indices are binary32, in which every whole number up to this is exact.
constexpr uint64_t kMostCategories = 1u << 24;
// By ParameterKind.
constexpr const char* kParameterNames[kParameterKinds] = {"kernel", "bias",       "embeddings",    "gamma",
                                                          "beta",   "movingMean", "movingVariance"};

OptimizerDescription optimizerOf(const Napi::Object& value) {
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

DropoutDescription dropoutOf(const Napi::Object& value) {
  DropoutDescription dropout;
  dropout.rate = number(value.Get("rate"), "rate");
  if (dropout.rate < 0 || dropout.rate >= 1) throw expected(value.Env(), "a number from 0 to below 1", "rate");
  dropout.key = philoxKey(value.Get("key"));
  dropout.stream = static_cast<uint32_t>(integer(value.Get("stream"), "stream", 0, UINT32_MAX));
  return dropout;
}

NoiseDescription noiseOf(const Napi::Object& value) {
  NoiseDescription noise;
  noise.stddev = number(value.Get("stddev"), "stddev");
  if (!(noise.stddev >= 0)) throw expected(value.Env(), "a number of at least 0", "stddev");
  noise.key = philoxKey(value.Get("key"));
  noise.stream = static_cast<uint32_t>(integer(value.Get("stream"), "stream", 0, UINT32_MAX));
  return noise;
}

NormalizationDescription normalizationOf(const Napi::Object& value) {
  NormalizationDescription normalization;
  normalization.epsilon = number(value.Get("epsilon"), "epsilon");
  normalization.center = boolean(value.Get("center"), "center");
  normalization.scale = boolean(value.Get("scale"), "scale");
  return normalization;
}

// The numbers are at least 0; what is not there is none.
double amount(const Napi::Object& value, const char* name) {
  const Napi::Value given = value.Get(name);
  if (isNothing(given)) return 0;
  const double amount = number(given, name);
  if (amount < 0) throw expected(value.Env(), "a number of at least 0", name);
  return amount;
}

TensorRules rulesOf(const Napi::Value& value, const char* name) {
  TensorRules rules;
  if (isNothing(value)) return rules;
  const Napi::Object given = object(value, name);
  rules.l1 = amount(given, "l1");
  rules.l2 = amount(given, "l2");
  rules.maxNorm = amount(given, "maxNorm");
  if (const Napi::Value sign = given.Get("nonNegative"); !isNothing(sign)) {
    rules.nonNegative = boolean(sign, "nonNegative");
  }
  return rules;
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

LayerDescription layerOf(const Napi::Object& value) {
  LayerDescription layer;
  const std::string kind = text(value.Get("kind"), "kind");
  if (kind == "dropout") {
    layer.kind = NodeKind::dropout;
    layer.dropout = dropoutOf(value);
    return layer;
  }
  if (kind == "gaussianNoise") {
    layer.kind = NodeKind::gaussianNoise;
    layer.noise = noiseOf(value);
    return layer;
  }
  if (kind == "batchNormalization") {
    layer.kind = NodeKind::batchNormalization;
    layer.normalization = normalizationOf(value);
    layer.normalization.momentum = number(value.Get("momentum"), "momentum");
    return layer;
  }
  if (kind == "layerNormalization") {
    layer.kind = NodeKind::layerNormalization;
    layer.normalization = normalizationOf(value);
    return layer;
  }
  if (kind != "dense" && kind != "activation") throw expected(value.Env(), "the kind of a layer", "kind");
  const GivenActivation given = activation(value.Get("activation"));
  layer.activation = given.kind;
  layer.alpha = given.alpha;
  if (kind == "activation") {
    layer.kind = NodeKind::activation;
    return layer;
  }
  layer.units = integer(value.Get("units"), "units", 1, kMostUnits);
  layer.useBias = boolean(value.Get("useBias"), "useBias");
  layer.kernel = rulesOf(value.Get("kernel"), "kernel");
  layer.bias = rulesOf(value.Get("bias"), "bias");
  return layer;
}

bool hasDense(const std::vector<LayerDescription>& layers) {
  return std::any_of(layers.begin(), layers.end(), [](const LayerDescription& layer) {
    return layer.kind == NodeKind::dense || hasDense(layer.block);
  });
}

// An array of layers, with residual blocks in it.
class LayerReader {
 public:
  // `units`: columns of what the first of them takes in.
  explicit LayerReader(size_t units) : units_(units) {}

  std::vector<LayerDescription> read(const Napi::Value& value) {
    const Napi::Object given = object(value, "layers");
    const uint64_t count = integer(given.Get("length"), "layers.length", 1, kMostLayers - layers_);
    layers_ += count;
    std::vector<LayerDescription> layers;
    for (uint32_t i = 0; i < count; ++i) layers.push_back(layer(object(given.Get(i), "layer")));
    return layers;
  }

 private:
  LayerDescription layer(const Napi::Object& value) {
    const Napi::Value kind = value.Get("kind");
    if (!kind.IsString() || text(kind, "kind") != "residual") {
      const LayerDescription read = layerOf(value);
      if (read.kind == NodeKind::dense) units_ = read.units;
      return read;
    }
    if (nested_ == kMostNested) throw expected(value.Env(), "fewer blocks within each other", "layers");
    const size_t before = units_;
    LayerDescription residual;
    residual.kind = NodeKind::sum;
    ++nested_;
    residual.block = read(value.Get("layers"));
    --nested_;
    if (units_ != before) throw expected(value.Env(), "as many units as the block takes in", "layers", kShape);
    return residual;
  }

  size_t units_;
  size_t layers_ = 0;
  size_t nested_ = 0;
};

LookUpDescription lookUpOf(const Napi::Object& value, uint64_t inputs) {
  const Napi::Env env = value.Env();
  LookUpDescription lookUp;
  const Napi::Object tables = object(value.Get("tables"), "tables");
  const uint64_t count = integer(tables.Get("length"), "tables.length", 0, inputs);
  for (uint32_t t = 0; t < count; ++t) {
    const Napi::Object table = object(tables.Get(t), "table");
    lookUp.tables.push_back({integer(table.Get("categories"), "categories", 1, kMostCategories),
                             integer(table.Get("units"), "units", 1, kMostUnits)});
  }
  const Napi::Object columns = object(value.Get("columns"), "columns");
  if (integer(columns.Get("length"), "columns.length", 0, kMostUnits) != inputs) {
    throw expected(env, "as many as inputs", "columns");
  }
  for (uint32_t column = 0; column < inputs; ++column) {
    const Napi::Value table = columns.Get(column);
    lookUp.columns.push_back(isNothing(table) ? LookUpDescription::kNumber : integer(table, "column", 0, count - 1));
    if (count == 0 && !isNothing(table)) throw expected(env, "null", "column");
  }
  for (size_t t = 0; t < count; ++t) {
    if (lookUp.columnsOf(t) == 0) throw expected(env, "a column for each table", "columns");
  }
  if (lookUp.units() > kMostUnits) throw expected(env, "fewer units", "tables");
  return lookUp;
}

// The last activation, as far as a loss is concerned.
Activation lastActivation(const NetworkDescription& description) {
  const LayerDescription& last = description.layers.back();
  const bool active = last.kind == NodeKind::dense || last.kind == NodeKind::activation;
  return active ? last.activation : Activation::linear;
}

}  // namespace

GivenLoss lossOf(const Napi::Value& value) {
  static constexpr std::pair<const char*, Loss> kNames[] = {
      {"sparseCategoricalCrossentropy", Loss::sparseCategoricalCrossentropy},
      {"categoricalCrossentropy", Loss::categoricalCrossentropy},
      {"binaryCrossentropy", Loss::binaryCrossentropy},
      {"meanSquaredError", Loss::meanSquaredError},
      {"meanAbsoluteError", Loss::meanAbsoluteError},
      {"huber", Loss::huber},
      {"logCosh", Loss::logCosh},
      {"hinge", Loss::hinge},
      {"poisson", Loss::poisson},
      {"klDivergence", Loss::klDivergence},
      {"quantile", Loss::quantile}};
  const bool named = value.IsString();
  const std::string name = text(named ? value : object(value, "loss").Get("name"), "loss");
  for (const auto& [known, kind] : kNames) {
    if (name != known) continue;
    if (kind == Loss::huber) return {kind, number(object(value, "loss").Get("delta"), "delta")};
    if (kind == Loss::quantile) return {kind, number(object(value, "loss").Get("quantile"), "quantile")};
    if (named || !lossTakesLogits(kind)) return {kind, 0};
    const double smoothing = number(object(value, "loss").Get("labelSmoothing"), "labelSmoothing");
    if (smoothing < 0 || smoothing >= 1) throw expected(value.Env(), "a number from 0 to below 1", "labelSmoothing");
    return {kind, smoothing};
  }
  throw expected(value.Env(), "the name of a loss", "loss");
}

const char* nameOf(ParameterKind kind) { return kParameterNames[static_cast<size_t>(kind)]; }

size_t parameterOf(const Network& network, const Napi::Value& layer, const Napi::Value& kind) {
  const size_t number = integer(layer, "layer", 0, network.layers() - 1);
  const std::string name = text(kind, "kind");
  for (size_t k = 0; k < kParameterKinds; ++k) {
    if (name != kParameterNames[k]) continue;
    const size_t parameter = network.find(number, static_cast<ParameterKind>(k));
    if (parameter == kNone) throw expected(kind.Env(), "a parameter it has", "kind");
    return parameter;
  }
  throw expected(kind.Env(), "the kind of a parameter, such as 'kernel' or 'bias',", "kind");
}

NetworkDescription descriptionOf(const Napi::Object& value) {
  const Napi::Env env = value.Env();
  NetworkDescription description;
  description.inputs = integer(value.Get("inputs"), "inputs", 1, kMostUnits);
  if (const Napi::Value rescale = value.Get("rescale"); !isNothing(rescale)) {
    description.rescale = true;
    description.scale = number(object(rescale, "rescale").Get("scale"), "scale");
    description.offset = number(object(rescale, "rescale").Get("offset"), "offset");
  }
  if (const Napi::Value lookUp = value.Get("lookUp"); !isNothing(lookUp)) {
    if (description.rescale) throw expected(env, "no rescaling before tables", "rescale");
    description.lookUp = lookUpOf(object(lookUp, "lookUp"), description.inputs);
  }
  const LookUpDescription& lookUp = description.lookUp;
  description.layers = LayerReader(lookUp.none() ? description.inputs : lookUp.units()).read(value.Get("layers"));
  if (!hasDense(description.layers)) throw expected(env, "at least one dense layer", "layers");
  if (const Napi::Value loss = value.Get("loss"); !isNothing(loss)) {
    description.hasLoss = true;
    const GivenLoss given = lossOf(loss);
    description.loss = given.kind;
    description.lossParameter = given.parameter;
    const Activation last = lastActivation(description);
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
    updatesOf(object(optimizer, "optimizer"), &description.optimizer);
    const OptimizerDescription& made = description.optimizer;
    if (!description.lookUp.tables.empty() && (made.clipNorm > 0 || made.globalClipNorm > 0 || made.averages)) {
      throw expected(value.Env(), "neither norms to clip by nor averages with tables", "optimizer");
    }
  }
  return description;
}

DataView dataView(const Napi::Object& job, const Network& network, bool withTargets) {
  const Napi::Env env = job.Env();
  DataView data;
  data.rows = integer(job.Get("rows"), "rows", 1, kMostRows);
  data.columns = network.description().inputs;
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
  if (const Napi::Value weights = job.Get("rowWeights"); !isNothing(weights)) {
    const Elements<float> elements = floats(weights, "rowWeights");
    expectElements(env, elements.count, data.rows, 1, "rowWeights", Fit::atLeast);
    data.rowWeights = elements.data;
  }
  if (network.description().loss == Loss::sparseCategoricalCrossentropy) {
    const Elements<uint32_t> labels = words(job.Get("targets"), "targets");
    expectElements(env, labels.count, data.rows, 1, "targets", Fit::atLeast);
    data.labels = labels.data;
  } else {
    const Elements<float> targets = floats(job.Get("targets"), "targets");
    expectElements(env, targets.count, data.rows, network.outputs(), "targets", Fit::atLeast);
    data.targets = targets.data;
  }
  return data;
}

EpochState epochState(const Napi::Object& value, const Network& network) {
  const Napi::Env env = value.Env();
  EpochState epoch;
  epoch.position = integer(value.Get("position"), "position", 0, kMostRows);
  epoch.hits = integer(value.Get("hits"), "hits", 0, epoch.position * network.outputs());
  const size_t leaf = integer(value.Get("batchLeaf"), "batchLeaf", 1, kMostRows);
  const Elements<float> sums = floats(value.Get("lossSums"), "lossSums");
  expectElements(env, sums.count, TreeSum::partialSums(leaf, epoch.position), 1, "lossSums");
  epoch.loss.restore(leaf, epoch.position, sums.data);
  return epoch;
}

TrainOptions trainOptions(const Napi::Object& job, const Network& network, const EpochState& epoch, unsigned threads) {
  const Napi::Env env = job.Env();
  if (!network.description().hasLoss || !network.description().hasOptimizer) {
    throw errorOf(env, kState, "The network has no loss or no optimizer");
  }
  TrainOptions options;
  options.data = dataView(job, network, true);
  options.batchSize = integer(job.Get("batchSize"), "batchSize", 1, kMostRows);
  const uint64_t batchRows = std::min<uint64_t>(options.batchSize, options.data.rows);
  if (!network.lookUp().tables().empty() && batchRows * options.data.columns >= UINT32_MAX) {
    throw expected(env, "fewer than 2^32 indices in a batch", "batchSize");
  }
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
  if (const Napi::Value rows = job.Get("epochRows"); !isNothing(rows)) {
    options.epochRows = integer(rows, "epochRows", 1, kMostRows);
    if (!options.inEpoch || options.shuffle || options.order != nullptr) {
      throw expected(env, "rows of an epoch in their own order", "epochRows");
    }
  }
  const size_t epochRows = options.epochRows > 0 ? options.epochRows : options.data.rows;
  if (options.inEpoch && epoch.position >= epochRows) throw expected(env, "the epoch's rows", "rows", kShape);
  if (options.epochRows > 0) {
    const size_t left = epochRows - epoch.position;
    const bool whole = options.data.rows % options.batchSize == 0 && options.data.rows < left;
    if (!whole && options.data.rows != left) throw expected(env, "whole batches of the epoch", "rows", kShape);
  }
  if (options.inEpoch && epoch.position > 0 && options.batchLeaf != epoch.loss.leaf()) {
    throw expected(env, "the leaf with which the epoch began", "batchLeaf");
  }
  options.maxSteps = limit(job.Get("maxSteps"), "maxSteps");
  options.stopAtEpochEnd = boolean(job.Get("stopAtEpochEnd"), "stopAtEpochEnd");
  options.maxEpochs = limit(job.Get("maxEpochs"), "maxEpochs");
  options.maxSeconds = static_cast<double>(limit(job.Get("maxMilliseconds"), "maxMilliseconds")) / 1000;
  options.stopOnNonFinite = boolean(job.Get("stopOnNonFinite"), "stopOnNonFinite");
  options.record = boolean(job.Get("record"), "record") && options.reduction == Reduction::free;
  if (const Napi::Value marks = job.Get("marks"); !isNothing(marks)) options.marks = boolean(marks, "marks");
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
  if (const Napi::Value micro = job.Get("microBatchSize"); !isNothing(micro)) {
    options.microBatch = integer(micro, "microBatchSize", options.batchLeaf, kMostRows);
    const size_t leaves = options.microBatch / options.batchLeaf;
    const bool isSubtree = options.microBatch % options.batchLeaf == 0 && (leaves & (leaves - 1)) == 0;
    if (!network.lookUp().tables().empty()) throw expected(env, "whole batches with tables", "microBatchSize");
    const auto measures = [](const Node& node) { return node.kind == NodeKind::batchNormalization; };
    if (std::any_of(network.nodes().begin(), network.nodes().end(), measures)) {
      throw expected(env, "whole batches with batch normalization", "microBatchSize");
    }
    if (!isSubtree || options.reduction != Reduction::fixed) {
      throw expected(env, "batchLeaf times a power of two in fixed order", "microBatchSize");
    }
  }
  options.everyMember = plan != "auto" || !options.delays.empty();
  return options;
}

}  // namespace samebits::binding
