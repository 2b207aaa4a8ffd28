// TEMPORARY: stands in for math.inl.h until that is merged; the C library's functions are not the contract's.
#include <math.h>
#define SAMEBITS_STANDIN(name, expression)                                             \
  static inline float cr_##name(float value) {                                        \
    const long double x = value;                                                      \
    return static_cast<float>(expression);                                            \
  }                                                                                   \
  static inline void math_##name(const float* x, size_t count, float* out) {          \
    for (size_t i = 0; i < count; ++i) out[i] = cr_##name(x[i]);                       \
  }
SAMEBITS_STANDIN(exp, expl(x))
SAMEBITS_STANDIN(log, logl(x))
SAMEBITS_STANDIN(log1p, log1pl(x))
SAMEBITS_STANDIN(tanh, tanhl(x))
SAMEBITS_STANDIN(sigmoid, 1 / (1 + expl(-x)))
SAMEBITS_STANDIN(sinpi, sinl(x * 3.14159265358979323846264338327950288L))
SAMEBITS_STANDIN(cospi, cosl(x * 3.14159265358979323846264338327950288L))
SAMEBITS_STANDIN(expm1, expm1l(x))
SAMEBITS_STANDIN(erf, erfl(x))
