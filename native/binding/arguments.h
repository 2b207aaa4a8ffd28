// Arguments from JavaScript, checked once more (the TypeScript above has named them already): whatever comes in, these throw
// a Napi::Error with a `code` and never crash.
#ifndef SAMEBITS_BINDING_ARGUMENTS_H
#define SAMEBITS_BINDING_ARGUMENTS_H

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "../engine/random.h"
#include "../engine/trainer.h"

namespace samebits::binding {

constexpr const char* kArgument = "ERR_SAMEBITS_ARGUMENT";
constexpr const char* kShape = "ERR_SAMEBITS_SHAPE";
constexpr const char* kData = "ERR_SAMEBITS_DATA";
constexpr const char* kState = "ERR_SAMEBITS_STATE";
constexpr const char* kBusy = "ERR_SAMEBITS_BUSY";
constexpr const char* kIsa = "ERR_SAMEBITS_ISA";
constexpr const char* kResources = "ERR_SAMEBITS_RESOURCES";

// Largest counts that are taken: the engine's indices are 32 bits wide.
constexpr uint64_t kMostRows = UINT32_MAX - 1;
constexpr uint64_t kMostUnits = 1u << 24;
constexpr uint64_t kMostSafeInteger = (uint64_t{1} << 53) - 1;

// A SamebitsError with `code` (an Error with that property while the class is not known: see
// Environment::errorClass); for throwing or rejecting.
Napi::Error errorOf(Napi::Env env, const char* code, const std::string& message);
// "Expected <what> for <name>".
Napi::Error expected(Napi::Env env, const char* what, const char* name, const char* code = kArgument);

// A view of a typed array's elements; data is null only if count is 0.
template <typename Element>
struct Elements {
  Element* data = nullptr;
  size_t count = 0;
};
Elements<float> floats(const Napi::Value& value, const char* name);
Elements<uint8_t> bytes(const Napi::Value& value, const char* name);
Elements<uint32_t> words(const Napi::Value& value, const char* name);
bool isNothing(const Napi::Value& value);  // null or undefined

Napi::Object object(const Napi::Value& value, const char* name);
// A finite number.
double number(const Napi::Value& value, const char* name);
// A finite number of at least 0, a property of `value`; 0 where there is none.
double amount(const Napi::Object& value, const char* name);
uint64_t integer(const Napi::Value& value, const char* name, uint64_t least, uint64_t most);
// An integer from 1 on, or Infinity for "no limit" (the largest uint64_t).
uint64_t limit(const Napi::Value& value, const char* name);
bool boolean(const Napi::Value& value, const char* name);
std::string text(const Napi::Value& value, const char* name);

unsigned threads(const Napi::Value& value);
Reduction reduction(const Napi::Value& value);
struct GivenActivation {
  Activation kind;
  double alpha;  // 0 where the kind has none
};
// A name, or { name, alpha } where the kind has an alpha.
GivenActivation activation(const Napi::Value& value);
const KernelTable* instructionSet(const Napi::Value& value);
// Of { isa, emulate? }.
const KernelTable* hardware(const Napi::Object& value);
PhiloxKey philoxKey(const Napi::Value& value);

// rows * columns, or throws kShape where that overflows or differs from `count` (exactly, or at least).
enum class Fit { exactly, atLeast };
void expectElements(Napi::Env env, size_t count, size_t rows, size_t columns, const char* name, Fit fit = Fit::exactly);

}  // namespace samebits::binding

#endif
