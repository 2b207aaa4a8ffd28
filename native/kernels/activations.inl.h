// Activations of rows and their gradients (docs/numerics.md, "Activations"). Only columns 0 … units-1 are written.
namespace samebits {
namespace {

// Runs step(i, count) over `units` elements, 16 at a time, the last time perhaps fewer.
template <typename Step>
SAMEBITS_INLINE void overRow(size_t units, Step step) {
  size_t i = 0;
  for (; i + 16 <= units; i += 16) step(i, 16);
  if (i < units) step(i, units - i);
}

// m = m < z ? z : m over the row in order, from -infinity. Lanes find the value; only among zeros does the order show
// (the first one's sign), so there the row is looked through again.
SAMEBITS_INLINE float rowMaximum(const float* z, size_t units) {
  Lanes most = broadcast(-__builtin_inff());
  overRow(units, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
    const Lanes value = n == 16 ? load(z + i) : select(firstLanes(n), loadFirst(z + i, n), most);
    most = select(lessThan(most, value), value, most);
  });
  float at[16];
  store(at, most);
  float maximum = at[0];
  for (int l = 1; l < 16; ++l) maximum = maximum < at[l] ? at[l] : maximum;
  if (maximum == 0.0f) {
    size_t i = 0;
    while (z[i] != 0.0f) ++i;
    maximum = z[i];
  }
  return maximum;
}

// out[j] = exp(z[j] - maximum); out may be z.
SAMEBITS_INLINE void shiftedExp(const float* z, float maximum, size_t count, float* out) {
  const Lanes m = broadcast(maximum);
  overRow(count, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA { storeUpTo(out + i, sub(loadUpTo(z + i, n), m), n); });
  expAll(out, count, out);
}

SAMEBITS_INLINE float sumOfVector(const float* values, size_t count) {
  return sumVector(count,
                   [&](size_t begin, size_t n) SAMEBITS_INLINE_LAMBDA { return sumLanes(zero(), values + begin, n); });
}

SAMEBITS_INLINE void softmaxRow(const float* z, size_t units, float* a) {
  shiftedExp(z, rowMaximum(z, units), units, a);
  const Lanes sum = broadcast(sumOfVector(a, units));
  overRow(units, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA { storeUpTo(a + i, div(loadUpTo(a + i, n), sum), n); });
}

SAMEBITS_INLINE Lanes relu(Lanes z) { return select(lessThan(z, zero()), zero(), z); }

// Klambauer and others, "Self-Normalizing Neural Networks", 2017.
constexpr float kSeluScale = static_cast<float>(1.0507009873554805);
constexpr float kSeluAlpha = static_cast<float>(1.0507009873554805 * 1.6732632423543772);
constexpr float kRootOfHalf = static_cast<float>(0.7071067811865476);  // 1 / sqrt(2)
constexpr float kNormalPeak = static_cast<float>(0.3989422804014327);  // 1 / sqrt(2 pi)
constexpr float kSixth = static_cast<float>(1.0 / 6.0);

// to[j] = step(from[j]).
template <typename Step>
SAMEBITS_INLINE void mapRow(const float* from, size_t count, float* to, Step step) {
  overRow(count, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA { storeUpTo(to + i, step(loadUpTo(from + i, n)), n); });
}
// to[j] = step(a[j], b[j]).
template <typename Step>
SAMEBITS_INLINE void mapRows(const float* a, const float* b, size_t count, float* to, Step step) {
  overRow(count, [&](size_t i, size_t n)
                     SAMEBITS_INLINE_LAMBDA { storeUpTo(to + i, step(loadUpTo(a + i, n), loadUpTo(b + i, n)), n); });
}

// Up to kFeatureLeaf elements of what is computed from elementary functions; a may be z.
void activatePiece(Activation kind, float alpha, const float* z, size_t count, float* a) {
  const Lanes one = broadcast(1.0f);
  float f[kFeatureLeaf] = {};  // GCC does not see at -O1 that it is written before it is read
  if (kind == Activation::elu || kind == Activation::selu) {
    const Lanes below = broadcast(kind == Activation::elu ? alpha : kSeluAlpha);
    const Lanes above = broadcast(kSeluScale);
    const bool scaled = kind == Activation::selu;
    expm1All(z, count, f);
    mapRows(z, f, count, a, [&](Lanes x, Lanes e) SAMEBITS_INLINE_LAMBDA {
      return select(lessThan(x, zero()), mul(below, e), scaled ? mul(above, x) : x);
    });
  } else if (kind == Activation::gelu) {
    const Lanes half = broadcast(0.5f), root = broadcast(kRootOfHalf);
    mapRow(z, count, f, [&](Lanes x) SAMEBITS_INLINE_LAMBDA { return mul(x, root); });
    erfAll(f, count, f);
    mapRows(z, f, count, a, [&](Lanes x, Lanes e) SAMEBITS_INLINE_LAMBDA { return mul(mul(half, x), add(one, e)); });
  } else if (kind == Activation::silu) {
    sigmoidAll(z, count, f);
    mapRows(z, f, count, a, [](Lanes x, Lanes s) SAMEBITS_INLINE_LAMBDA { return mul(x, s); });
  } else {
    mapRow(z, count, f, [](Lanes x) SAMEBITS_INLINE_LAMBDA { return negate(magnitude(x)); });
    expAll(f, count, f);
    log1pAll(f, count, f);
    mapRows(z, f, count, a, [](Lanes x, Lanes l) SAMEBITS_INLINE_LAMBDA { return add(relu(x), l); });
  }
}

void activateRow(Activation kind, float alpha, const float* z, size_t units, float* a) {
  const Lanes one = broadcast(1.0f);
  switch (kind) {
    case Activation::linear:
      if (a != z) mapRow(z, units, a, [](Lanes x) SAMEBITS_INLINE_LAMBDA { return x; });
      break;
    case Activation::relu:
      mapRow(z, units, a, [](Lanes x) SAMEBITS_INLINE_LAMBDA { return relu(x); });
      break;
    case Activation::tanh:
      tanhAll(z, units, a);
      break;
    case Activation::sigmoid:
      sigmoidAll(z, units, a);
      break;
    case Activation::softmax:
      softmaxRow(z, units, a);
      break;
    case Activation::leakyRelu: {
      const Lanes slope = broadcast(alpha);
      mapRow(z, units, a,
             [&](Lanes x) SAMEBITS_INLINE_LAMBDA { return select(lessThan(x, zero()), mul(slope, x), x); });
      break;
    }
    case Activation::softsign:
      mapRow(z, units, a, [&](Lanes x) SAMEBITS_INLINE_LAMBDA { return div(x, add(one, magnitude(x))); });
      break;
    case Activation::hardSigmoid: {
      const Lanes sixth = broadcast(kSixth), half = broadcast(0.5f);
      mapRow(z, units, a, [&](Lanes x) SAMEBITS_INLINE_LAMBDA {
        const Lanes r = relu(fma(x, sixth, half));
        return select(lessThan(one, r), one, r);
      });
      break;
    }
    case Activation::elu:
    case Activation::selu:
    case Activation::gelu:
    case Activation::silu:
    case Activation::softplus:
      for (size_t begin = 0; begin < units; begin += kFeatureLeaf) {
        activatePiece(kind, alpha, z + begin, smaller(kFeatureLeaf, units - begin), a + begin);
      }
      break;
  }
}

void activate(Activation kind, float alpha, const float* z, size_t ldz, size_t rows, size_t units, float* a,
              size_t lda) {
  for (size_t r = 0; r < rows; ++r) activateRow(kind, alpha, z + r * ldz, units, a + r * lda);
}

// gradient(a, dy) for each element of each row.
template <typename Gradient>
SAMEBITS_INLINE void overRows(const float* a, size_t lda, float* dy, size_t lddy, size_t rows, size_t units,
                              Gradient gradient) {
  for (size_t r = 0; r < rows; ++r) {
    const float* outputs = a + r * lda;
    float* gradients = dy + r * lddy;
    overRow(units, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      storeUpTo(gradients + i, gradient(loadUpTo(outputs + i, n), loadUpTo(gradients + i, n)), n);
    });
  }
}

