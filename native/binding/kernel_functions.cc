#include "kernel_functions.h"

#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "../engine/control_word.h"
#include "../engine/dispatch.h"
#include "../engine/products.h"
#include "../engine/random.h"
#include "arguments.h"
#include "environment.h"

namespace samebits::binding {
namespace {

// A call of one product: `body` computes into arrays that `result` keeps.
class ProductCall : public Job {
 public:
  ProductCall(std::function<void(Team*)> body, const Napi::Object& result)
      : body_(std::move(body)), result_(Napi::Persistent(result)) {}
  void execute(Team* team) override { body_(team); }
  Napi::Value settle(Napi::Env) override { return result_.Value(); }

 private:
  const std::function<void(Team*)> body_;
  Napi::ObjectReference result_;
};

// A call whose result is one number.
class SumCall : public Job {
 public:
  explicit SumCall(std::function<float(Team*)> body) : body_(std::move(body)) {}
  void execute(Team* team) override { sum_ = body_(team); }
  Napi::Value settle(Napi::Env env) override { return Napi::Number::New(env, sum_); }

 private:
  const std::function<float(Team*)> body_;
  float sum_ = 0;
};

DenseShape shapeOf(const Napi::CallbackInfo& info, size_t at) {
  return {integer(info[at], "rows", 0, kMostRows), integer(info[at + 1], "inputs", 0, kMostUnits),
          integer(info[at + 2], "units", 0, kMostUnits)};
}

Napi::Float32Array newFloats(Napi::Env env, size_t rows, size_t columns) {
  size_t count;
  if (__builtin_mul_overflow(rows, columns, &count)) throw expected(env, "fewer elements", "the result", kShape);
  return Napi::Float32Array::New(env, count);
}

Napi::Value instructionSetsOf(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Array compiled = Napi::Array::New(env), available = Napi::Array::New(env);
  size_t count;
  const InstructionSetEntry* entries = instructionSets(&count);
  for (size_t i = 0; i < count; ++i) {
    const Napi::String name = Napi::String::New(env, entries[i].table->name);
    compiled.Set(compiled.Length(), name);
    if (entries[i].available) available.Set(available.Length(), name);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("compiled", compiled);
  result.Set("available", available);
  return result;
}

Napi::Value elementary(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = text(info[0], "name");
  const Elements<float> x = floats(info[1], "x");
  const KernelTable* table = instructionSet(info[2]);
  using Function = void (*)(const float*, size_t, float*);
  const std::pair<const char*, Function> functions[] = {
      {"exp", table->exp},     {"expm1", table->expm1}, {"log", table->log},
      {"log1p", table->log1p}, {"tanh", table->tanh},   {"sigmoid", table->sigmoid},
      {"erf", table->erf},     {"sinpi", table->sinpi}, {"cospi", table->cospi},
  };
  for (const auto& [known, function] : functions) {
    if (name != known) continue;
    Napi::Float32Array result = Napi::Float32Array::New(env, x.count);
    const ControlWord control;
    function(x.data, x.count, result.Data());
    return result;
  }
  throw expected(env, "the name of an elementary function", "name");
}

void philoxWords(const Napi::CallbackInfo& info) {
  const PhiloxKey key = philoxKey(info[0]);
  const uint32_t stream = static_cast<uint32_t>(integer(info[1], "stream", 0, UINT32_MAX));
  const uint32_t epoch = static_cast<uint32_t>(integer(info[2], "epoch", 0, UINT32_MAX));
  const uint32_t attempt = static_cast<uint32_t>(integer(info[3], "attempt", 0, UINT32_MAX));
  uint32_t block = static_cast<uint32_t>(integer(info[4], "firstBlock", 0, UINT32_MAX));
  const Elements<uint32_t> out = words(info[5], "out");
  for (size_t i = 0; i < out.count; i += 4, ++block) {
    uint32_t four[4];
    philox(key, block, attempt, epoch, stream, four);
    const size_t count = out.count - i < 4 ? out.count - i : 4;
    std::memcpy(out.data + i, four, count * sizeof(uint32_t));
  }
}

Napi::Value shuffle(const Napi::CallbackInfo& info) {
  const PhiloxKey key = philoxKey(info[0]);
  const uint32_t stream = static_cast<uint32_t>(integer(info[1], "stream", 0, UINT32_MAX));
  const uint32_t epoch = static_cast<uint32_t>(integer(info[2], "epoch", 0, UINT32_MAX));
  const size_t rows = integer(info[3], "rows", 0, kMostRows);
  Napi::Uint32Array order = Napi::Uint32Array::New(info.Env(), rows);
  shuffleRows(key, stream, epoch, order.Data(), rows);
  return order;
}

Napi::Value denseForwardCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Elements<float> x = floats(info[0], "x"), weights = floats(info[1], "weights");
  const Elements<float> bias = isNothing(info[2]) ? Elements<float>{} : floats(info[2], "bias");
  const DenseShape shape = shapeOf(info, 3);
  const GivenActivation f = activation(info[6]);
  const Napi::Object options = object(info[7], "options");
  const unsigned size = threads(options.Get("threads"));
  const KernelTable* table = instructionSet(options.Get("isa"));
  expectElements(env, x.count, shape.rows, shape.inputs, "x");
  expectElements(env, weights.count, shape.inputs, shape.units, "weights");
  if (!isNothing(info[2])) expectElements(env, bias.count, shape.units, 1, "bias");
  Napi::Float32Array z = newFloats(env, shape.rows, shape.units);
  float* const target = floats(z, "z").data;
  auto call = std::make_unique<ProductCall>(
      [=](Team* team) { denseForward(team, *table, shape, x.data, weights.data, bias.data, f.kind, f.alpha, target); },
      z);
  return Environment::of(env).start(env, std::move(call), size, {info[0], info[1], info[2]});
}

Napi::Value denseBackwardCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Elements<float> x = floats(info[0], "x"), weights = floats(info[1], "weights");
  const Elements<float> dz = floats(info[2], "outputGradient");
  const DenseShape shape = shapeOf(info, 3);
  const Napi::Object options = object(info[6], "options");
  const unsigned size = threads(options.Get("threads"));
  const KernelTable* table = instructionSet(options.Get("isa"));
  const RowReduction over{reduction(options.Get("reduction")),
                          integer(options.Get("batchLeaf"), "batchLeaf", 1, kMostRows),
                          integer(options.Get("freeGrain"), "freeGrain", 1, kMostRows)};
  expectElements(env, x.count, shape.rows, shape.inputs, "x");
  expectElements(env, weights.count, shape.inputs, shape.units, "weights");
  expectElements(env, dz.count, shape.rows, shape.units, "outputGradient");
  Napi::Float32Array dx = newFloats(env, shape.rows, shape.inputs);
  Napi::Float32Array dw = newFloats(env, shape.inputs, shape.units);
  Napi::Float32Array db = newFloats(env, shape.units, 1);
  Napi::Object result = Napi::Object::New(env);
  result.Set("inputGradient", dx);
  result.Set("weightGradient", dw);
  result.Set("biasGradient", db);
  float* const dxTarget = floats(dx, "inputGradient").data;
  float* const dwTarget = floats(dw, "weightGradient").data;
  float* const dbTarget = floats(db, "biasGradient").data;
  auto call = std::make_unique<ProductCall>(
      [=](Team* team) {
        denseBackward(team, *table, shape, x.data, weights.data, dz.data, over, dxTarget, dwTarget, dbTarget);
      },
      result);
  return Environment::of(env).start(env, std::move(call), size, {info[0], info[1], info[2]});
}

Napi::Value sumCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Elements<float> values = floats(info[0], "values");
  const Napi::Object options = object(info[1], "options");
  const unsigned size = threads(options.Get("threads"));
  const KernelTable* table = instructionSet(options.Get("isa"));
  const Reduction order = reduction(options.Get("reduction"));
  auto call =
      std::make_unique<SumCall>([=](Team* team) { return sumVector(team, *table, values.data, values.count, order); });
  return Environment::of(env).start(env, std::move(call), size, {info[0]});
}

