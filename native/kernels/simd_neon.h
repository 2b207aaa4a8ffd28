// 16 lanes in four NEON registers (AArch64). A tile of 6 x 16 takes 24 of 32 registers.
#ifndef SAMEBITS_KERNELS_SIMD_NEON_H
#define SAMEBITS_KERNELS_SIMD_NEON_H

#if !defined(__aarch64__)
#error "samebits kernels: NEON means AArch64 here; 32-bit ARM flushes subnormals"
#endif

#include <arm_neon.h>

namespace samebits {
namespace {

constexpr const char* kTableName = "neon";
constexpr int kPanel = 16;
constexpr int kTileRows = 6;

struct Lanes {
  float32x4_t q[4];
};
struct Mask {
  uint32x4_t q[4];
};

#define SAMEBITS_EACH_QUAD _Pragma("GCC unroll 4") for (int i = 0; i < 4; ++i)

SAMEBITS_INLINE Lanes broadcast(float value) {
  const float32x4_t v = vdupq_n_f32(value);
  return {{v, v, v, v}};
}
SAMEBITS_INLINE Lanes zero() { return broadcast(0.0f); }

SAMEBITS_INLINE Lanes load(const float* p) {
  return {{vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)}};
}
SAMEBITS_INLINE void store(float* p, Lanes v) { SAMEBITS_EACH_QUAD vst1q_f32(p + 4 * i, v.q[i]); }
SAMEBITS_INLINE Lanes loadFirst(const float* p, size_t n) {
  float all[16] = {};
  for (size_t l = 0; l < n; ++l) all[l] = p[l];
  return load(all);
}
SAMEBITS_INLINE void storeFirst(float* p, Lanes v, size_t n) {
  float all[16];
  store(all, v);
  for (size_t l = 0; l < n; ++l) p[l] = all[l];
}
SAMEBITS_INLINE Lanes loadBytes(const uint8_t* p) {
  const uint8x16_t bytes = vld1q_u8(p);
  const uint16x8_t low = vmovl_u8(vget_low_u8(bytes));
  const uint16x8_t high = vmovl_u8(vget_high_u8(bytes));
  return {{vcvtq_f32_u32(vmovl_u16(vget_low_u16(low))), vcvtq_f32_u32(vmovl_u16(vget_high_u16(low))),
           vcvtq_f32_u32(vmovl_u16(vget_low_u16(high))), vcvtq_f32_u32(vmovl_u16(vget_high_u16(high)))}};
}
SAMEBITS_INLINE Lanes loadFirstBytes(const uint8_t* p, size_t n) {
  uint8_t bytes[16] = {};
  for (size_t l = 0; l < n; ++l) bytes[l] = p[l];
  return loadBytes(bytes);
}

SAMEBITS_INLINE Lanes add(Lanes a, Lanes b) {
  SAMEBITS_EACH_QUAD a.q[i] = vaddq_f32(a.q[i], b.q[i]);
  return a;
}
SAMEBITS_INLINE Lanes sub(Lanes a, Lanes b) {
  SAMEBITS_EACH_QUAD a.q[i] = vsubq_f32(a.q[i], b.q[i]);
  return a;
}
SAMEBITS_INLINE Lanes mul(Lanes a, Lanes b) {
  SAMEBITS_EACH_QUAD a.q[i] = vmulq_f32(a.q[i], b.q[i]);
  return a;
}
SAMEBITS_INLINE Lanes div(Lanes a, Lanes b) {
  SAMEBITS_EACH_QUAD a.q[i] = vdivq_f32(a.q[i], b.q[i]);
  return a;
}
SAMEBITS_INLINE Lanes sqrt(Lanes a) {
  SAMEBITS_EACH_QUAD a.q[i] = vsqrtq_f32(a.q[i]);
  return a;
}
SAMEBITS_INLINE Lanes fma(Lanes a, Lanes b, Lanes c) {
  SAMEBITS_EACH_QUAD c.q[i] = vfmaq_f32(c.q[i], a.q[i], b.q[i]);
  return c;
}
SAMEBITS_INLINE Lanes negate(Lanes a) {
  SAMEBITS_EACH_QUAD a.q[i] = vnegq_f32(a.q[i]);
  return a;
}
SAMEBITS_INLINE Lanes magnitude(Lanes a) {
  SAMEBITS_EACH_QUAD a.q[i] = vabsq_f32(a.q[i]);
  return a;
}

SAMEBITS_INLINE Mask lessThan(Lanes a, Lanes b) {
  Mask m;
  SAMEBITS_EACH_QUAD m.q[i] = vcltq_f32(a.q[i], b.q[i]);
  return m;
}
SAMEBITS_INLINE Mask lessOrEqual(Lanes a, Lanes b) {
  Mask m;
  SAMEBITS_EACH_QUAD m.q[i] = vcleq_f32(a.q[i], b.q[i]);
  return m;
}
SAMEBITS_INLINE Mask equal(Lanes a, Lanes b) {
  Mask m;
  SAMEBITS_EACH_QUAD m.q[i] = vceqq_f32(a.q[i], b.q[i]);
  return m;
}
SAMEBITS_INLINE Mask isNan(Lanes a) {
  Mask m;
  SAMEBITS_EACH_QUAD m.q[i] = vmvnq_u32(vceqq_f32(a.q[i], a.q[i]));
  return m;
}
SAMEBITS_INLINE Mask firstLanes(size_t n) {
  const uint32_t start[4] = {0, 1, 2, 3};
  const uint32x4_t lane = vld1q_u32(start);
  Mask m;
  SAMEBITS_EACH_QUAD {
    m.q[i] =
        vcltq_u32(vaddq_u32(lane, vdupq_n_u32(static_cast<uint32_t>(4 * i))), vdupq_n_u32(static_cast<uint32_t>(n)));
  }
  return m;
}
SAMEBITS_INLINE Lanes select(Mask m, Lanes a, Lanes b) {
  SAMEBITS_EACH_QUAD a.q[i] = vbslq_f32(m.q[i], a.q[i], b.q[i]);
  return a;
}
SAMEBITS_INLINE bool any(Mask m) {
  return vmaxvq_u32(vorrq_u32(vorrq_u32(m.q[0], m.q[1]), vorrq_u32(m.q[2], m.q[3]))) != 0;
}
SAMEBITS_INLINE uint32_t bitsOf(Mask m) {
  const uint32_t ones[4] = {1, 2, 4, 8};
  const uint32x4_t bit = vld1q_u32(ones);
  uint32_t bits = 0;
  SAMEBITS_EACH_QUAD bits |= vaddvq_u32(vandq_u32(m.q[i], bit)) << (4 * i);
  return bits;
}
SAMEBITS_INLINE Mask maskOf(uint32_t bits) {
  const uint32_t ones[4] = {1, 2, 4, 8};
  const uint32x4_t bit = vld1q_u32(ones);
  Mask m;
  SAMEBITS_EACH_QUAD m.q[i] = vtstq_u32(vdupq_n_u32(bits >> (4 * i)), bit);
  return m;
}

// The 4 x 4 block of quad `column` of rows v[row] … v[row + 3], as four columns.
SAMEBITS_INLINE void transposeBlock(const Lanes* v, int row, int column, float32x4_t out[4]) {
  const float32x4x2_t top = vtrnq_f32(v[row].q[column], v[row + 1].q[column]);
  const float32x4x2_t bottom = vtrnq_f32(v[row + 2].q[column], v[row + 3].q[column]);
  out[0] = vcombine_f32(vget_low_f32(top.val[0]), vget_low_f32(bottom.val[0]));
  out[1] = vcombine_f32(vget_low_f32(top.val[1]), vget_low_f32(bottom.val[1]));
  out[2] = vcombine_f32(vget_high_f32(top.val[0]), vget_high_f32(bottom.val[0]));
  out[3] = vcombine_f32(vget_high_f32(top.val[1]), vget_high_f32(bottom.val[1]));
}
SAMEBITS_INLINE void transpose(Lanes v[16]) {
  SAMEBITS_UNROLL
  for (int r = 0; r < 4; ++r) {
    SAMEBITS_UNROLL
    for (int c = 0; c <= r; ++c) {
      float32x4_t lower[4], upper[4];
      transposeBlock(v, 4 * r, c, lower);
      transposeBlock(v, 4 * c, r, upper);
      SAMEBITS_EACH_QUAD {
        v[4 * c + i].q[r] = lower[i];
        v[4 * r + i].q[c] = upper[i];
      }
    }
  }
}

#undef SAMEBITS_EACH_QUAD

SAMEBITS_INLINE void prefetch(const void* p) { __builtin_prefetch(p); }
SAMEBITS_INLINE void prefetchFar(const void* p) { __builtin_prefetch(p, 0, 2); }
SAMEBITS_INLINE void prefetchToWrite(const void* p) { __builtin_prefetch(p, 1); }

}  // namespace
}  // namespace samebits

#endif
