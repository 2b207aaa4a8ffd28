// Learning rates from JavaScript.
#ifndef SAMEBITS_BINDING_SCHEDULE_ARGUMENTS_H
#define SAMEBITS_BINDING_SCHEDULE_ARGUMENTS_H

#include <napi.h>

#include "../engine/optimizers.h"
#include "../engine/schedules.h"

namespace samebits::binding {

// A number, or a schedule as src/native/schedule.ts has it.
Schedule scheduleOf(const Napi::Value& value);

// What a schedule has observed, as src/native/addon.ts has it.
Napi::Object plateauObject(Napi::Env env, const Plateau& plateau);
// Nothing: none has been observed. Any other value only where the optimizer observes.
Plateau plateauFrom(const Napi::Value& value, const OptimizerState& optimizer);

void exportScheduleFunctions(Napi::Env env, Napi::Object exports);

}  // namespace samebits::binding

#endif
