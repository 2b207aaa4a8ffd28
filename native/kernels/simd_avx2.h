// 16 lanes in two AVX registers; FMA3. A tile of 6 x 16 takes 12 of 16 registers, two for a row of weights, one for a
// broadcast: 12 independent chains cover 2 FMA ports x 4 or 5 cycles of latency.
#ifndef SAMEBITS_KERNELS_SIMD_AVX2_H
#define SAMEBITS_KERNELS_SIMD_AVX2_H

#if !defined(__AVX2__) || !defined(__FMA__)
#error "samebits kernels: compile this instruction set with -mavx2 -mfma"
#endif

#include <immintrin.h>

namespace samebits {
namespace {

constexpr const char* kTableName = "avx2";
constexpr int kPanel = 16;
constexpr int kTileRows = 6;

struct Lanes {
  __m256 low, high;
};
struct Mask {
  __m256 low, high;
};

SAMEBITS_INLINE Lanes zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
SAMEBITS_INLINE Lanes broadcast(float value) {
  const __m256 v = _mm256_set1_ps(value);
  return {v, v};
}

SAMEBITS_INLINE Lanes load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
SAMEBITS_INLINE void store(float* p, Lanes v) {
  _mm256_storeu_ps(p, v.low);
  _mm256_storeu_ps(p + 8, v.high);
}

SAMEBITS_INLINE Mask firstLanes(size_t n) {
  const __m256i count = _mm256_set1_epi32(static_cast<int>(n));
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i upper = _mm256_add_epi32(lane, _mm256_set1_epi32(8));
  return {_mm256_castsi256_ps(_mm256_cmpgt_epi32(count, lane)), _mm256_castsi256_ps(_mm256_cmpgt_epi32(count, upper))};
}
// Masked lanes of a masked move touch no memory: no fault, no data race.
SAMEBITS_INLINE Lanes loadFirst(const float* p, size_t n) {
  const Mask m = firstLanes(n);
  return {_mm256_maskload_ps(p, _mm256_castps_si256(m.low)), _mm256_maskload_ps(p + 8, _mm256_castps_si256(m.high))};
}
SAMEBITS_INLINE void storeFirst(float* p, Lanes v, size_t n) {
  const Mask m = firstLanes(n);
  _mm256_maskstore_ps(p, _mm256_castps_si256(m.low), v.low);
  _mm256_maskstore_ps(p + 8, _mm256_castps_si256(m.high), v.high);
}

SAMEBITS_INLINE Lanes loadBytes(const uint8_t* p) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return {_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes)),
          _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_srli_si128(bytes, 8)))};
}
SAMEBITS_INLINE Lanes loadFirstBytes(const uint8_t* p, size_t n) {
  uint8_t bytes[16] = {};
  for (size_t l = 0; l < n; ++l) bytes[l] = p[l];
  return loadBytes(bytes);
}

SAMEBITS_INLINE Lanes add(Lanes a, Lanes b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
SAMEBITS_INLINE Lanes sub(Lanes a, Lanes b) { return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)}; }
SAMEBITS_INLINE Lanes mul(Lanes a, Lanes b) { return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)}; }
SAMEBITS_INLINE Lanes div(Lanes a, Lanes b) { return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)}; }
SAMEBITS_INLINE Lanes sqrt(Lanes a) { return {_mm256_sqrt_ps(a.low), _mm256_sqrt_ps(a.high)}; }
SAMEBITS_INLINE Lanes fma(Lanes a, Lanes b, Lanes c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
SAMEBITS_INLINE Lanes negate(Lanes a) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_xor_ps(a.low, sign), _mm256_xor_ps(a.high, sign)};
}
SAMEBITS_INLINE Lanes magnitude(Lanes a) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_andnot_ps(sign, a.low), _mm256_andnot_ps(sign, a.high)};
}

