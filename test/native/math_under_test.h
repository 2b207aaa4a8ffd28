// The functions of math.inl.h, compiled once per instruction set (math_under_test.cc).
#ifndef SAMEBITS_TEST_MATH_UNDER_TEST_H
#define SAMEBITS_TEST_MATH_UNDER_TEST_H

#include <stddef.h>

enum FunctionId : size_t { kExp, kExpm1, kLog, kLog1p, kTanh, kSigmoid, kErf, kSinpi, kCospi, kFunctions };
constexpr const char* kFunctionNames[kFunctions] = {"exp",     "expm1", "log",   "log1p", "tanh",
                                                    "sigmoid", "erf",   "sinpi", "cospi"};

struct MathUnderTest {
  const char* isa;
  void (*array[kFunctions])(const float* x, size_t count, float* out);
  float (*value[kFunctions])(float x);
  // Does the rounding test of the quick path leave x to the exact one?
  bool (*open[kFunctions])(float x);
};

#if defined(__x86_64__)
extern const MathUnderTest mathUnderTest_scalar, mathUnderTest_avx2, mathUnderTest_avx512;
#else
extern const MathUnderTest mathUnderTest_neon;
#endif

#endif
