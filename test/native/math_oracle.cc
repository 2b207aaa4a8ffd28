#include "math_oracle.h"

#include <math.h>
#include <mpfr.h>
#include <stdint.h>
#include <string.h>

float canonicalNaN() {
  const uint32_t bits = 0x7fc00000;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

namespace {

constexpr double kLibraryError = 0x1p-44;

// 1 / (1 + e^-x) at the precision of y, within 4 units of its last place: each of three steps rounds once.
int sigmoid(mpfr_t y, const mpfr_t x) {
  mpfr_neg(y, x, MPFR_RNDN);
  mpfr_exp(y, y, MPFR_RNDN);
  mpfr_add_ui(y, y, 1, MPFR_RNDN);
  return mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

int apply(FunctionId function, mpfr_t y, const mpfr_t x) {
  switch (function) {
    case kExp:
      return mpfr_exp(y, x, MPFR_RNDN);
    case kExpm1:
      return mpfr_expm1(y, x, MPFR_RNDN);
    case kLog:
      return mpfr_log(y, x, MPFR_RNDN);
    case kLog1p:
      return mpfr_log1p(y, x, MPFR_RNDN);
    case kTanh:
      return mpfr_tanh(y, x, MPFR_RNDN);
    case kErf:
      return mpfr_erf(y, x, MPFR_RNDN);
    case kSinpi:
      return mpfr_sinpi(y, x, MPFR_RNDN);
    case kCospi:
      return mpfr_cospi(y, x, MPFR_RNDN);
    default:
      return sigmoid(y, x);
  }
}

struct Number {
  mpfr_t value;
  explicit Number(mpfr_prec_t precision) { mpfr_init2(value, precision); }
  ~Number() { mpfr_clear(value); }
  Number(const Number&) = delete;
};

// MPFR has no sigmoid: Ziv's loop, until both ends of the error interval round to the same binary32 (mpfr_get_flt
// rounds subnormals and overflow correctly). It ends: the only exact result is 1/2 at 0.
float mpfrSigmoid(float argument) {
  if (argument == 0) return 0.5f;
  if (argument < -200) return 0;  // below 2^-288; MPFR's own exponent range would end somewhere, too
  Number x(24);
  mpfr_set_flt(x.value, argument, MPFR_RNDN);
  for (mpfr_prec_t precision = 96;; precision *= 2) {
    Number y(precision), error(precision), low(precision), high(precision);
    sigmoid(y.value, x.value);
    mpfr_mul_2si(error.value, y.value, 3 - precision, MPFR_RNDU);
    mpfr_sub(low.value, y.value, error.value, MPFR_RNDD);
    mpfr_add(high.value, y.value, error.value, MPFR_RNDU);
    const float first = mpfr_get_flt(low.value, MPFR_RNDN), second = mpfr_get_flt(high.value, MPFR_RNDN);
    if (first == second) return first;
  }
}

bool isOdd(double integer) { return fmod(integer, 2) != 0; }

// (-1)^n sin(pi u) with y = |x| = n + u; integers give a zero with the sign of x.
double librarySinpi(double x) {
  const double y = fabs(x), n = rint(y), u = y - n;
  if (u == 0) return copysign(0.0, x);
  const double s = sin(M_PI * u);
  return (isOdd(n) != (x < 0)) ? -s : s;
}
double libraryCospi(double x) {
  const double y = fabs(x), n = rint(y), u = fabs(y - n);
  if (u == 0.5) return 0;
  const double c = u <= 0.25 ? cos(M_PI * u) : sin(M_PI * (0.5 - u));
  return isOdd(n) ? -c : c;
}

double library(FunctionId function, double x) {
  switch (function) {
    case kExp:
      return exp(x);
    case kExpm1:
      return expm1(x);
    case kLog:
      return log(x);
    case kLog1p:
      return log1p(x);
    case kTanh:
      return tanh(x);
    case kErf:
      return erf(x);
    case kSinpi:
      return isinf(x) ? NAN : librarySinpi(x);
    case kCospi:
      return isinf(x) ? NAN : libraryCospi(x);
    default:
      return 1 / (1 + exp(-x));
  }
}

}  // namespace

float mpfrResult(FunctionId function, float argument) {
  if (isnan(argument)) return canonicalNaN();
  if (function == kSigmoid) return mpfrSigmoid(argument);
  // The exponent range of binary32: MPFR then overflows where binary32 does, and mpfr_subnormalize rounds what
  // underflows, once.
  const mpfr_exp_t emin = mpfr_get_emin(), emax = mpfr_get_emax();
  Number x(24), y(24);
  mpfr_set_flt(x.value, argument, MPFR_RNDN);
  mpfr_set_emin(-148);
  mpfr_set_emax(128);
  int ternary = apply(function, y.value, x.value);
  ternary = mpfr_check_range(y.value, ternary, MPFR_RNDN);
  mpfr_subnormalize(y.value, ternary, MPFR_RNDN);
  const float result = mpfr_get_flt(y.value, MPFR_RNDN);
  mpfr_set_emin(emin);
  mpfr_set_emax(emax);
  return isnan(result) ? canonicalNaN() : result;
}

double distanceToBoundary(FunctionId function, float argument) {
  Number x(24), y(256);
  mpfr_set_flt(x.value, argument, MPFR_RNDN);
  apply(function, y.value, x.value);
  if (!mpfr_regular_p(y.value)) return 0.5;
  const mpfr_exp_t exponent = mpfr_get_exp(y.value);
  const mpfr_exp_t lastPlace = exponent - 24 < -149 ? -149 : exponent - 24;
  mpfr_mul_2si(y.value, y.value, -lastPlace, MPFR_RNDN);
  mpfr_frac(y.value, y.value, MPFR_RNDN);
  mpfr_abs(y.value, y.value, MPFR_RNDN);
  mpfr_sub_d(y.value, y.value, 0.5, MPFR_RNDN);
  return fabs(mpfr_get_d(y.value, MPFR_RNDN));
}

bool libraryResult(FunctionId function, float x, float* result) {
  const double y = library(function, double(x));
  if (isnan(y)) {
    *result = canonicalNaN();
    return true;
  }
  const float low = float(y - y * kLibraryError), high = float(y + y * kLibraryError);
  *result = high;
  return low == high || isinf(y);
}

void releaseOracle() { mpfr_free_cache(); }
