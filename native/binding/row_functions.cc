#include "row_functions.h"

#include <algorithm>
#include <vector>

#include "../engine/control_word.h"
#include "../engine/target_form.h"
#include "arguments.h"
#include "network_arguments.h"

namespace samebits::binding {
namespace {

// Rows of `units` elements that `count` elements are.
size_t wholeRows(Napi::Env env, size_t count, size_t units, const char* name) {
  expectElements(env, count, count / units, units, name);
  return count / units;
}

// rowLosses(loss, z, targets, units, hardware)
Napi::Value rowLosses(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const GivenLoss given = lossOf(info[0]);
  const Elements<float> z = floats(info[1], "z");
  const size_t units = integer(info[3], "units", 1, kMostUnits);
  const KernelTable* table = hardware(object(info[4], "hardware"));
  const size_t rows = wholeRows(env, z.count, units, "z");
  const TargetForm form(*table, given.kind, given.parameter, units);
  const void* targets = nullptr;
  std::vector<float> formed(form.takesLabels() ? 0 : z.count);
  const ControlWord control;
  if (given.kind == Loss::sparseCategoricalCrossentropy) {
    const Elements<uint32_t> labels = words(info[2], "targets");
    expectElements(env, labels.count, rows, 1, "targets");
    if (std::any_of(labels.data, labels.data + rows, [&](uint32_t label) { return label >= units; })) {
      throw expected(env, "labels below the number of units", "targets");
    }
    targets = labels.data;
    if (!form.takesLabels()) form.spread(labels.data, rows, formed.data(), units);
  } else {
    const Elements<float> values = floats(info[2], "targets");
    expectElements(env, values.count, rows, units, "targets");
    form.gather(values.data, nullptr, 0, rows, formed.data(), units);
  }
  if (!form.takesLabels()) targets = formed.data();
  Napi::Float32Array losses = Napi::Float32Array::New(env, rows);
  std::vector<uint32_t> hits(rows);
  table->loss(form.loss(), form.parameters(), z.data, units, targets, units, rows, units, nullptr, 0, nullptr, 0,
              losses.Data(), hits.data());
  return losses;
}

}  // namespace

void exportRowFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("rowLosses", Napi::Function::New<rowLosses>(env, "rowLosses"));
}

}  // namespace samebits::binding
