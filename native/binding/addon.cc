// What `require('samebits.node')` gives: see src/native/addon.ts.
#include <napi.h>

#include "arguments.h"
#include "environment.h"
#include "kernel_functions.h"
#include "network_object.h"
#include "row_functions.h"
#include "schedule_arguments.h"

namespace samebits::binding {
namespace {

constexpr int kContract = 1;  // docs/numerics.md

void setErrorClass(const Napi::CallbackInfo& info) {
  if (!info[0].IsFunction()) throw expected(info.Env(), "a class", "setErrorClass");
  Environment::of(info.Env()).errorClass = Napi::Persistent(info[0].As<Napi::Function>());
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Environment::create(env);
  exports.Set("contract", kContract);
  exports.Set("setErrorClass", Napi::Function::New<setErrorClass>(env, "setErrorClass"));
  exports.Set("Network", NetworkObject::define(env));
  exportKernelFunctions(env, exports);
  exportRowFunctions(env, exports);
  exportReferenceFunctions(env, exports);
  exportScheduleFunctions(env, exports);
  exportLimitFunctions(env, exports);
  exportDiagnosticFunctions(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(samebits, init)

}  // namespace samebits::binding
