#include "layer_arguments.h"

#include <string>

#include "arguments.h"

namespace samebits::binding {
namespace {

constexpr uint64_t kMostLayers = 1024;
constexpr size_t kMostNested = 32;
// Indices are binary32, in which every whole number up to this is exact.
constexpr uint64_t kMostCategories = 1u << 24;

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

}  // namespace

std::vector<LayerDescription> layersOf(const Napi::Value& value, size_t units) {
  return LayerReader(units).read(value);
}

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

}  // namespace samebits::binding
