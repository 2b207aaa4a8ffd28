// Vectors of binary64 for the elementary functions, and of the binary32 values that they start from and end in.
//
// They are GCC's vector types, which g++ and clang++ both have: + - * / < ?: and shifts work lane by lane on every
// architecture, so that only three things need a word per instruction set: how many lanes, mulAdd, and how a
// comparison becomes a bit mask. Without a vector unit the compiler would split them into scalars; x86-64 and AArch64
// always have two lanes.
//
// Include at file scope. Names have internal linkage: a file may be compiled once per instruction set.
#ifndef SAMEBITS_KERNELS_SIMD_DOUBLE_H
#define SAMEBITS_KERNELS_SIMD_DOUBLE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__FAST_MATH__)
#error "these files depend on IEEE arithmetic as it is written"
#endif

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define SAMEBITS_INLINE static inline __attribute__((always_inline))

namespace samebits {
namespace {

#if defined(__AVX512F__)
constexpr size_t kDoubles = 8;
#elif defined(__AVX2__)
constexpr size_t kDoubles = 4;
#else
constexpr size_t kDoubles = 2;
#endif

typedef double Doubles __attribute__((vector_size(8 * kDoubles)));
typedef uint64_t DoubleBits __attribute__((vector_size(8 * kDoubles)));
typedef float HalfFloats __attribute__((vector_size(4 * kDoubles)));  // as many floats as there are doubles
typedef int32_t HalfMask __attribute__((vector_size(4 * kDoubles)));  // -1 or 0 in each lane

SAMEBITS_INLINE Doubles splat(double value) { return value - Doubles{}; }
SAMEBITS_INLINE DoubleBits bitsOf(Doubles x) { return (DoubleBits)x; }
SAMEBITS_INLINE Doubles fromBits(DoubleBits x) { return (Doubles)x; }

SAMEBITS_INLINE Doubles widen(HalfFloats x) {
#if defined(__AVX512F__)
  // g++ 12 would split the conversion, and warns about the unmasked intrinsic's undefined operand.
  return _mm512_maskz_cvtps_pd(0xff, x);
#else
  return __builtin_convertvector(x, Doubles);
#endif
}
// To nearest, ties to even; subnormals are kept and overflow gives infinity.
SAMEBITS_INLINE HalfFloats narrow(Doubles x) { return __builtin_convertvector(x, HalfFloats); }

// Any alignment.
SAMEBITS_INLINE HalfFloats loadFloats(const float* x) {
  HalfFloats v;
  __builtin_memcpy(&v, x, sizeof v);
  return v;
}
SAMEBITS_INLINE void storeFloats(float* out, HalfFloats v) { __builtin_memcpy(out, &v, sizeof v); }

// a * b + c with one rounding where the hardware has a fused form, else with two: callers must bound the error for two.
SAMEBITS_INLINE Doubles mulAdd(Doubles a, Doubles b, Doubles c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_pd(a, b, c);
#elif defined(__aarch64__)
  return (Doubles)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  return a * b + c;
#endif
}

// Bit l is lane l of the mask.
SAMEBITS_INLINE unsigned laneBits(HalfMask mask) {
#if defined(__AVX512F__)
  return unsigned(_mm256_movemask_ps((__m256)mask));
#elif defined(__AVX2__)
  return unsigned(_mm_movemask_ps((__m128)mask));
#else
  return unsigned(mask[0] & 1) | unsigned(mask[1] & 2);
#endif
}

// NaN passes through all of these.
SAMEBITS_INLINE Doubles atMost(Doubles x, double limit) { return splat(limit) < x ? splat(limit) : x; }
SAMEBITS_INLINE Doubles atLeast(Doubles x, double limit) { return splat(limit) > x ? splat(limit) : x; }
SAMEBITS_INLINE Doubles magnitude(Doubles x) { return fromBits(bitsOf(x) & (~uint64_t(0) >> 1)); }
SAMEBITS_INLINE DoubleBits signBit(Doubles x) { return bitsOf(x) & (uint64_t(1) << 63); }
SAMEBITS_INLINE Doubles withSignOf(Doubles x, Doubles sign) { return fromBits(bitsOf(magnitude(x)) | signBit(sign)); }

// The nearest integer (ties to even) of |x| < 2^51, as a double, and where the same integer stands in the low bits.
struct Rounded {
  Doubles value;
  DoubleBits low;  // two's complement; bits 51 and up are not part of it
};
SAMEBITS_INLINE Rounded roundProduct(Doubles x, double factor) {
  constexpr double shifter = 0x1.8p52;  // its last place is 1
  const Doubles shifted = mulAdd(x, splat(factor), splat(shifter));
  return {shifted - splat(shifter), bitsOf(shifted)};
}

// 2^k for an integer k from -1022 to 1023 in the low 12 bits.
SAMEBITS_INLINE Doubles powerOfTwo(DoubleBits low) { return fromBits((low << 52) + 0x3ff0000000000000u); }

// c[0] + c[1] x + … by Horner's rule.
template <size_t terms>
SAMEBITS_INLINE Doubles polynomial(Doubles x, const double (&c)[terms]) {
  Doubles sum = splat(c[terms - 1]);
#pragma GCC unroll 32
  for (size_t i = 1; i < terms; i++) sum = mulAdd(sum, x, splat(c[terms - 1 - i]));
  return sum;
}

}  // namespace
}  // namespace samebits

#endif
