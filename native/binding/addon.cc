// What `require('samebits.node')` gives: see src/native/addon.ts.
#include <napi.h>

#include "environment.h"
#include "kernel_functions.h"
#include "network_object.h"

namespace samebits::binding {
namespace {

constexpr int kContract = 1;  // docs/numerics.md

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Environment::create(env);
  exports.Set("contract", kContract);
  exports.Set("Network", NetworkObject::define(env));
  exportKernelFunctions(env, exports);
  exportReferenceFunctions(env, exports);
  exportLimitFunctions(env, exports);
  exportDiagnosticFunctions(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(samebits, init)

}  // namespace samebits::binding
