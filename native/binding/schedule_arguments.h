// Learning rates from JavaScript.
#ifndef SAMEBITS_BINDING_SCHEDULE_ARGUMENTS_H
#define SAMEBITS_BINDING_SCHEDULE_ARGUMENTS_H

#include <napi.h>

#include "../engine/schedules.h"

namespace samebits::binding {

// A number, or a schedule as src/native/schedule.ts has it.
Schedule scheduleOf(const Napi::Value& value);

void exportScheduleFunctions(Napi::Env env, Napi::Object exports);

}  // namespace samebits::binding

#endif
