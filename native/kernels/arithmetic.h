// Single operations on binary32, and the hardware on which they are done: by default what docs/numerics.md asks for.
// SAMEBITS_EMULATE, a sum of the values below, compiles a table of other hardware instead (docs/numerics.md, "Emulated
// hardware"): in scalar code alone, for experiments, and never as an instruction set.
#ifndef SAMEBITS_KERNELS_ARITHMETIC_H
#define SAMEBITS_KERNELS_ARITHMETIC_H

#include <stdint.h>
#include <string.h>

#if !defined(SAMEBITS_EMULATE)
#define SAMEBITS_EMULATE 0
#endif

namespace samebits {
namespace {

constexpr bool kFuses = (SAMEBITS_EMULATE & 1) == 0;              // fma has one rounding
constexpr bool kFlushesSubnormals = (SAMEBITS_EMULATE & 2) != 0;  // as operands and as results
constexpr bool kOrdinaryFunctions = (SAMEBITS_EMULATE & 4) != 0;  // nearly, not correctly rounded

template <typename To, typename From>
SAMEBITS_INLINE To bitsAs(From from) {
  static_assert(sizeof(To) == sizeof(From), "a change of view, not of size");
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}

// What the hardware makes of an operand or a result.
SAMEBITS_INLINE float seen(float x) {
  if constexpr (kFlushesSubnormals) {
    const uint32_t bits = bitsAs<uint32_t>(x);
    return bitsAs<float>((bits & 0x7F800000u) == 0 ? bits & 0x80000000u : bits);
  }
  return x;
}

SAMEBITS_INLINE float plus(float a, float b) { return seen(seen(a) + seen(b)); }
SAMEBITS_INLINE float minus(float a, float b) { return seen(seen(a) - seen(b)); }
SAMEBITS_INLINE float times(float a, float b) { return seen(seen(a) * seen(b)); }
SAMEBITS_INLINE float quotient(float a, float b) { return seen(seen(a) / seen(b)); }

}  // namespace
}  // namespace samebits

#endif
