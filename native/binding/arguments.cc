#include "arguments.h"

#include <cmath>
#include <utility>

#include "../engine/dispatch.h"
#include "environment.h"

namespace samebits::binding {
namespace {

template <typename Element>
Elements<Element> elements(const Napi::Value& value, napi_typedarray_type type, const char* what, const char* name) {
  Elements<Element> found;
  if (!value.IsTypedArray()) throw expected(value.Env(), what, name);
  napi_typedarray_type actual;
  void* data;
  // Asked of Node-API directly: Napi::TypedArray wants an ArrayBuffer, and this may stand on a SharedArrayBuffer.
  const napi_status status =
      napi_get_typedarray_info(value.Env(), value, &actual, &found.count, &data, nullptr, nullptr);
  if (status != napi_ok || actual != type) throw expected(value.Env(), what, name);
  found.data = static_cast<Element*>(data);
  if (found.data == nullptr) found.count = 0;  // detached
  return found;
}

}  // namespace

Napi::Error errorOf(Napi::Env env, const char* code, const std::string& message) {
  const Napi::FunctionReference& errorClass = Environment::of(env).errorClass;
  if (!errorClass.IsEmpty()) {
    return Napi::Error(env, errorClass.New({Napi::String::New(env, code), Napi::String::New(env, message)}));
  }
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

Napi::Error expected(Napi::Env env, const char* what, const char* name, const char* code) {
  return errorOf(env, code, std::string("Expected ") + what + " for " + name);
}

Elements<float> floats(const Napi::Value& value, const char* name) {
  return elements<float>(value, napi_float32_array, "a Float32Array", name);
}

Elements<uint8_t> bytes(const Napi::Value& value, const char* name) {
  return elements<uint8_t>(value, napi_uint8_array, "a Uint8Array", name);
}

Elements<uint32_t> words(const Napi::Value& value, const char* name) {
  return elements<uint32_t>(value, napi_uint32_array, "a Uint32Array", name);
}

bool isNothing(const Napi::Value& value) { return value.IsNull() || value.IsUndefined(); }

Napi::Object object(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) throw expected(value.Env(), "an object", name);
  return value.As<Napi::Object>();
}

double number(const Napi::Value& value, const char* name) {
  if (!value.IsNumber()) throw expected(value.Env(), "a finite number", name);
  const double found = value.As<Napi::Number>().DoubleValue();
  if (!std::isfinite(found)) throw expected(value.Env(), "a finite number", name);
  return found;
}

double amount(const Napi::Object& value, const char* name) {
  const Napi::Value given = value.Get(name);
  if (isNothing(given)) return 0;
  const double amount = number(given, name);
  if (amount < 0) throw expected(value.Env(), "a number of at least 0", name);
  return amount;
}

uint64_t integer(const Napi::Value& value, const char* name, uint64_t least, uint64_t most) {
  const std::string what = "an integer from " + std::to_string(least) + " to " + std::to_string(most);
  if (!value.IsNumber()) throw expected(value.Env(), what.c_str(), name);
  const double found = value.As<Napi::Number>().DoubleValue();
  // Written so that NaN fails it too.
  const bool inside = found >= static_cast<double>(least) && found <= static_cast<double>(most);
  if (!inside || found != std::floor(found)) throw expected(value.Env(), what.c_str(), name);
  return static_cast<uint64_t>(found);
}

uint64_t limit(const Napi::Value& value, const char* name) {
  const bool none = value.IsNumber() && value.As<Napi::Number>().DoubleValue() == HUGE_VAL;
  return none ? UINT64_MAX : integer(value, name, 1, kMostSafeInteger);
}

bool boolean(const Napi::Value& value, const char* name) {
  if (!value.IsBoolean()) throw expected(value.Env(), "true or false", name);
  return value.As<Napi::Boolean>().Value();
}

std::string text(const Napi::Value& value, const char* name) {
  if (!value.IsString()) throw expected(value.Env(), "a string", name);
  return value.As<Napi::String>().Utf8Value();
}

unsigned threads(const Napi::Value& value) { return static_cast<unsigned>(integer(value, "threads", 1, kMaxThreads)); }

Reduction reduction(const Napi::Value& value) {
  const std::string name = text(value, "reduction");
  if (name == "fixed") return Reduction::fixed;
  if (name == "free") return Reduction::free;
  throw expected(value.Env(), "'fixed' or 'free'", "reduction");
}

GivenActivation activation(const Napi::Value& value) {
  static constexpr std::pair<const char*, Activation> kNames[] = {{"linear", Activation::linear},
                                                                  {"relu", Activation::relu},
                                                                  {"tanh", Activation::tanh},
                                                                  {"sigmoid", Activation::sigmoid},
                                                                  {"softmax", Activation::softmax},
                                                                  {"leakyRelu", Activation::leakyRelu},
                                                                  {"elu", Activation::elu},
                                                                  {"selu", Activation::selu},
                                                                  {"gelu", Activation::gelu},
                                                                  {"silu", Activation::silu},
                                                                  {"softplus", Activation::softplus},
                                                                  {"softsign", Activation::softsign},
                                                                  {"hardSigmoid", Activation::hardSigmoid}};
  const bool named = value.IsString();
  const std::string name = text(named ? value : object(value, "activation").Get("name"), "activation");
  for (const auto& [known, kind] : kNames) {
    if (name != known) continue;
    const bool hasAlpha = kind == Activation::leakyRelu || kind == Activation::elu;
    return {kind, hasAlpha ? number(object(value, "activation").Get("alpha"), "alpha") : 0};
  }
  throw expected(value.Env(), "the name of an activation", "activation");
}

const KernelTable* instructionSet(const Napi::Value& value) {
  const KernelTable* table = findTable(text(value, "isa"));
  if (table == nullptr) throw expected(value.Env(), "an instruction set that this machine has", "isa", kIsa);
  return table;
}

const KernelTable* hardware(const Napi::Object& value) {
  const KernelTable* table = instructionSet(value.Get("isa"));
  const Napi::Value emulate = value.Get("emulate");
  if (isNothing(emulate)) return table;
  const unsigned emulations = static_cast<unsigned>(integer(emulate, "emulate", 0, 7));
  if (emulations == 0) return table;
  if (table != findTable("scalar")) throw expected(value.Env(), "isa 'scalar'", "emulate");
  return emulatedTable(emulations);
}

PhiloxKey philoxKey(const Napi::Value& value) {
  const Napi::Object pair = object(value, "key");
  PhiloxKey key;
  for (uint32_t i = 0; i < 2; ++i) {
    key.word[i] = static_cast<uint32_t>(integer(pair.Get(i), "key", 0, UINT32_MAX));
  }
  return key;
}

void expectElements(Napi::Env env, size_t count, size_t rows, size_t columns, const char* name, Fit fit) {
  size_t product;
  const bool overflow = __builtin_mul_overflow(rows, columns, &product);
  const bool fits = !overflow && (fit == Fit::exactly ? count == product : count >= product);
  if (fits) return;
  const std::string what = std::string(fit == Fit::exactly ? "exactly " : "at least ") + std::to_string(rows) + " x " +
                           std::to_string(columns) + " elements";
  throw errorOf(env, kShape, "Expected " + what + " for " + name + " but received " + std::to_string(count));
}

}  // namespace samebits::binding
