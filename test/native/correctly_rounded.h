// The C library's functions in long double, rounded once: correctly rounded but for an argument in some 10^9, and none
// that these tests use. Good enough to judge kernels that call the elementary functions; those have tests of their own.
#ifndef SAMEBITS_TEST_CORRECTLY_ROUNDED_H
#define SAMEBITS_TEST_CORRECTLY_ROUNDED_H

#include <cmath>

inline float correctlyRoundedExp(float x) { return static_cast<float>(std::exp(static_cast<long double>(x))); }
inline float correctlyRoundedExpm1(float x) { return static_cast<float>(std::expm1(static_cast<long double>(x))); }
inline float correctlyRoundedLog(float x) { return static_cast<float>(std::log(static_cast<long double>(x))); }
inline float correctlyRoundedLog1p(float x) { return static_cast<float>(std::log1p(static_cast<long double>(x))); }
inline float correctlyRoundedTanh(float x) { return static_cast<float>(std::tanh(static_cast<long double>(x))); }
inline float correctlyRoundedErf(float x) { return static_cast<float>(std::erf(static_cast<long double>(x))); }
// Of 0 to 2. By the nearest multiple of a half: what is left is exact and small, and zeros are zeros.
inline float correctlyRoundedCospi(float x) {
  const int halves = static_cast<int>(std::nearbyint(2.0f * x));
  const float rest = halves == 1 ? 0.5f - x : x - 0.5f * static_cast<float>(halves);
  const long double angle = 3.14159265358979323846264338327950288L * rest;
  const long double value = halves % 2 == 0 ? std::cos(angle) : std::sin(angle);
  return static_cast<float>(halves == 2 ? -value : value);
}
inline float correctlyRoundedSigmoid(float x) {
  return static_cast<float>(1.0L / (1.0L + std::exp(-static_cast<long double>(x))));
}

#endif
