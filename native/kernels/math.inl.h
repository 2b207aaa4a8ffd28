// exp, expm1, log, log1p, tanh, sigmoid, erf, sinpi and cospi of one binary32 argument, correctly rounded: the binary32
// nearest to the real value, ties to even, with subnormals, for every one of the 2^32 arguments.
//
// Include inside the anonymous namespace of samebits, after simd_double.h. Compile with -ffp-contract=off and without
// -ffast-math; the rounding mode is to nearest, without flush-to-zero. No libm, no tables, no heap.
//
//   math_exp(x, count, out)   out[i] = exp(x[i]); any alignment, out may be x, otherwise they do not overlap
//   cr_exp(x)                 one value, the same bits
// and so for the other eight. NaN in gives the quiet NaN 0x7fc00000 out, whatever its payload or sign.
//
// METHOD (Ziv). A polynomial in binary64 gives r with a relative error below 2^-44. If r (1 - 2^-44) and r (1 + 2^-44)
// round to the same binary32, that is the answer. The others, about one in 700,000, and NaN go to math_exact.inl.h.
// No quick path branches: clamped arguments still round to what lies beyond the clamp.
//
// ERROR. The polynomials are within 2^-47.7 (erf; the others within 2^-49: math_polynomials.inl.h); each operation adds
// 2^-53 of its result, twice that in mulAdd without fused hardware. What exceeds that is named at each function. The
// largest sum, of exp with k = -150, stays below 2^-45.6, so 2^-44 has room. That every result is right has been
// checked for all 2^32 arguments on each instruction set: scripts/verify-math.mjs --full.

#include "math_exact.inl.h"
#include "math_polynomials.inl.h"

constexpr double kRelativeError = 0x1p-44;
constexpr float kNaN = __builtin_nanf("");
constexpr float kInfinity = __builtin_inff();
constexpr double kLn2 = 0x1.62e42fefa39efp-1;
constexpr double kLog2E = 0x1.71547652b82fep+0;

// e^x = power * (1 + fraction) for |x| <= 104. r = x - k ln 2 is off by at most 2^-46.8 (ln 2 rounded, times 150) plus
// 2^-47 (the product, without fused hardware) where k is not 0; where it is, r is x.
struct QuickExponential {
  Doubles power, fraction;
};
SAMEBITS_INLINE QuickExponential quickExponential(Doubles x) {
  const Rounded k = roundProduct(x, kLog2E);
  const Doubles r = mulAdd(k.value, splat(-kLn2), x);
  return {powerOfTwo(k.low), r * polynomial(r, kExpm1)};
}
// e^x - 1, with a small RELATIVE error near 0 too: power - 1 is exact, and 0 there.
SAMEBITS_INLINE Doubles quickExpm1(Doubles x) {
  const QuickExponential e = quickExponential(x);
  return mulAdd(e.power, e.fraction, e.power - splat(1));
}

// ln(u) for finite u > 0. `minusOne` is u - 1 as exact as it is known, used where u lies near 1. Elsewhere the sum is
// at least half as large as k ln 2, so that nothing is lost by cancellation.
SAMEBITS_INLINE Doubles quickLog(Doubles u, Doubles minusOne) {
  const DoubleBits one = bitsOf(splat(1));
  const DoubleBits rootHalf = bitsOf(splat(0x1.6a09e667f3bcdp-1));
  // k + 1023 for u = 2^k m, m from sqrt(1/2) to sqrt(2)
  const DoubleBits biased = (bitsOf(u) + (one - rootHalf)) >> 52;
  const Doubles k = fromBits(biased | bitsOf(splat(0x1p52))) - splat(0x1p52 + 1023);
  const Doubles m = fromBits(bitsOf(u) + one - (biased << 52));
  const Doubles f = k == splat(0) ? minusOne : m - splat(1);
  const Doubles s = f / (splat(2) + f);
  return mulAdd(k, splat(kLn2), s * polynomial(s * s, kAtanh));
}

// ---- the functions: `quick` gives r or, where the argument is not in the domain of `exact`, NaN --------------------

struct Exp {
  SAMEBITS_INLINE Doubles quick(Doubles x) {
    // e^-104 rounds to 0 and e^89 to infinity.
    const QuickExponential e = quickExponential(atMost(atLeast(x, -104), 89));
    return mulAdd(e.power, e.fraction, e.power);
  }
  static float settle(float x) { return x != x ? kNaN : exactExp(x); }
};

struct Expm1 {
  // e^-20 - 1 rounds to -1. The sign is x's: at -0 it matters.
  SAMEBITS_INLINE Doubles quick(Doubles x) { return withSignOf(quickExpm1(atMost(atLeast(x, -20), 89)), x); }
  static float settle(float x) { return x != x ? kNaN : exactExpm1(x); }
};

