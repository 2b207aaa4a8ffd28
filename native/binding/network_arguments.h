// What JavaScript says of networks and jobs (src/native/network-description.ts, network.ts), checked and made the engine's. All
// throw a Napi::Error.
#ifndef SAMEBITS_BINDING_NETWORK_ARGUMENTS_H
#define SAMEBITS_BINDING_NETWORK_ARGUMENTS_H

#include <napi.h>

#include "../engine/network.h"
#include "../engine/trainer.h"

namespace samebits::binding {

struct GivenLoss {
  Loss kind;
  double parameter;  // 0 where the kind has none
};
// A name, or { name, delta } (huber), { name, quantile } (quantile) or { name, labelSmoothing } (crossentropies).
GivenLoss lossOf(const Napi::Value& value);
// "kernel", "bias".
const char* nameOf(ParameterKind kind);
// Place in the network's list of a layer's parameter, which it must have.
size_t parameterOf(const Network& network, const Napi::Value& layer, const Napi::Value& kind);
NetworkDescription descriptionOf(const Napi::Object& value);

// NativeData. The arrays stay JavaScript's: whoever uses the view keeps them alive. Labels are checked where they are read.
DataView dataView(const Napi::Object& job, const Network& network, bool withTargets);

// EpochState, of a network.
EpochState epochState(const Napi::Object& value, const Network& network);

// TrainJob, for a network with a loss and an optimizer that stands at `epoch`.
TrainOptions trainOptions(const Napi::Object& job, const Network& network, const EpochState& epoch, unsigned threads);

}  // namespace samebits::binding

#endif
