// The vocabulary in which every kernel is written: 16 logical lanes of binary32, whatever the registers are.
//
// A translation unit defines exactly one SAMEBITS_ISA_… and gets, in an anonymous namespace:
//   Lanes, Mask                      16 floats; 16 truth values
//   zero() broadcast(f)              all lanes alike
//   load(p) store(p, v)              16 floats, any alignment
//   loadFirst(p, n) storeFirst(p, v, n)   lanes 0 … n-1 only (n in 0 … 16); memory past them is neither read nor
//                                    written; lanes past n load as +0
//   loadBytes(p) loadFirstBytes(p, n)     16 or n bytes as floats
//   add sub mul div sqrt             one rounding a lane
//   fma(a, b, c)                     a * b + c, one rounding a lane, on every instruction set
//   negate magnitude                 sign bit flipped, cleared; exact
//   lessThan lessOrEqual equal       false where a lane is NaN
//   isNan
//   select(mask, a, b)               a where the mask is true, else b
//   firstLanes(n) any(mask)
//   bitsOf(mask) maskOf(bits)        bit l is lane l
//   transpose(v)                     v[16], in place: lane c of v[r] becomes lane r of v[c]
//   prefetch(p), prefetchFar(p)       hints, never faults: into the first-level cache, into the second
//   prefetchToWrite(p)               the same for what will be written
//   kPanel, kTileRows                register tile: kTileRows x kPanel accumulators fill the register file
//   kTableName
//   plus minus times quotient         single floats (arithmetic.h)
// A lane never meets another lane but in transpose: so no instruction set can change an order of summation.
#ifndef SAMEBITS_KERNELS_SIMD_H
#define SAMEBITS_KERNELS_SIMD_H

#include <float.h>
#include <stddef.h>
#include <stdint.h>

#if !defined(__GNUC__)
#error "samebits kernels: only GCC and Clang are known to keep the contract's arithmetic; test yours, then add it here"
#endif
#if defined(__FAST_MATH__)
#error "samebits kernels: -ffast-math and -Ofast change results"
#endif
#if !defined(__FLT_EVAL_METHOD__) || __FLT_EVAL_METHOD__ != 0
#error "samebits kernels: float arithmetic must be done in binary32 (no x87)"
#endif

// Kernels are built of small pieces that must not become calls (nor, in a header, weak symbols).
#define SAMEBITS_INLINE static inline __attribute__((always_inline))
#define SAMEBITS_INLINE_LAMBDA __attribute__((always_inline))
// Loops over a register tile vanish only if they are unrolled whole; then accumulators stay in registers.
#define SAMEBITS_UNROLL _Pragma("GCC unroll 16")

#include "arithmetic.h"

#if defined(SAMEBITS_ISA_SCALAR)
#include "simd_scalar.h"
#elif defined(SAMEBITS_ISA_AVX2)
#include "simd_avx2.h"
#elif defined(SAMEBITS_ISA_AVX512)
#include "simd_avx512.h"
#elif defined(SAMEBITS_ISA_NEON)
#include "simd_neon.h"
#else
#error "samebits kernels: define one of SAMEBITS_ISA_SCALAR, _AVX2, _AVX512, _NEON"
#endif

#endif
