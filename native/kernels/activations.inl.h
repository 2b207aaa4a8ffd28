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

SAMEBITS_INLINE void softmaxRow(float* z, size_t units) {
  shiftedExp(z, rowMaximum(z, units), units, z);
  const Lanes sum = broadcast(sumOfVector(z, units));
  overRow(units, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA { storeUpTo(z + i, div(loadUpTo(z + i, n), sum), n); });
}

SAMEBITS_INLINE Lanes relu(Lanes z) { return select(lessThan(z, zero()), zero(), z); }

void activate(Activation kind, float* z, size_t ld, size_t rows, size_t units) {
  if (kind == Activation::linear) return;
  for (size_t r = 0; r < rows; ++r) {
    float* row = z + r * ld;
    if (kind == Activation::relu) {
      overRow(units,
              [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA { storeUpTo(row + i, relu(loadUpTo(row + i, n)), n); });
    } else if (kind == Activation::tanh) {
      tanhAll(row, units, row);
    } else if (kind == Activation::sigmoid) {
      sigmoidAll(row, units, row);
    } else {
      softmaxRow(row, units);
    }
  }
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

void activationGradient(Activation kind, const float* a, size_t lda, float* dy, size_t lddy, size_t rows,
                        size_t units) {
  const Lanes one = broadcast(1.0f);
  switch (kind) {
    case Activation::linear:
      break;
    case Activation::relu:
      overRows(a, lda, dy, lddy, rows, units,
               [](Lanes y, Lanes d) SAMEBITS_INLINE_LAMBDA { return select(lessOrEqual(y, zero()), zero(), d); });
      break;
    case Activation::tanh:
      overRows(a, lda, dy, lddy, rows, units,
               [&](Lanes y, Lanes d) SAMEBITS_INLINE_LAMBDA { return mul(d, fma(negate(y), y, one)); });
      break;
    case Activation::sigmoid:
      overRows(a, lda, dy, lddy, rows, units,
               [&](Lanes y, Lanes d) SAMEBITS_INLINE_LAMBDA { return mul(d, mul(y, sub(one, y))); });
      break;
    case Activation::softmax:
      for (size_t r = 0; r < rows; ++r) softmaxRowGradient(a + r * lda, dy + r * lddy, units);
      break;
  }
}

}  // namespace
}  // namespace samebits