struct Tanh {
  // tanh 10 rounds to 1. k is at most 29 here, so that r is off by 2^-48 at most.
  SAMEBITS_INLINE Doubles quick(Doubles x) {
    const Doubles e = quickExpm1(atMost(atLeast(x + x, -20), 20));
    return withSignOf(e / (e + splat(2)), x);
  }
  static float settle(float x) { return x != x ? kNaN : exactTanh(x); }
};

struct Sigmoid {
  // 1 / (1 + e^104) rounds to 0, 1 / (1 + e^-20) to 1.
  SAMEBITS_INLINE Doubles quick(Doubles x) {
    const QuickExponential e = quickExponential(atMost(atLeast(-x, -20), 104));
    return splat(1) / (splat(1) + mulAdd(e.power, e.fraction, e.power));
  }
  static float settle(float x) { return x != x ? kNaN : exactSigmoid(x); }
};

struct Log {
  SAMEBITS_INLINE Doubles quick(Doubles x) {
    const Doubles r = quickLog(x, x - splat(1));
    return x > splat(0) ? (x < splat(kInfinity) ? r : splat(kNaN)) : splat(kNaN);
  }
  static float settle(float x) {
    if (x == 0) return -kInfinity;
    if (!(x > 0)) return kNaN;
    return x == kInfinity ? x : exactLog(x);
  }
};

struct Log1p {
  // 1 + x is rounded only where |x| < 2^-29, where x itself is used, and where x > 2^24, where it does no harm.
  SAMEBITS_INLINE Doubles quick(Doubles x) {
    const Doubles r = withSignOf(quickLog(splat(1) + x, x), x);
    return x > splat(-1) ? (x < splat(kInfinity) ? r : splat(kNaN)) : splat(kNaN);
  }
  static float settle(float x) {
    if (x == -1) return -kInfinity;
    if (!(x > -1)) return kNaN;
    return x == kInfinity ? x : exactLog1p(x);
  }
};

struct Erf {
  SAMEBITS_INLINE Doubles quick(Doubles x) {
    // erf 3.9375 rounds to 1. The square of a binary32 is exact.
    const Doubles y = atMost(atLeast(x, -3.9375), 3.9375);
    return y * polynomial(mulAdd(y * y, splat(0.125), splat(-1)), kErf);
  }
  static float settle(float x) { return x != x ? kNaN : exactErf(x); }
};

// sin(pi y) and cos(pi y) take the integer n nearest to y = |x| off, which is exact, and are left with (-1)^n times
// sin(pi u) or cos(pi u) = sin(pi (1/2 - |u|)), |u| <= 1/2. Beyond 2^24 every binary32 is an even integer, so a clamp
// there changes nothing. A zero must come out as +0 whatever n: so the sign goes into the difference (a - b or b - a),
// not into the result.
SAMEBITS_INLINE Doubles quickSinpi(Doubles u) { return u * polynomial(u * u, kSinpi); }

// The same in scalars, for `settle`: |x| < 2^51.
struct Remainder {
  double u;  // |x| - n
  bool odd;
};
static inline double magnitudeOf(double x) { return x < 0 ? -x : x; }
static inline Remainder remainderOf(double x) {
  const double y = magnitudeOf(x);
  const double n = (y + 0x1.8p52) - 0x1.8p52;
  return {y - n, (int64_t(n) & 1) != 0};
}

struct Sinpi {
  SAMEBITS_INLINE Doubles quick(Doubles x) {
    const Doubles y = atMost(magnitude(x), 0x1p24);
    const Rounded n = roundProduct(y, 1);
    const Doubles u = (n.low & 1) != 0 ? n.value - y : y - n.value;
    const Doubles r = fromBits(bitsOf(quickSinpi(u)) ^ signBit(x));
    return magnitude(x) < splat(kInfinity) ? r : splat(kNaN);
  }
  static float settle(float x) {
    if (!(magnitudeOf(x) < kInfinity)) return kNaN;
    const Remainder t = remainderOf(x);
    return exactSinpi({t.odd != (x < 0) ? -t.u : t.u, 0});
  }
};

struct Cospi {
  SAMEBITS_INLINE Doubles quick(Doubles x) {
    const Doubles y = atMost(magnitude(x), 0x1p24);
    const Rounded n = roundProduct(y, 1);
    const Doubles u = magnitude(y - n.value);
    // 1/2 - |u| is rounded only where |u| < 2^-28 and the result is 1.
    const Doubles r = quickSinpi((n.low & 1) != 0 ? u - splat(0.5) : splat(0.5) - u);
    return magnitude(x) < splat(kInfinity) ? r : splat(kNaN);
  }
  static float settle(float x) {
    if (!(magnitudeOf(x) < kInfinity)) return kNaN;
    const Remainder t = remainderOf(x);
    const Pair w = twoSum(0.5, t.u < 0 ? t.u : -t.u);
    return exactSinpi(t.odd ? negate(w) : w);
  }
};

