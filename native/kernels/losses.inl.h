// The last layer: activation from logits, loss, hits and gradient of each row (docs/numerics.md, "Losses").
//
// Rows are done a leaf at a time with small buffers on the stack, so that nothing is allocated and `gradient` or
// `outputs` may be `z`: a leaf is read whole before it is written.
namespace samebits {
namespace {

// The first of the greatest: starts at 0 and moves where a value is greater.
SAMEBITS_INLINE size_t firstGreatest(const float* values, size_t count) {
  size_t best = 0;
  for (size_t j = 1; j < count; ++j) {
    if (values[j] > values[best]) best = j;
  }
  return best;
}

// firstGreatest over leaves given one after the other.
struct GreatestSoFar {
  float value = 0.0f;
  size_t index = 0;
  void look(const float* values, size_t begin, size_t count) {
    if (begin == 0) value = values[0];
    for (size_t j = 0; j < count; ++j) {
      if (values[j] > value) {
        value = values[j];
        index = begin + j;
      }
    }
  }
};

// What a crossentropy needs to know of a row of logits before it can look at one of them.
struct SoftmaxRow {
  const float* z;
  size_t units;
  float maximum, sum;
  float e[kFeatureLeaf];  // exponentials of the last leaf

  SoftmaxRow(const float* row, size_t count) : z(row), units(count), maximum(rowMaximum(row, count)) {
    sum = sumVector(units, [this](size_t begin, size_t n) {
      shiftedExp(z + begin, maximum, n, e);
      return sumLanes(zero(), e, n);
    });
  }

  // p[j] = exp(z[begin + j] - maximum) / sum. A row of one leaf still has its exponentials; those of a longer one are
  // computed again, as there is no room for a row of any length.
  void probabilities(size_t begin, size_t count, float* p) {
    if (units > kFeatureLeaf) shiftedExp(z + begin, maximum, count, e);
    const Lanes divisor = broadcast(sum);
    overRow(count,
            [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA { storeUpTo(p + i, div(loadUpTo(e + i, n), divisor), n); });
  }
};

// The row's probabilities, leaf by leaf: to `outputs`, and to writeGradient(p, begin, count), which may change p, where the
// gradient is wanted. Gives the first of the greatest.
template <typename WriteGradient>
SAMEBITS_INLINE size_t softmaxLeaves(const LossRow& row, SoftmaxRow* softmax, WriteGradient writeGradient) {
  GreatestSoFar greatest;
  for (size_t begin = 0; begin < row.units; begin += kFeatureLeaf) {
    const size_t count = smaller(kFeatureLeaf, row.units - begin);
    float p[kFeatureLeaf];
    softmax->probabilities(begin, count, p);
    greatest.look(p, begin, count);
    if (row.outputs != nullptr) copy(p, count, row.outputs + begin);
    if (row.gradient != nullptr) writeGradient(p, begin, count);
  }
  return greatest.index;
}

void sparseCategoricalRow(const LossRow& row, uint32_t label) {
  SoftmaxRow softmax(row.z, row.units);
  *row.loss = minus(logOf(softmax.sum), minus(row.z[label], softmax.maximum));
  const size_t greatest = softmaxLeaves(row, &softmax, [&](float* p, size_t begin, size_t count) {
    // p - 0 is p, as p is never -0.
    if (label >= begin && label < begin + count) p[label - begin] = minus(p[label - begin], 1.0f);
    copy(p, count, row.gradient + begin);
  });
  *row.hits = greatest == label ? 1 : 0;
}

void categoricalRow(const LossRow& row, const float* targets) {
  SoftmaxRow softmax(row.z, row.units);
  const Lanes maximum = broadcast(softmax.maximum), logSum = broadcast(logOf(softmax.sum));
  *row.loss = -sumVector(row.units, [&](size_t begin, size_t count) {
    return continueLanes(zero(), count, [&](Lanes sum, size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes logProbability = sub(sub(loadUpTo(row.z + begin + i, n), maximum), logSum);
      return fma(loadUpTo(targets + begin + i, n), logProbability, sum);
    });
  });
  const Lanes total = broadcast(sumOfVector(targets, row.units));
  const size_t greatest = softmaxLeaves(row, &softmax, [&](const float* p, size_t begin, size_t count) {
    overRow(count, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes target = loadUpTo(targets + begin + i, n);
      storeUpTo(row.gradient + begin + i, fma(loadUpTo(p + i, n), total, negate(target)), n);
    });
  });
  *row.hits = greatest == firstGreatest(targets, row.units) ? 1 : 0;
}

void binaryRow(const LossRow& row, const float* targets, float share, LossParameters ends) {
  const Lanes shares = broadcast(share);
  uint32_t hits = 0;
  const float sum = sumVector(row.units, [&](size_t begin, size_t count) {
    const float* z = row.z + begin;
    const float* t = targets + begin;
    float tail[kFeatureLeaf], y[kFeatureLeaf];  // log1p(exp(-|z|)), sigmoid(z)
    overRow(count, [&](size_t i, size_t n)
                       SAMEBITS_INLINE_LAMBDA { storeUpTo(tail + i, negate(magnitude(loadUpTo(z + i, n))), n); });
    expAll(tail, count, tail);
    log1pAll(tail, count, tail);
    sigmoidAll(z, count, y);
    const Lanes lanes = continueLanes(zero(), count, [&](Lanes acc, size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes logit = loadUpTo(z + i, n);
      const Lanes loss = add(fma(negate(logit), loadUpTo(t + i, n), relu(logit)), loadUpTo(tail + i, n));
      return add(acc, loss);
    });
    for (size_t j = 0; j < count; ++j) hits += (y[j] > 0.5f ? ends.first : ends.second) == t[j] ? 1 : 0;
    if (row.outputs != nullptr) copy(y, count, row.outputs + begin);
    if (row.gradient != nullptr) {
      overRow(count, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
        storeUpTo(row.gradient + begin + i, mul(sub(loadUpTo(y + i, n), loadUpTo(t + i, n)), shares), n);
      });
    }
    return lanes;
  });
  *row.loss = times(sum, share);
  *row.hits = hits;
}

void squaredErrorRow(const LossRow& row, const float* targets, float share) {
  const Lanes shares = broadcast(share);
  const float sum = sumVector(row.units, [&](size_t begin, size_t count) {
    return continueLanes(zero(), count, [&](Lanes acc, size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes error = sub(loadUpTo(row.z + begin + i, n), loadUpTo(targets + begin + i, n));
      return fma(error, error, acc);
    });
  });
  if (row.gradient != nullptr) {
    overRow(row.units, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      const Lanes error = sub(loadUpTo(row.z + i, n), loadUpTo(targets + i, n));
      storeUpTo(row.gradient + i, mul(add(error, error), shares), n);
    });
  }
  *row.loss = times(sum, share);
  *row.hits = 0;
}

