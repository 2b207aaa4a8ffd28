// Losses alone, of rows.
#ifndef SAMEBITS_BINDING_ROW_FUNCTIONS_H
#define SAMEBITS_BINDING_ROW_FUNCTIONS_H

#include <napi.h>

namespace samebits::binding {

void exportRowFunctions(Napi::Env env, Napi::Object exports);

}  // namespace samebits::binding

#endif
