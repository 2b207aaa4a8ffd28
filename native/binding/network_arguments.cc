#include "network_arguments.h"

#include <algorithm>
#include <string>
#include <utility>

#include "arguments.h"
#include "layer_arguments.h"
#include "optimizer_arguments.h"

namespace samebits::binding {
namespace {

// By ParameterKind.
constexpr const char* kParameterNames[kParameterKinds] = {"kernel", "bias",       "embeddings",    "gamma",
                                                          "beta",   "movingMean", "movingVariance"};

bool hasDense(const std::vector<LayerDescription>& layers) {
  return std::any_of(layers.begin(), layers.end(), [](const LayerDescription& layer) {
    return layer.kind == NodeKind::dense || hasDense(layer.block);
  });
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
  description.layers = layersOf(value.Get("layers"), lookUp.none() ? description.inputs : lookUp.units());
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
    const OptimizerDescription& made = description.optimizer;
    if (!description.lookUp.tables.empty() && (made.clipNorm > 0 || made.globalClipNorm > 0 || made.averages)) {
      throw expected(value.Env(), "neither norms to clip by nor averages with tables", "optimizer");
    }
  }
  return description;
}

}  // namespace samebits::binding