// One unit: a row has one element, so a vector holds rows. What a row would have done with its other lanes (adding +0)
// is done here too: it turns -0 into +0. The unit's share of the mean is 1.
struct LossColumn {
  const float* z;
  size_t ldz;
  const float* targets;
  size_t ldt;
  float* gradient;  // or null
  size_t ldg;
  float* outputs;  // or null
  size_t ldo;
  float* loss;
  uint32_t* hits;

  LossColumn from(size_t row) const {
    return {z + row * ldz,
            ldz,
            targets + row * ldt,
            ldt,
            gradient == nullptr ? nullptr : gradient + row * ldg,
            ldg,
            outputs == nullptr ? nullptr : outputs + row * ldo,
            ldo,
            loss + row,
            hits + row};
  }
};

SAMEBITS_INLINE void readColumn(const float* from, size_t ld, size_t rows, float* to) {
  for (size_t r = 0; r < rows; ++r) to[r] = from[r * ld];
}
SAMEBITS_INLINE void writeColumn(const float* from, size_t rows, float* to, size_t ld) {
  if (to == nullptr) return;
  for (size_t r = 0; r < rows; ++r) to[r * ld] = from[r];
}

// Up to kFeatureLeaf rows.
void binaryColumn(const LossColumn& column, size_t rows, LossParameters ends) {
  float t[kFeatureLeaf], y[kFeatureLeaf], gradient[kFeatureLeaf];
  float z[kFeatureLeaf] = {}, tail[kFeatureLeaf] = {};  // tail: log1p(exp(-|z|))
  readColumn(column.z, column.ldz, rows, z);
  readColumn(column.targets, column.ldt, rows, t);
  for (size_t r = 0; r < rows; ++r) tail[r] = -__builtin_fabsf(z[r]);
  math_exp(tail, rows, tail);
  math_log1p(tail, rows, tail);
  math_sigmoid(z, rows, y);
  overRow(rows, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
    const Lanes logit = loadUpTo(z + i, n), target = loadUpTo(t + i, n);
    const Lanes loss = add(fma(negate(logit), target, relu(logit)), loadUpTo(tail + i, n));
    storeUpTo(column.loss + i, add(zero(), loss), n);
    storeUpTo(gradient + i, sub(loadUpTo(y + i, n), target), n);
  });
  for (size_t r = 0; r < rows; ++r) column.hits[r] = (y[r] > 0.5f ? ends.first : ends.second) == t[r] ? 1 : 0;
  writeColumn(y, rows, column.outputs, column.ldo);
  writeColumn(gradient, rows, column.gradient, column.ldg);
}

