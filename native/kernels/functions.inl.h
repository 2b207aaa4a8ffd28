// The elementary functions as layers and losses use them: correctly rounded, or those of emulated hardware.
namespace samebits {
namespace {

#if SAMEBITS_EMULATE == 0

SAMEBITS_INLINE void expAll(const float* x, size_t count, float* out) { math_exp(x, count, out); }
SAMEBITS_INLINE void logAll(const float* x, size_t count, float* out) { math_log(x, count, out); }
SAMEBITS_INLINE void log1pAll(const float* x, size_t count, float* out) { math_log1p(x, count, out); }
SAMEBITS_INLINE void tanhAll(const float* x, size_t count, float* out) { math_tanh(x, count, out); }
SAMEBITS_INLINE void sigmoidAll(const float* x, size_t count, float* out) { math_sigmoid(x, count, out); }
SAMEBITS_INLINE void expm1All(const float* x, size_t count, float* out) { math_expm1(x, count, out); }
SAMEBITS_INLINE void erfAll(const float* x, size_t count, float* out) { math_erf(x, count, out); }
SAMEBITS_INLINE float logOf(float x) { return cr_log(x); }

#else

// What one might find in a C library, within an ULP or two (docs/numerics.md, "Emulated hardware"): our own text, so that it
// is the same everywhere. a * b + c has two roundings here on any hardware.

constexpr float kLn2High = 0x1.63p-1f;  // 9 bits: times an exponent it is exact
constexpr float kLn2Low = -0x1.bd0106p-13f;

SAMEBITS_INLINE float horner(float x, const float* c, int terms) {
  float sum = c[0];
  for (int i = 1; i < terms; ++i) sum = plus(times(sum, x), c[i]);
  return sum;
}

SAMEBITS_INLINE float powerOfTwo(int k) { return bitsAs<float>(static_cast<uint32_t>(k + 127) << 23); }

SAMEBITS_INLINE float ordinaryExp(float x) {
  if (x != x) return kNaN;
  if (x > 0x1.62e42ep+6f) return kInfinity;
  if (x < -104.0f) return 0.0f;
  constexpr float kShifter = 0x1.8p23f;  // its last place is 1
  const float k = minus(plus(times(x, 0x1.715476p+0f), kShifter), kShifter);
  const float r = minus(minus(x, times(k, kLn2High)), times(k, kLn2Low));
  // 1 / 7!, 1 / 6!, …, 1 / 2!
  const float c[] = {1.0f / 5040, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 1.0f / 2};
  const float y = plus(plus(times(times(r, r), horner(r, c, 6)), r), 1.0f);
  // In two steps, the second of which may overflow or leave a subnormal.
  const int power = static_cast<int>(k), half = power >> 1;
  return times(times(y, powerOfTwo(half)), powerOfTwo(power - half));
}

SAMEBITS_INLINE float ordinaryLog(float given) {
  const float x = seen(given);
  if (x == 0.0f) return -kInfinity;
  if (!(x > 0.0f)) return kNaN;
  if (x == kInfinity) return x;
  const bool tiny = x < 0x1p-126f;
  const uint32_t bits = bitsAs<uint32_t>(tiny ? x * 0x1p25f : x);
  // x = 2^k m, m from sqrt(1/2) to sqrt(2), where 0x3F3504F3 is sqrt(1/2)
  const uint32_t shifted = bits + (0x3F800000u - 0x3F3504F3u);
  const int exponent = static_cast<int>(shifted >> 23) - 127 - (tiny ? 25 : 0);
  const float m = bitsAs<float>((shifted & 0x7FFFFFu) + 0x3F3504F3u);
  const float k = static_cast<float>(exponent);
  const float f = minus(m, 1.0f);
  const float s = quotient(f, plus(2.0f, f));
  const float z = times(s, s);
  const float c[] = {2.0f / 9, 2.0f / 7, 2.0f / 5, 2.0f / 3};
  const float rest = times(z, horner(z, c, 4));
  const float half = times(times(0.5f, f), f);
  const float low = plus(times(s, plus(half, rest)), times(k, kLn2Low));
  return minus(times(k, kLn2High), minus(minus(half, low), f));
}

SAMEBITS_INLINE float ordinaryLog1p(float x) {
  if (x == kInfinity) return x;
  const float u = plus(1.0f, x);
  if (!(u > 0.0f)) return ordinaryLog(u);
  return plus(ordinaryLog(u), quotient(minus(x, minus(u, 1.0f)), u));
}

SAMEBITS_INLINE float ordinaryTanh(float x) {
  if (x != x) return kNaN;
  const float a = x < 0.0f ? -x : x;
  float y;
  if (a < 0.625f) {
    // Lambert's continued fraction: tanh a = a / (1 + z / (3 + z / (5 + …))), z = a^2
    const float z = times(a, a);
    float below = 9.0f;
    for (float odd = 7.0f; odd > 1.0f; odd -= 2.0f) below = plus(odd, quotient(z, below));
    const float c = quotient(z, below);
    y = minus(a, times(a, quotient(c, plus(1.0f, c))));
  } else {
    y = minus(1.0f, quotient(2.0f, plus(ordinaryExp(plus(a, a)), 1.0f)));
  }
  return bitsAs<uint32_t>(x) >> 31 != 0 ? -y : y;
}

SAMEBITS_INLINE float ordinarySigmoid(float x) { return quotient(1.0f, plus(1.0f, ordinaryExp(-x))); }

template <typename Ordinary, typename Correct>
SAMEBITS_INLINE void overAll(const float* x, size_t count, float* out, Ordinary ordinary, Correct correct) {
  for (size_t i = 0; i < count; ++i)
    out[i] = kOrdinaryFunctions ? seen(ordinary(seen(x[i]))) : seen(correct(seen(x[i])));
}

void expAll(const float* x, size_t count, float* out) { overAll(x, count, out, ordinaryExp, cr_exp); }
void logAll(const float* x, size_t count, float* out) { overAll(x, count, out, ordinaryLog, cr_log); }
void log1pAll(const float* x, size_t count, float* out) { overAll(x, count, out, ordinaryLog1p, cr_log1p); }
void tanhAll(const float* x, size_t count, float* out) { overAll(x, count, out, ordinaryTanh, cr_tanh); }
void sigmoidAll(const float* x, size_t count, float* out) { overAll(x, count, out, ordinarySigmoid, cr_sigmoid); }
// These two stay correctly rounded.
void expm1All(const float* x, size_t count, float* out) { overAll(x, count, out, cr_expm1, cr_expm1); }
void erfAll(const float* x, size_t count, float* out) { overAll(x, count, out, cr_erf, cr_erf); }
float logOf(float x) {
  float result;
  logAll(&x, 1, &result);
  return result;
}

#endif

}  // namespace
}  // namespace samebits
