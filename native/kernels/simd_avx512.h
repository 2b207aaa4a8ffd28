// 16 lanes in one AVX-512 register (AVX-512F only). A tile of 12 x 32 takes 24 of 32 registers.
#ifndef SAMEBITS_KERNELS_SIMD_AVX512_H
#define SAMEBITS_KERNELS_SIMD_AVX512_H

#if !defined(__AVX512F__)
#error "samebits kernels: compile this instruction set with -mavx512f"
#endif

// GCC 12's own header leaves the merge source of unmasked operations undefined on purpose, then warns of it.
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

namespace samebits {
namespace {

constexpr const char* kTableName = "avx512";
constexpr int kPanel = 32;
constexpr int kTileRows = 12;

using Lanes = __m512;
using Mask = __mmask16;

SAMEBITS_INLINE Lanes zero() { return _mm512_setzero_ps(); }
SAMEBITS_INLINE Lanes broadcast(float value) { return _mm512_set1_ps(value); }
SAMEBITS_INLINE Lanes load(const float* p) { return _mm512_loadu_ps(p); }
SAMEBITS_INLINE void store(float* p, Lanes v) { _mm512_storeu_ps(p, v); }

SAMEBITS_INLINE Mask firstLanes(size_t n) { return static_cast<Mask>((1u << n) - 1u); }
// Masked lanes of a masked move touch no memory: no fault, no data race.
SAMEBITS_INLINE Lanes loadFirst(const float* p, size_t n) { return _mm512_maskz_loadu_ps(firstLanes(n), p); }
SAMEBITS_INLINE void storeFirst(float* p, Lanes v, size_t n) { _mm512_mask_storeu_ps(p, firstLanes(n), v); }

SAMEBITS_INLINE Lanes loadBytes(const uint8_t* p) {
  return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
}
SAMEBITS_INLINE Lanes loadFirstBytes(const uint8_t* p, size_t n) {
  uint8_t bytes[16] = {};
  for (size_t l = 0; l < n; ++l) bytes[l] = p[l];
  return loadBytes(bytes);
}

SAMEBITS_INLINE Lanes add(Lanes a, Lanes b) { return _mm512_add_ps(a, b); }
SAMEBITS_INLINE Lanes sub(Lanes a, Lanes b) { return _mm512_sub_ps(a, b); }
SAMEBITS_INLINE Lanes mul(Lanes a, Lanes b) { return _mm512_mul_ps(a, b); }
SAMEBITS_INLINE Lanes div(Lanes a, Lanes b) { return _mm512_div_ps(a, b); }
SAMEBITS_INLINE Lanes sqrt(Lanes a) { return _mm512_sqrt_ps(a); }
SAMEBITS_INLINE Lanes fma(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }
SAMEBITS_INLINE Lanes negate(Lanes a) {
  return _mm512_castsi512_ps(_mm512_xor_epi32(_mm512_castps_si512(a), _mm512_set1_epi32(INT32_MIN)));
}
SAMEBITS_INLINE Lanes magnitude(Lanes a) {
  return _mm512_castsi512_ps(_mm512_and_epi32(_mm512_castps_si512(a), _mm512_set1_epi32(INT32_MAX)));
}

SAMEBITS_INLINE Mask lessThan(Lanes a, Lanes b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
SAMEBITS_INLINE Mask lessOrEqual(Lanes a, Lanes b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
SAMEBITS_INLINE Mask equal(Lanes a, Lanes b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
SAMEBITS_INLINE Mask isNan(Lanes a) { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q); }
SAMEBITS_INLINE Lanes select(Mask m, Lanes a, Lanes b) { return _mm512_mask_blend_ps(m, b, a); }
SAMEBITS_INLINE bool any(Mask m) { return m != 0; }
SAMEBITS_INLINE uint32_t bitsOf(Mask m) { return m; }
SAMEBITS_INLINE Mask maskOf(uint32_t bits) { return static_cast<Mask>(bits); }

SAMEBITS_INLINE Lanes pairLow(Lanes a, Lanes b) {
  return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
}
SAMEBITS_INLINE Lanes pairHigh(Lanes a, Lanes b) {
  return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
}
SAMEBITS_INLINE void transpose(Lanes v[16]) {
  Lanes singles[16], blocks[16], halves[16];
  // Within each 128-bit part: 4 x 4 blocks. blocks[4 * g + c] holds column c (+4 for each part) of rows 4g … 4g+3.
  SAMEBITS_UNROLL
  for (int i = 0; i < 8; ++i) {
    singles[2 * i] = _mm512_unpacklo_ps(v[2 * i], v[2 * i + 1]);
    singles[2 * i + 1] = _mm512_unpackhi_ps(v[2 * i], v[2 * i + 1]);
  }
  SAMEBITS_UNROLL
  for (int g = 0; g < 4; ++g) {
    blocks[4 * g] = pairLow(singles[4 * g], singles[4 * g + 2]);
    blocks[4 * g + 1] = pairHigh(singles[4 * g], singles[4 * g + 2]);
    blocks[4 * g + 2] = pairLow(singles[4 * g + 1], singles[4 * g + 3]);
    blocks[4 * g + 3] = pairHigh(singles[4 * g + 1], singles[4 * g + 3]);
  }
  // Then a 4 x 4 transpose of the 128-bit parts.
  SAMEBITS_UNROLL
  for (int c = 0; c < 4; ++c) {
    halves[c] = _mm512_shuffle_f32x4(blocks[c], blocks[4 + c], 0x88);
    halves[4 + c] = _mm512_shuffle_f32x4(blocks[c], blocks[4 + c], 0xDD);
    halves[8 + c] = _mm512_shuffle_f32x4(blocks[8 + c], blocks[12 + c], 0x88);
    halves[12 + c] = _mm512_shuffle_f32x4(blocks[8 + c], blocks[12 + c], 0xDD);
  }
  SAMEBITS_UNROLL
  for (int c = 0; c < 4; ++c) {
    v[c] = _mm512_shuffle_f32x4(halves[c], halves[8 + c], 0x88);
    v[8 + c] = _mm512_shuffle_f32x4(halves[c], halves[8 + c], 0xDD);
    v[4 + c] = _mm512_shuffle_f32x4(halves[4 + c], halves[12 + c], 0x88);
    v[12 + c] = _mm512_shuffle_f32x4(halves[4 + c], halves[12 + c], 0xDD);
  }
}

SAMEBITS_INLINE void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
SAMEBITS_INLINE void prefetchFar(const void* p) { __builtin_prefetch(p, 0, 2); }
SAMEBITS_INLINE void prefetchToWrite(const void* p) { __builtin_prefetch(p, 1); }

}  // namespace
}  // namespace samebits

#endif