SAMEBITS_INLINE Mask lessThan(Lanes a, Lanes b) {
  return {_mm256_cmp_ps(a.low, b.low, _CMP_LT_OQ), _mm256_cmp_ps(a.high, b.high, _CMP_LT_OQ)};
}
SAMEBITS_INLINE Mask lessOrEqual(Lanes a, Lanes b) {
  return {_mm256_cmp_ps(a.low, b.low, _CMP_LE_OQ), _mm256_cmp_ps(a.high, b.high, _CMP_LE_OQ)};
}
SAMEBITS_INLINE Mask equal(Lanes a, Lanes b) {
  return {_mm256_cmp_ps(a.low, b.low, _CMP_EQ_OQ), _mm256_cmp_ps(a.high, b.high, _CMP_EQ_OQ)};
}
SAMEBITS_INLINE Mask isNan(Lanes a) {
  return {_mm256_cmp_ps(a.low, a.low, _CMP_UNORD_Q), _mm256_cmp_ps(a.high, a.high, _CMP_UNORD_Q)};
}
SAMEBITS_INLINE Lanes select(Mask m, Lanes a, Lanes b) {
  return {_mm256_blendv_ps(b.low, a.low, m.low), _mm256_blendv_ps(b.high, a.high, m.high)};
}
SAMEBITS_INLINE bool any(Mask m) { return _mm256_movemask_ps(_mm256_or_ps(m.low, m.high)) != 0; }
SAMEBITS_INLINE uint32_t bitsOf(Mask m) {
  return static_cast<uint32_t>(_mm256_movemask_ps(m.low)) | static_cast<uint32_t>(_mm256_movemask_ps(m.high)) << 8;
}
SAMEBITS_INLINE Mask maskOf(uint32_t bits) {
  const __m256i all = _mm256_set1_epi32(static_cast<int>(bits));
  const __m256i low = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  const __m256i high = _mm256_slli_epi32(low, 8);
  return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(all, low), low)),
          _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(all, high), high))};
}

// Rows r[0 … 7] of 8 floats, transposed by halves, quarters and 128-bit parts.
SAMEBITS_INLINE void transpose8(__m256 r[8]) {
  __m256 pairs[8], quads[8];
  SAMEBITS_UNROLL
  for (int i = 0; i < 4; ++i) {
    pairs[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
    pairs[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
  }
  SAMEBITS_UNROLL
  for (int i = 0; i < 2; ++i) {
    quads[4 * i] = _mm256_shuffle_ps(pairs[4 * i], pairs[4 * i + 2], 0x44);
    quads[4 * i + 1] = _mm256_shuffle_ps(pairs[4 * i], pairs[4 * i + 2], 0xEE);
    quads[4 * i + 2] = _mm256_shuffle_ps(pairs[4 * i + 1], pairs[4 * i + 3], 0x44);
    quads[4 * i + 3] = _mm256_shuffle_ps(pairs[4 * i + 1], pairs[4 * i + 3], 0xEE);
  }
  SAMEBITS_UNROLL
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
    r[i + 4] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
  }
}
SAMEBITS_INLINE void transpose(Lanes v[16]) {
  __m256 topLeft[8], topRight[8], bottomLeft[8], bottomRight[8];
  SAMEBITS_UNROLL
  for (int i = 0; i < 8; ++i) {
    topLeft[i] = v[i].low;
    topRight[i] = v[i].high;
    bottomLeft[i] = v[i + 8].low;
    bottomRight[i] = v[i + 8].high;
  }
  transpose8(topLeft);
  transpose8(topRight);
  transpose8(bottomLeft);
  transpose8(bottomRight);
  SAMEBITS_UNROLL
  for (int i = 0; i < 8; ++i) {
    v[i] = {topLeft[i], bottomLeft[i]};
    v[i + 8] = {topRight[i], bottomRight[i]};
  }
}

SAMEBITS_INLINE void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
SAMEBITS_INLINE void prefetchFar(const void* p) { __builtin_prefetch(p, 0, 2); }
SAMEBITS_INLINE void prefetchToWrite(const void* p) { __builtin_prefetch(p, 1); }

}  // namespace
}  // namespace samebits

#endif
