// Optimizers from JavaScript (src/native/network-description.ts). All throw a Napi::Error.
#ifndef SAMEBITS_BINDING_OPTIMIZER_ARGUMENTS_H
#define SAMEBITS_BINDING_OPTIMIZER_ARGUMENTS_H

#include <napi.h>

#include "../engine/network.h"

namespace samebits::binding {

// A NativeOptimizer: its rule, and what any optimizer may do beside it.
OptimizerDescription optimizerOf(const Napi::Object& value);

}  // namespace samebits::binding

#endif