SAMEBITS_INLINE void softmaxRowGradient(const float* a, float* dy, size_t units) {
  const Lanes dot = broadcast(sumVector(units, [&](size_t begin, size_t n) SAMEBITS_INLINE_LAMBDA {
    return dotLanes(zero(), dy + begin, a + begin, n);
  }));
  overRow(units, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
    storeUpTo(dy + i, mul(loadUpTo(a + i, n), sub(loadUpTo(dy + i, n), dot)), n);
  });
}

// Up to kFeatureLeaf elements of the gradients that take elementary functions.
void gradientPiece(Activation kind, const float* from, float* dy, size_t count) {
  const Lanes one = broadcast(1.0f), half = broadcast(0.5f);
  float f[kFeatureLeaf] = {};  // as in activatePiece
  if (kind == Activation::softplus) {
    mapRow(from, count, f, [](Lanes a) SAMEBITS_INLINE_LAMBDA { return negate(a); });
    expm1All(f, count, f);
  } else if (kind == Activation::silu) {
    sigmoidAll(from, count, f);
    mapRows(from, f, count, f,
            [&](Lanes z, Lanes s) SAMEBITS_INLINE_LAMBDA { return mul(s, fma(z, sub(one, s), one)); });
  } else {
    const Lanes root = broadcast(kRootOfHalf), peak = broadcast(kNormalPeak);
    float normal[kFeatureLeaf] = {};
    mapRow(from, count, normal, [&](Lanes z) SAMEBITS_INLINE_LAMBDA { return negate(mul(mul(half, z), z)); });
    expAll(normal, count, normal);
    mapRow(from, count, f, [&](Lanes z) SAMEBITS_INLINE_LAMBDA { return mul(z, root); });
    erfAll(f, count, f);
    mapRow(f, count, f, [&](Lanes e) SAMEBITS_INLINE_LAMBDA { return mul(half, add(one, e)); });
    mapRow(normal, count, normal, [&](Lanes e) SAMEBITS_INLINE_LAMBDA { return mul(peak, e); });
    overRow(count, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      storeUpTo(f + i, fma(loadUpTo(from + i, n), loadUpTo(normal + i, n), loadUpTo(f + i, n)), n);
    });
  }
  const bool negated = kind == Activation::softplus;
  mapRows(dy, f, count, dy, [&](Lanes d, Lanes s) SAMEBITS_INLINE_LAMBDA { return mul(d, negated ? negate(s) : s); });
}

