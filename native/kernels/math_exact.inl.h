// The elementary functions for the few inputs that the quick path leaves open: about 100 correct bits in
// double-double, then one rounding. About a microsecond each. Only + - * / and comparisons: the same on every
// instruction set. Must be compiled with -ffp-contract=off, to nearest, without flush-to-zero.
//
// Included by math.inl.h inside its namespace. `exact…` expects what its comment says; NaN has been dealt with.

// hi + lo, |lo| <= ulp(hi) / 2.
struct Pair {
  double hi;
  double lo;
};

// Dekker's and Knuth's error-free transformations; no overflow here: all magnitudes stay below 2^160.
static inline Pair twoSum(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}
static inline Pair quickTwoSum(double big, double small) {
  const double sum = big + small;
  return {sum, small - (sum - big)};
}
static inline Pair twoProduct(double a, double b) {
  constexpr double splitter = 0x1p27 + 1;
  const double aBig = splitter * a, bBig = splitter * b;
  const double aHigh = aBig - (aBig - a), bHigh = bBig - (bBig - b);
  const double aLow = a - aHigh, bLow = b - bHigh;
  const double product = a * b;
  return {product, ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow};
}

// Relative error of each at most 2^-101 (of add: also under cancellation).
static inline Pair add(Pair a, Pair b) {
  const Pair high = twoSum(a.hi, b.hi), low = twoSum(a.lo, b.lo);
  const Pair sum = quickTwoSum(high.hi, high.lo + low.hi);
  return quickTwoSum(sum.hi, sum.lo + low.lo);
}
static inline Pair multiply(Pair a, Pair b) {
  const Pair product = twoProduct(a.hi, b.hi);
  return quickTwoSum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}
static inline Pair negate(Pair a) { return {-a.hi, -a.lo}; }
static inline Pair divide(Pair a, Pair b) {
  const double first = a.hi / b.hi;
  const Pair rest = add(a, negate(multiply(b, {first, 0})));
  const double second = rest.hi / b.hi;
  const Pair left = add(rest, negate(multiply(b, {second, 0})));
  return add(quickTwoSum(first, second), {left.hi / b.hi, 0});
}
static inline Pair scale(Pair a, double power) { return {a.hi * power, a.lo * power}; }

// The binary32 nearest to hi + lo. Rounding to odd in binary64 first keeps the second rounding right, subnormals too.
static inline float roundOnce(Pair a) {
  uint64_t bits;
  __builtin_memcpy(&bits, &a.hi, sizeof bits);
  if (a.lo != 0 && (bits & 1) == 0) bits += (a.lo > 0) == (a.hi > 0) ? 1 : ~uint64_t(0);
  double odd;
  __builtin_memcpy(&odd, &bits, sizeof odd);
  return float(odd);
}

// ln 2 in three parts: the first has 42 bits, so that its product with |k| < 2^11 is exact.
constexpr double kLn2Parts[3] = {0x1.62e42fefa3800p-1, 0x1.ef35793c76730p-45, 0x1.f97b57a079a19p-103};
constexpr Pair kPi = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
constexpr Pair kTwoOverRootPi = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56};

static inline Pair timesLn2(double k) {
  return add({k * kLn2Parts[0], 0}, add(twoProduct(k, kLn2Parts[1]), {k * kLn2Parts[2], 0}));
}