void squaredErrorColumn(const LossColumn& column, size_t rows) {
  float z[kFeatureLeaf], t[kFeatureLeaf], gradient[kFeatureLeaf];
  readColumn(column.z, column.ldz, rows, z);
  readColumn(column.targets, column.ldt, rows, t);
  overRow(rows, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
    const Lanes error = sub(loadUpTo(z + i, n), loadUpTo(t + i, n));
    storeUpTo(column.loss + i, fma(error, error, zero()), n);
    storeUpTo(gradient + i, add(error, error), n);
  });
  for (size_t r = 0; r < rows; ++r) column.hits[r] = 0;
  writeColumn(gradient, rows, column.gradient, column.ldg);
}

void loss(Loss kind, LossParameters parameters, const float* z, size_t ldz, const void* targets, size_t ldt,
          size_t rows, size_t units, float* gradient, size_t ldg, float* outputs, size_t ldo, float* lossPerRow,
          uint32_t* hitsPerRow) {
  if (units == 1 && (kind == Loss::binaryCrossentropy || kind == Loss::meanSquaredError)) {
    const LossColumn column = {
        z, ldz, static_cast<const float*>(targets), ldt, gradient, ldg, outputs, ldo, lossPerRow, hitsPerRow};
    for (size_t r = 0; r < rows; r += kFeatureLeaf) {
      const size_t count = smaller(kFeatureLeaf, rows - r);
      if (kind == Loss::binaryCrossentropy) {
        binaryColumn(column.from(r), count, parameters);
      } else {
        squaredErrorColumn(column.from(r), count);
      }
    }
    return;
  }
  const float share = static_cast<float>(1.0 / static_cast<double>(units));
  for (size_t r = 0; r < rows; ++r) {
    const LossRow row = {z + r * ldz,
                         units,
                         gradient != nullptr ? gradient + r * ldg : nullptr,
                         outputs != nullptr ? outputs + r * ldo : nullptr,
                         lossPerRow + r,
                         hitsPerRow + r};
    const float* target = static_cast<const float*>(targets) + r * ldt;
    switch (kind) {
      case Loss::sparseCategoricalCrossentropy:
        sparseCategoricalRow(row, static_cast<const uint32_t*>(targets)[r]);
        break;
      case Loss::categoricalCrossentropy:
        categoricalRow(row, target);
        break;
      case Loss::binaryCrossentropy:
        binaryRow(row, target, share, parameters);
        break;
      case Loss::meanSquaredError:
        squaredErrorRow(row, target, share);
        break;
      case Loss::meanAbsoluteError:
      case Loss::huber:
      case Loss::logCosh:
      case Loss::hinge:
      case Loss::poisson:
      case Loss::klDivergence:
      case Loss::quantile:
        outputLossRow(kind, parameters, row, target, share);
        break;
    }
  }
}

void weighRows(const float* weights, size_t rows, size_t units, float* gradient, size_t ldg, float* lossPerRow) {
  for (size_t r = 0; r < rows; ++r) {
    lossPerRow[r] = times(weights[r], lossPerRow[r]);
    if (gradient == nullptr) continue;
    float* const row = gradient + r * ldg;
    const Lanes weight = broadcast(weights[r]);
    overRow(units, [&](size_t i, size_t n)
                       SAMEBITS_INLINE_LAMBDA { storeUpTo(row + i, mul(weight, loadUpTo(row + i, n)), n); });
  }
}

}  // namespace
}  // namespace samebits