void activationGradient(Activation kind, float alpha, const float* from, size_t ldf, float* dy, size_t lddy,
                        size_t rows, size_t units) {
  const Lanes one = broadcast(1.0f), slope = broadcast(alpha), scale = broadcast(kSeluScale);
  const Lanes seluAlpha = broadcast(kSeluAlpha), sixth = broadcast(kSixth);
  switch (kind) {
    case Activation::linear:
      break;
    case Activation::relu:
      overRows(from, ldf, dy, lddy, rows, units,
               [](Lanes a, Lanes d) SAMEBITS_INLINE_LAMBDA { return select(lessOrEqual(a, zero()), zero(), d); });
      break;
    case Activation::tanh:
      overRows(from, ldf, dy, lddy, rows, units,
               [&](Lanes a, Lanes d) SAMEBITS_INLINE_LAMBDA { return mul(d, fma(negate(a), a, one)); });
      break;
    case Activation::sigmoid:
      overRows(from, ldf, dy, lddy, rows, units,
               [&](Lanes a, Lanes d) SAMEBITS_INLINE_LAMBDA { return mul(d, mul(a, sub(one, a))); });
      break;
    case Activation::softmax:
      for (size_t r = 0; r < rows; ++r) softmaxRowGradient(from + r * ldf, dy + r * lddy, units);
      break;
    case Activation::leakyRelu:
      overRows(from, ldf, dy, lddy, rows, units,
               [&](Lanes a, Lanes d) SAMEBITS_INLINE_LAMBDA { return select(lessThan(a, zero()), mul(d, slope), d); });
      break;
    case Activation::elu:
      overRows(from, ldf, dy, lddy, rows, units, [&](Lanes a, Lanes d) SAMEBITS_INLINE_LAMBDA {
        return select(lessThan(a, zero()), mul(d, add(a, slope)), d);
      });
      break;
    case Activation::selu:
      overRows(from, ldf, dy, lddy, rows, units, [&](Lanes a, Lanes d) SAMEBITS_INLINE_LAMBDA {
        return mul(d, select(lessThan(a, zero()), add(a, seluAlpha), scale));
      });
      break;
    case Activation::softsign:
      overRows(from, ldf, dy, lddy, rows, units, [&](Lanes a, Lanes d) SAMEBITS_INLINE_LAMBDA {
        const Lanes rest = sub(one, magnitude(a));
        return mul(d, mul(rest, rest));
      });
      break;
    case Activation::hardSigmoid:
      overRows(from, ldf, dy, lddy, rows, units, [&](Lanes a, Lanes d) SAMEBITS_INLINE_LAMBDA {
        const Lanes rising = select(lessOrEqual(a, zero()), zero(), mul(d, sixth));
        return select(lessOrEqual(one, a), zero(), rising);
      });
      break;
    case Activation::gelu:
    case Activation::silu:
    case Activation::softplus:
      for (size_t r = 0; r < rows; ++r) {
        for (size_t begin = 0; begin < units; begin += kFeatureLeaf) {
          const size_t count = smaller(kFeatureLeaf, units - begin);
          gradientPiece(kind, from + r * ldf + begin, dy + r * lddy + begin, count);
        }
      }
      break;
  }
}

}  // namespace
}  // namespace samebits
