// What JavaScript says of networks (src/native/network-description.ts), checked and made the engine's. All throw a Napi::Error.
#ifndef SAMEBITS_BINDING_NETWORK_ARGUMENTS_H
#define SAMEBITS_BINDING_NETWORK_ARGUMENTS_H

#include <napi.h>

#include "../engine/network.h"

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

}  // namespace samebits::binding

#endif
