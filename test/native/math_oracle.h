// What the elementary functions must give, from MPFR and, where that is safe, from the C library's binary64 functions.
// Shares no code with native/kernels.
#ifndef SAMEBITS_TEST_MATH_ORACLE_H
#define SAMEBITS_TEST_MATH_ORACLE_H

#include "math_under_test.h"

// All NaNs are this one: bits 0x7fc00000.
float canonicalNaN();

// Correctly rounded by MPFR, subnormals and signed zeros included.
float mpfrResult(FunctionId function, float x);

// How far f(x) lies from the nearest point at which rounding to binary32 changes, in units of the result's last place
// (at most 1/2). Exact cases give 1/2.
double distanceToBoundary(FunctionId function, float x);

// The C library's binary64 result, rounded, if no error up to 2^-44 of it could change the rounding: then true. glibc
// documents errors of at most 2 ulp (2^-52) for these functions, and the reductions here add less than 4.
bool libraryResult(FunctionId function, float x, float* result);

// Releases what MPFR keeps for the calling thread.
void releaseOracle();

#endif
