// What JavaScript says of jobs of a network (src/native/network.ts), checked and made the engine's. All throw a Napi::Error.
#ifndef SAMEBITS_BINDING_JOB_ARGUMENTS_H
#define SAMEBITS_BINDING_JOB_ARGUMENTS_H

#include <napi.h>

#include "../engine/network.h"
#include "../engine/trainer.h"

namespace samebits::binding {

// NativeData. The arrays stay JavaScript's: whoever uses the view keeps them alive. Labels are checked where they are read.
DataView dataView(const Napi::Object& job, const Network& network, bool withTargets);

// EpochState, of a network.
EpochState epochState(const Napi::Object& value, const Network& network);

// TrainJob, for a network with a loss and an optimizer that stands at `epoch`.
TrainOptions trainOptions(const Napi::Object& job, const Network& network, const EpochState& epoch, unsigned threads);

}  // namespace samebits::binding

#endif
