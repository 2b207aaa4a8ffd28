// The array functions of math.inl.h, compiled once per instruction set (math_under_test.cc).
#ifndef SAMEBITS_TEST_MATH_UNDER_TEST_H
#define SAMEBITS_TEST_MATH_UNDER_TEST_H

#include <stddef.h>

constexpr size_t kFunctions = 9;
// The order of the functions in every table of this test.
constexpr const char* kFunctionNames[kFunctions] = {"exp",  "expm1", "log",   "log1p", "tanh",
                                                    "sigmoid", "erf", "sinpi", "cospi"};

struct MathUnderTest {
  const char* isa;
  void (*array[kFunctions])(const float* x, size_t count, float* out);
  float (*value[kFunctions])(float x);
  // The exact path alone, for inputs that the quick one would have answered.
  float (*settle[kFunctions])(float x);
};

extern const MathUnderTest mathUnderTest_scalar;
extern const MathUnderTest mathUnderTest_avx2;
extern const MathUnderTest mathUnderTest_avx512;

#endif