Napi::Value dotCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Elements<float> a = floats(info[0], "a"), b = floats(info[1], "b");
  expectElements(env, b.count, a.count, 1, "b");
  const Napi::Object options = object(info[2], "options");
  const unsigned size = threads(options.Get("threads"));
  const KernelTable* table = instructionSet(options.Get("isa"));
  const Reduction order = reduction(options.Get("reduction"));
  auto call =
      std::make_unique<SumCall>([=](Team* team) { return dotVectors(team, *table, a.data, b.data, a.count, order); });
  return Environment::of(env).start(env, std::move(call), size, {info[0], info[1]});
}

Napi::Value mark(const Napi::CallbackInfo& info) {
  const Elements<float> values = floats(info[0], "values");
  const KernelTable* table = isNothing(info[1]) ? bestTable() : instructionSet(info[1]);
  return Napi::BigInt::New(info.Env(), markOf(*table, values.data, values.count));
}

}  // namespace

void exportKernelFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("instructionSets", Napi::Function::New<instructionSetsOf>(env, "instructionSets"));
  exports.Set("elementary", Napi::Function::New<elementary>(env, "elementary"));
  exports.Set("philox", Napi::Function::New<philoxWords>(env, "philox"));
  exports.Set("shuffle", Napi::Function::New<shuffle>(env, "shuffle"));
  exports.Set("denseForward", Napi::Function::New<denseForwardCall>(env, "denseForward"));
  exports.Set("denseBackward", Napi::Function::New<denseBackwardCall>(env, "denseBackward"));
  exports.Set("sum", Napi::Function::New<sumCall>(env, "sum"));
  exports.Set("dot", Napi::Function::New<dotCall>(env, "dot"));
  exports.Set("mark", Napi::Function::New<mark>(env, "mark"));
}

}  // namespace samebits::binding
