// Layer normalization (docs/numerics.md, "Layer normalization"), row by row.
namespace samebits {
namespace {

// V over terms: step(sum, i, count) continues the chains of all lanes with elements i … i + count - 1.
template <typename Step>
SAMEBITS_INLINE float sumOfTerms(size_t units, Step step) {
  return sumVector(units, [&](size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    return continueLanes(zero(), count,
                         [&](Lanes sum, size_t i, size_t n) SAMEBITS_INLINE_LAMBDA { return step(sum, begin + i, n); });
  });
}

void layerNormalization(const LayerNormalization* what, const float* x, size_t ldx, size_t rows, size_t units,
                        float* normalized, size_t ldn, float* inverses, float* y, size_t ldy) {
  const LayerNormalization own = *what;
  const Lanes scale = broadcast(own.scale);
  for (size_t r = 0; r < rows; ++r) {
    const float* const from = x + r * ldx;
    float* const to = y + r * ldy;
    float* const kept = normalized == nullptr ? nullptr : normalized + r * ldn;
    const Lanes mean = mul(broadcast(sumOfVector(from, units)), scale);
    const float squares = sumOfTerms(units, [&](Lanes sum, size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes away = sub(loadUpTo(from + i, n), mean);
      return fma(away, away, sum);
    });
    const Lanes inverse = inverseOf(mul(broadcast(squares), scale), own.epsilon);
    if (kept != nullptr) storeFirst(inverses + r, inverse, 1);
    overRow(units, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes h = mul(sub(loadUpTo(from + i, n), mean), inverse);
      if (kept != nullptr) storeUpTo(kept + i, h, n);
      storeUpTo(to + i, scaledAndShifted(h, own.gamma, own.beta, i), n);
    });
  }
}

void layerNormalizationGradient(const LayerNormalization* what, const float* normalized, size_t ldn,
                                const float* inverses, const float* dy, size_t lddy, size_t rows, size_t units,
                                float* dx, size_t lddx) {
  const LayerNormalization own = *what;
  const Lanes scale = broadcast(own.scale);
  for (size_t r = 0; r < rows; ++r) {
    const float* const h = normalized + r * ldn;
    const float* const d = dy + r * lddy;
    float* const to = dx + r * lddx;
    const auto gradient = [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes given = loadUpTo(d + i, n);
      return own.gamma == nullptr ? given : mul(load(own.gamma + i), given);
    };
    const float plain = sumOfTerms(
        units, [&](Lanes sum, size_t i, size_t n) SAMEBITS_INLINE_LAMBDA { return add(sum, gradient(i, n)); });
    const float products = sumOfTerms(units, [&](Lanes sum, size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      return fma(loadUpTo(h + i, n), gradient(i, n), sum);
    });
    const Lanes shift = mul(broadcast(plain), scale), slope = mul(broadcast(products), scale);
    const Lanes inverse = broadcast(inverses[r]);
    overRow(units, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes centered = sub(gradient(i, n), shift);
      storeUpTo(to + i, mul(inverse, fma(negate(loadUpTo(h + i, n)), slope, centered)), n);
    });
  }
}

}  // namespace
}  // namespace samebits
