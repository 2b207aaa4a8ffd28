// Layers from JavaScript (src/native/network-description.ts), and tables before them. All throw a Napi::Error.
#ifndef SAMEBITS_BINDING_LAYER_ARGUMENTS_H
#define SAMEBITS_BINDING_LAYER_ARGUMENTS_H

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../engine/network.h"

namespace samebits::binding {

// An array of layers, with residual blocks in it, of which the first takes in `units` columns.
std::vector<LayerDescription> layersOf(const Napi::Value& value, size_t units);

// A NativeLookUp of rows with as many columns as `inputs`.
LookUpDescription lookUpOf(const Napi::Object& value, uint64_t inputs);

}  // namespace samebits::binding

#endif
