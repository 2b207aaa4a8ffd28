#include "job_arguments.h"

#include <algorithm>
#include <string>

#include "arguments.h"

namespace samebits::binding {

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
