// Stateless functions of the addon: kernels, elementary functions, random words, the reference, what measures the
// machine, and diagnostics.
#ifndef SAMEBITS_BINDING_KERNEL_FUNCTIONS_H
#define SAMEBITS_BINDING_KERNEL_FUNCTIONS_H

#include <napi.h>

namespace samebits::binding {

void exportKernelFunctions(Napi::Env env, Napi::Object exports);
void exportReferenceFunctions(Napi::Env env, Napi::Object exports);
void exportLimitFunctions(Napi::Env env, Napi::Object exports);
void exportDiagnosticFunctions(Napi::Env env, Napi::Object exports);

}  // namespace samebits::binding

#endif