// e^x = 2^k (1 + fraction), |x| < 128.
struct Exponential {
  double power;  // 2^k
  Pair fraction;
};
static Exponential exponential(double x) {
  const double k = (x * 0x1.71547652b82fep+0 + 0x1.8p52) - 0x1.8p52;
  const Pair r = add({x, 0}, negate(timesLn2(k)));
  // 1 + r/2 (1 + r/3 (1 + …)): |r| <= 0.347, and 0.347^26 / 27! < 2^-130.
  Pair sum = {1, 0};
  for (double n = 26; n >= 2; n -= 1) sum = add({1, 0}, divide(multiply(r, sum), {n, 0}));
  const uint64_t bits = uint64_t(int64_t(k) + 1023) << 52;
  double power;
  __builtin_memcpy(&power, &bits, sizeof power);
  return {power, multiply(r, sum)};
}
static Pair pairExp(double x) {
  const Exponential e = exponential(x);
  return scale(add({1, 0}, e.fraction), e.power);
}
static Pair pairExpm1(double x) {
  const Exponential e = exponential(x);
  if (e.power == 1) return e.fraction;  // k = 0: 1 - 1 would cost the relative accuracy near 0
  return add(add({e.power, 0}, scale(e.fraction, e.power)), {-1, 0});
}

// ln(1 + f) = 2 atanh(s), s = f / (2 + f): 1 + f from sqrt(1/2) to sqrt(2), so s^2 < 0.0295, and 0.0295^22 < 2^-111.
static Pair pairLogNearOne(Pair f) {
  const Pair s = divide(f, add({2, 0}, f));
  const Pair z = multiply(s, s);
  Pair sum = {0, 0};
  for (double n = 43; n >= 1; n -= 2) sum = add(divide({1, 0}, {n, 0}), multiply(z, sum));
  return scale(multiply(s, sum), 2);
}
// ln(u) for u > 0; `minusOne` is u - 1, which near u = 1 may be known better than u itself.
static Pair pairLog(Pair u, Pair minusOne) {
  uint64_t bits;
  __builtin_memcpy(&bits, &u.hi, sizeof bits);
  const int64_t k = int64_t((bits + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu)) >> 52) - 1023;
  if (k == 0) return pairLogNearOne(minusOne);
  const uint64_t inverseBits = uint64_t(1023 - k) << 52;
  double inverse;
  __builtin_memcpy(&inverse, &inverseBits, sizeof inverse);
  return add(timesLn2(double(k)), pairLogNearOne(add(scale(u, inverse), {-1, 0})));
}

// sin(pi u), |u| <= 1/2, u not 0: (pi / 2)^36 / 37! < 2^-119.
static Pair pairSinpi(Pair u) {
  const Pair a = multiply(kPi, u);
  const Pair z = negate(multiply(a, a));
  Pair sum = {1, 0};
  for (double n = 36; n >= 2; n -= 2) sum = add({1, 0}, divide(multiply(z, sum), {n * (n + 1), 0}));
  return multiply(a, sum);
}

// |x| <= 104 (at least where e^x is neither 0 nor infinite as a float).
static float exactExp(float x) { return roundOnce(pairExp(x)); }
static float exactExpm1(float x) { return roundOnce(pairExpm1(x)); }
static float exactTanh(float x) {
  const Pair e = pairExpm1(2 * double(x));
  return roundOnce(divide(e, add(e, {2, 0})));
}
static float exactSigmoid(float x) { return roundOnce(divide({1, 0}, add({1, 0}, pairExp(-double(x))))); }

// x > 0 and finite.
static float exactLog(float x) { return roundOnce(pairLog({x, 0}, twoSum(x, -1))); }
// x > -1 and finite, not 0.
static float exactLog1p(float x) { return roundOnce(pairLog(twoSum(x, 1), {x, 0})); }

// 0 < |u| <= 1/2.
static float exactSinpi(Pair u) { return roundOnce(pairSinpi(u)); }

// |x| < 4: 2 x e^(-x^2) / sqrt(pi) * (1 + 2x^2/3 (1 + 2x^2/5 (1 + …))), where no term is negative;
// 32^128 / (3 · 5 · … · 257) < 2^-200.
static float exactErf(float x) {
  const double square = double(x) * double(x);  // 48 bits: exact
  Pair sum = {1, 0};
  for (double n = 257; n >= 3; n -= 2) sum = add({1, 0}, divide(multiply({2 * square, 0}, sum), {n, 0}));
  return roundOnce(multiply(multiply(kTwoOverRootPi, {x, 0}), multiply(pairExp(-square), sum)));
}