// ---- arrays and single values --------------------------------------------------------------------------------------

// Values that one block holds.
constexpr size_t kMathBlock = 16;

template <typename Function>
static __attribute__((noinline, cold)) void settleLanes(const float* x, unsigned open, float* out) {
  for (size_t i = 0; i < kMathBlock; i++) {
    if (open >> i & 1) out[i] = Function::settle(x[i]);
  }
}

// The quick results, and in which lanes (bits) the rounding test leaves them open.
struct Decision {
  HalfFloats value;
  unsigned open;
};
template <typename Function>
SAMEBITS_INLINE Decision decide(HalfFloats x) {
  const Doubles r = Function::quick(widen(x));
  const HalfFloats low = narrow(mulAdd(r, splat(-kRelativeError), r));
  const HalfFloats high = narrow(mulAdd(r, splat(kRelativeError), r));
  return {high, laneBits(low != high)};  // NaN differs from itself
}

// kMathBlock values; out may be x.
template <typename Function>
SAMEBITS_INLINE void mathBlock(const float* x, float* out) {
  constexpr size_t vectors = kMathBlock / kDoubles;
  HalfFloats in[vectors];
#pragma GCC unroll 8
  for (size_t v = 0; v < vectors; v++) in[v] = loadFloats(x + v * kDoubles);
  unsigned open = 0;
#pragma GCC unroll 8
  for (size_t v = 0; v < vectors; v++) {
    const Decision decision = decide<Function>(in[v]);
    open |= decision.open << (v * kDoubles);
    storeFloats(out + v * kDoubles, decision.value);
  }
  if (__builtin_expect(open != 0, 0)) {
    float saved[kMathBlock];  // x may be overwritten by now
    for (size_t v = 0; v < vectors; v++) storeFloats(saved + v * kDoubles, in[v]);
    settleLanes<Function>(saved, open, out);
  }
}

template <typename Function>
SAMEBITS_INLINE void mathArray(const float* x, size_t count, float* out) {
  size_t i = 0;
  for (; i + kMathBlock <= count; i += kMathBlock) mathBlock<Function>(x + i, out + i);
  if (i == count) return;
  float last[kMathBlock];
  for (size_t l = 0; l < kMathBlock; l++) last[l] = i + l < count ? x[i + l] : 1;
  mathBlock<Function>(last, last);
  for (size_t l = 0; i + l < count; l++) out[i + l] = last[l];
}

template <typename Function>
SAMEBITS_INLINE float mathValue(float x) {
  const Decision decision = decide<Function>(x - HalfFloats{});
  return decision.open == 0 ? decision.value[0] : Function::settle(x);
}

static inline void math_exp(const float* x, size_t count, float* out) { mathArray<Exp>(x, count, out); }
static inline void math_expm1(const float* x, size_t count, float* out) { mathArray<Expm1>(x, count, out); }
static inline void math_log(const float* x, size_t count, float* out) { mathArray<Log>(x, count, out); }
static inline void math_log1p(const float* x, size_t count, float* out) { mathArray<Log1p>(x, count, out); }
static inline void math_tanh(const float* x, size_t count, float* out) { mathArray<Tanh>(x, count, out); }
static inline void math_sigmoid(const float* x, size_t count, float* out) { mathArray<Sigmoid>(x, count, out); }
static inline void math_erf(const float* x, size_t count, float* out) { mathArray<Erf>(x, count, out); }
static inline void math_sinpi(const float* x, size_t count, float* out) { mathArray<Sinpi>(x, count, out); }
static inline void math_cospi(const float* x, size_t count, float* out) { mathArray<Cospi>(x, count, out); }

static inline float cr_exp(float x) { return mathValue<Exp>(x); }
static inline float cr_expm1(float x) { return mathValue<Expm1>(x); }
static inline float cr_log(float x) { return mathValue<Log>(x); }
static inline float cr_log1p(float x) { return mathValue<Log1p>(x); }
static inline float cr_tanh(float x) { return mathValue<Tanh>(x); }
static inline float cr_sigmoid(float x) { return mathValue<Sigmoid>(x); }
static inline float cr_erf(float x) { return mathValue<Erf>(x); }
static inline float cr_sinpi(float x) { return mathValue<Sinpi>(x); }
static inline float cr_cospi(float x) { return mathValue<Cospi>(x); }
