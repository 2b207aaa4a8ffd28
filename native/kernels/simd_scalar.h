// 16 lanes without vector instructions of our own (the compiler may find some), and an exact fma in software, so
// that a CPU without FMA computes the same bits. Never the C library's fma: some of those are wrong.
#ifndef SAMEBITS_KERNELS_SIMD_SCALAR_H
#define SAMEBITS_KERNELS_SIMD_SCALAR_H

namespace samebits {
namespace {

constexpr const char* kTableName = SAMEBITS_EMULATE == 0 ? "scalar" : "emulated";
constexpr int kPanel = 16;
constexpr int kTileRows = SAMEBITS_EMULATE == 0 ? 4 : 2;  // small where speed is nothing: there are seven of them

struct Lanes {
  float at[16];
};
struct Mask {
  uint32_t at[16];  // all ones or zero
};

// a * b + c with one rounding. The product of two binary32 is exact in binary64. TwoSum gives the rounded sum and its
// error; if there is one, the sum is moved to its neighbor with an odd last bit ("round to odd"), which cannot round
// wrongly when 53 bits become 24. Branchless, so that the loop over lanes can become vectors. The sum of an infinite
// or NaN term has a NaN error, which compares false and leaves it alone.
SAMEBITS_INLINE float softwareFma(float a, float b, float c) {
  const double product = static_cast<double>(a) * static_cast<double>(b);
  const double addend = static_cast<double>(c);
  const double sum = product + addend;
  const double back = sum - product;
  const double error = (product - (sum - back)) + (addend - back);
  const uint64_t bits = bitsAs<uint64_t>(sum);
  const uint64_t even = ~bits & 1;
  const uint64_t inexact = static_cast<uint64_t>(error > 0.0) | static_cast<uint64_t>(error < 0.0);
  const uint64_t inward = (bitsAs<uint64_t>(error) ^ bits) >> 63;  // the error points toward zero
  const uint64_t step = (even & inexact) * (1 - 2 * inward);
  return static_cast<float>(bitsAs<double>(bits + step));
}

#define SAMEBITS_EACH_LANE for (int l = 0; l < 16; ++l)

SAMEBITS_INLINE Lanes broadcast(float value) {
  Lanes r;
  SAMEBITS_EACH_LANE r.at[l] = value;
  return r;
}
SAMEBITS_INLINE Lanes zero() { return broadcast(0.0f); }

SAMEBITS_INLINE Lanes load(const float* p) {
  Lanes r;
  memcpy(r.at, p, sizeof r.at);
  return r;
}
SAMEBITS_INLINE void store(float* p, Lanes v) { memcpy(p, v.at, sizeof v.at); }
SAMEBITS_INLINE Lanes loadFirst(const float* p, size_t n) {
  Lanes r = zero();
  for (size_t l = 0; l < n; ++l) r.at[l] = p[l];
  return r;
}
SAMEBITS_INLINE void storeFirst(float* p, Lanes v, size_t n) {
  for (size_t l = 0; l < n; ++l) p[l] = v.at[l];
}
SAMEBITS_INLINE Lanes loadFirstBytes(const uint8_t* p, size_t n) {
  Lanes r = zero();
  for (size_t l = 0; l < n; ++l) r.at[l] = static_cast<float>(p[l]);
  return r;
}
SAMEBITS_INLINE Lanes loadBytes(const uint8_t* p) {
  Lanes r;
  SAMEBITS_EACH_LANE r.at[l] = static_cast<float>(p[l]);
  return r;
}

SAMEBITS_INLINE Lanes add(Lanes a, Lanes b) {
  SAMEBITS_EACH_LANE a.at[l] = plus(a.at[l], b.at[l]);
  return a;
}
SAMEBITS_INLINE Lanes sub(Lanes a, Lanes b) {
  SAMEBITS_EACH_LANE a.at[l] = minus(a.at[l], b.at[l]);
  return a;
}
SAMEBITS_INLINE Lanes mul(Lanes a, Lanes b) {
  SAMEBITS_EACH_LANE a.at[l] = times(a.at[l], b.at[l]);
  return a;
}
SAMEBITS_INLINE Lanes div(Lanes a, Lanes b) {
  SAMEBITS_EACH_LANE a.at[l] = quotient(a.at[l], b.at[l]);
  return a;
}
// With -fno-math-errno the builtin is the instruction: correctly rounded by IEEE 754.
SAMEBITS_INLINE Lanes sqrt(Lanes a) {
  SAMEBITS_EACH_LANE a.at[l] = __builtin_sqrtf(seen(a.at[l]));
  return a;
}
SAMEBITS_INLINE Lanes fma(Lanes a, Lanes b, Lanes c) {
  SAMEBITS_EACH_LANE {
    c.at[l] = kFuses ? seen(softwareFma(seen(a.at[l]), seen(b.at[l]), seen(c.at[l])))
                     : plus(times(a.at[l], b.at[l]), c.at[l]);
  }
  return c;
}
SAMEBITS_INLINE Lanes negate(Lanes a) {
  SAMEBITS_EACH_LANE a.at[l] = -a.at[l];
  return a;
}
SAMEBITS_INLINE Lanes magnitude(Lanes a) {
  SAMEBITS_EACH_LANE a.at[l] = bitsAs<float>(bitsAs<uint32_t>(a.at[l]) & 0x7FFFFFFFu);
  return a;
}

SAMEBITS_INLINE Mask lessThan(Lanes a, Lanes b) {
  Mask m;
  SAMEBITS_EACH_LANE m.at[l] = seen(a.at[l]) < seen(b.at[l]) ? ~0u : 0u;
  return m;
}
SAMEBITS_INLINE Mask lessOrEqual(Lanes a, Lanes b) {
  Mask m;
  SAMEBITS_EACH_LANE m.at[l] = seen(a.at[l]) <= seen(b.at[l]) ? ~0u : 0u;
  return m;
}
SAMEBITS_INLINE Mask equal(Lanes a, Lanes b) {
  Mask m;
  SAMEBITS_EACH_LANE m.at[l] = seen(a.at[l]) == seen(b.at[l]) ? ~0u : 0u;
  return m;
}
SAMEBITS_INLINE Mask isNan(Lanes a) {
  Mask m;
  SAMEBITS_EACH_LANE m.at[l] = a.at[l] != a.at[l] ? ~0u : 0u;
  return m;
}
SAMEBITS_INLINE Mask firstLanes(size_t n) {
  Mask m;
  SAMEBITS_EACH_LANE m.at[l] = static_cast<size_t>(l) < n ? ~0u : 0u;
  return m;
}
SAMEBITS_INLINE Lanes select(Mask m, Lanes a, Lanes b) {
  SAMEBITS_EACH_LANE {
    a.at[l] = bitsAs<float>((bitsAs<uint32_t>(a.at[l]) & m.at[l]) | (bitsAs<uint32_t>(b.at[l]) & ~m.at[l]));
  }
  return a;
}
SAMEBITS_INLINE bool any(Mask m) {
  uint32_t some = 0;
  SAMEBITS_EACH_LANE some |= m.at[l];
  return some != 0;
}
SAMEBITS_INLINE uint32_t bitsOf(Mask m) {
  uint32_t bits = 0;
  SAMEBITS_EACH_LANE bits |= (m.at[l] & 1u) << l;
  return bits;
}
SAMEBITS_INLINE Mask maskOf(uint32_t bits) {
  Mask m;
  SAMEBITS_EACH_LANE m.at[l] = 0u - ((bits >> l) & 1u);
  return m;
}

SAMEBITS_INLINE void transpose(Lanes v[16]) {
  for (int r = 0; r < 16; ++r) {
    for (int c = 0; c < r; ++c) {
      const float upper = v[c].at[r];
      v[c].at[r] = v[r].at[c];
      v[r].at[c] = upper;
    }
  }
}

#undef SAMEBITS_EACH_LANE

SAMEBITS_INLINE void prefetch(const void* p) { __builtin_prefetch(p); }
SAMEBITS_INLINE void prefetchFar(const void* p) { __builtin_prefetch(p, 0, 2); }
SAMEBITS_INLINE void prefetchToWrite(const void* p) { __builtin_prefetch(p, 1); }

}  // namespace
}  // namespace samebits

#endif
