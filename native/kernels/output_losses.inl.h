// Losses that are computed element by element from outputs (docs/numerics.md, "Losses"): terms, and gradients before the
// share of the mean is taken.
namespace samebits {
namespace {

struct LossRow {
  const float* z;
  size_t units;
  float* gradient;  // or null
  float* outputs;   // or null
  float* loss;
  uint32_t* hits;
};

SAMEBITS_INLINE void copy(const float* from, size_t count, float* to) {
  overRow(count, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA { storeUpTo(to + i, loadUpTo(from + i, n), n); });
}

constexpr float kLossEpsilon = static_cast<float>(1e-7);
constexpr float kLn2Single = static_cast<float>(0.6931471805599453);

SAMEBITS_INLINE Lanes clipped(Lanes x) {
  const Lanes least = broadcast(kLossEpsilon), one = broadcast(1.0f);
  return select(lessThan(x, least), least, select(lessThan(one, x), one, x));
}

// Up to kFeatureLeaf elements a of outputs and t of targets: terms[j], and slopes[j] times the share.
void outputLossPiece(Loss kind, LossParameters parameters, const float* a, const float* t, size_t count, float share,
                     float* terms, float* slopes) {
  const Lanes u = broadcast(share), one = broadcast(1.0f), half = broadcast(0.5f);
  const Lanes first = broadcast(parameters.first), second = broadcast(parameters.second);
  if (kind == Loss::poisson) {
    const Lanes epsilon = broadcast(kLossEpsilon);
    mapRow(a, count, slopes, [&](Lanes x) SAMEBITS_INLINE_LAMBDA { return add(x, epsilon); });
    logAll(slopes, count, terms);
    overRow(count, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes target = loadUpTo(t + i, n);
      storeUpTo(terms + i, fma(negate(target), loadUpTo(terms + i, n), loadUpTo(a + i, n)), n);
      storeUpTo(slopes + i, mul(sub(one, div(target, loadUpTo(slopes + i, n))), u), n);
    });
    return;
  }
  if (kind == Loss::klDivergence) {
    mapRows(t, a, count, slopes,
            [](Lanes target, Lanes x) SAMEBITS_INLINE_LAMBDA { return div(clipped(target), clipped(x)); });
    logAll(slopes, count, terms);
    const Lanes least = broadcast(kLossEpsilon);
    overRow(count, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes x = loadUpTo(a + i, n), slope = negate(loadUpTo(slopes + i, n));
      storeUpTo(terms + i, mul(clipped(loadUpTo(t + i, n)), loadUpTo(terms + i, n)), n);
      storeUpTo(slopes + i, select(lessThan(x, least), zero(), select(lessThan(one, x), zero(), slope)), n);
    });
    return;
  }
  if (kind == Loss::logCosh) {
    const Lanes ln2 = broadcast(kLn2Single);
    mapRows(a, t, count, slopes, [](Lanes x, Lanes target) SAMEBITS_INLINE_LAMBDA { return sub(x, target); });
    mapRow(slopes, count, terms,
           [](Lanes e) SAMEBITS_INLINE_LAMBDA { return negate(add(magnitude(e), magnitude(e))); });
    expAll(terms, count, terms);
    log1pAll(terms, count, terms);
    mapRows(slopes, terms, count, terms,
            [&](Lanes e, Lanes l) SAMEBITS_INLINE_LAMBDA { return sub(add(magnitude(e), l), ln2); });
    tanhAll(slopes, count, slopes);
    mapRow(slopes, count, slopes, [&](Lanes s) SAMEBITS_INLINE_LAMBDA { return mul(s, u); });
    return;
  }
  overRow(count, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
    const Lanes x = loadUpTo(a + i, n), target = loadUpTo(t + i, n);
    const Lanes e = sub(x, target), size = magnitude(e);
    const Mask below = lessThan(e, zero()), above = lessThan(zero(), e);
    Lanes term, slope;
    if (kind == Loss::huber) {
      const Mask far = lessThan(first, size);
      term = select(far, mul(first, sub(size, mul(half, first))), mul(mul(half, e), e));
      slope = mul(select(far, select(below, negate(first), first), e), u);
    } else if (kind == Loss::quantile) {
      term = select(below, mul(first, negate(e)), mul(second, e));
      slope = select(below, mul(negate(first), u), select(above, mul(second, u), e));
    } else if (kind == Loss::hinge) {
      const Lanes side = select(equal(target, zero()), negate(one), target);
      const Lanes margin = fma(negate(side), x, one);
      term = relu(margin);
      slope = select(lessOrEqual(margin, zero()), zero(), mul(negate(side), u));
    } else {
      term = size;
      slope = select(below, negate(u), select(above, u, e));
    }
    storeUpTo(terms + i, term, n);
    storeUpTo(slopes + i, slope, n);
  });
}

// `row.z` are outputs.
void outputLossRow(Loss kind, LossParameters parameters, const LossRow& row, const float* targets, float share) {
  // Of a divergence the terms are summed, of the others the mean is taken.
  const float taken = kind == Loss::klDivergence ? 1.0f : share;
  const float sum = sumVector(row.units, [&](size_t begin, size_t count) {
    float terms[kFeatureLeaf], slopes[kFeatureLeaf];
    outputLossPiece(kind, parameters, row.z + begin, targets + begin, count, taken, terms, slopes);
    if (row.gradient != nullptr) copy(slopes, count, row.gradient + begin);
    return sumLanes(zero(), terms, count);
  });
  *row.loss = kind == Loss::klDivergence ? sum : times(sum, share);
  *row.hits = 0;
}

}  // namespace
}  // namespace samebits
