// The slow text of the contract, for tests.
#include "../engine/control_word.h"
#include "../kernels/reference.h"
#include "arguments.h"
#include "kernel_functions.h"

namespace samebits::binding {
namespace {

struct Shape {
  size_t rows, inputs, units;
};

Shape shapeOf(const Napi::CallbackInfo& info, size_t at) {
  constexpr uint64_t kMost = 1u << 20;
  return {integer(info[at], "rows", 0, kMost), integer(info[at + 1], "inputs", 0, kMost),
          integer(info[at + 2], "units", 0, kMost)};
}

Napi::Value referenceForward(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Elements<float> x = floats(info[0], "x"), weights = floats(info[1], "weights");
  const Elements<float> bias = isNothing(info[2]) ? Elements<float>{} : floats(info[2], "bias");
  const Shape shape = shapeOf(info, 3);
  expectElements(env, x.count, shape.rows, shape.inputs, "x");
  expectElements(env, weights.count, shape.inputs, shape.units, "weights");
  if (!isNothing(info[2])) expectElements(env, bias.count, shape.units, 1, "bias");
  Napi::Float32Array z = Napi::Float32Array::New(env, shape.rows * shape.units);
  const ControlWord control;
  reference::forward(x.data, weights.data, bias.data, shape.rows, shape.inputs, shape.units, false, z.Data());
  return z;
}

Napi::Value referenceBackward(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Elements<float> x = floats(info[0], "x"), weights = floats(info[1], "weights");
  const Elements<float> dz = floats(info[2], "outputGradient");
  const Shape shape = shapeOf(info, 3);
  const size_t leaf = integer(info[6], "batchLeaf", 1, UINT32_MAX);
  expectElements(env, x.count, shape.rows, shape.inputs, "x");
  expectElements(env, weights.count, shape.inputs, shape.units, "weights");
  expectElements(env, dz.count, shape.rows, shape.units, "outputGradient");
  Napi::Float32Array dx = Napi::Float32Array::New(env, shape.rows * shape.inputs);
  Napi::Float32Array dw = Napi::Float32Array::New(env, shape.inputs * shape.units);
  Napi::Float32Array db = Napi::Float32Array::New(env, shape.units);
  const ControlWord control;
  reference::inputGradient(dz.data, weights.data, nullptr, shape.rows, shape.inputs, shape.units, dx.Data());
  reference::weightGradient(x.data, dz.data, shape.rows, shape.inputs, shape.units, leaf, dw.Data());
  reference::biasGradient(dz.data, shape.rows, shape.units, leaf, db.Data());
  Napi::Object result = Napi::Object::New(env);
  result.Set("inputGradient", dx);
  result.Set("weightGradient", dw);
  result.Set("biasGradient", db);
  return result;
}

Napi::Value referenceSum(const Napi::CallbackInfo& info) {
  const Elements<float> values = floats(info[0], "values");
  const ControlWord control;
  return Napi::Number::New(info.Env(), reference::sumFixed(values.data, values.count));
}

Napi::Value referenceMark(const Napi::CallbackInfo& info) {
  const Elements<float> values = floats(info[0], "values");
  return Napi::BigInt::New(info.Env(), reference::mark(values.data, values.count));
}

}  // namespace

void exportReferenceFunctions(Napi::Env env, Napi::Object exports) {
  Napi::Object reference = Napi::Object::New(env);
  reference.Set("denseForward", Napi::Function::New<referenceForward>(env, "denseForward"));
  reference.Set("denseBackward", Napi::Function::New<referenceBackward>(env, "denseBackward"));
  reference.Set("sum", Napi::Function::New<referenceSum>(env, "sum"));
  reference.Set("mark", Napi::Function::New<referenceMark>(env, "mark"));
  exports.Set("reference", reference);
}

}  // namespace samebits::binding
