// Batch normalization (docs/numerics.md, "Batch normalization"), by columns: a tile's columns of all rows stay in the
// first-level cache from the statistics to the outputs.
namespace samebits {
namespace {

// Calls tile<Vectors>(column, columns) for columns [begin, end): four vectors at a time, which hide the latency of the
// chains, then one at a time.
template <typename Call>
SAMEBITS_INLINE void overColumnTiles(size_t begin, size_t end, Call call) {
  for (size_t column = begin; column < end;) {
    const bool wide = end - column >= 64;
    const size_t columns = smaller(wide ? 64 : 16, end - column);
    if (wide) {
      call.template run<4>(column, columns);
    } else {
      call.template run<1>(column, columns);
    }
    column += columns;
  }
}

SAMEBITS_INLINE Lanes scaledAndShifted(Lanes h, const float* gamma, const float* beta, size_t column) {
  if (gamma == nullptr) return beta == nullptr ? h : add(h, load(beta + column));
  const Lanes g = load(gamma + column);
  return beta == nullptr ? mul(g, h) : fma(g, h, load(beta + column));
}

SAMEBITS_INLINE Lanes inverseOf(Lanes variance, float epsilon) {
  return div(broadcast(1.0f), sqrt(add(variance, broadcast(epsilon))));
}

struct BatchForward {
  const BatchNormalization& what;
  const RowOrder& order;
  const float* x;
  size_t ldx, rows;
  float* normalized;
  size_t ldn;
  float* y;
  size_t ldy;

  template <int Vectors>
  __attribute__((noinline)) void run(size_t column, size_t columns) const {
    Tile<1, Vectors> tile;
    const float* const from = x + column;
    sumByRowOrder(tile, order, [&](Tile<1, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
      const float* row = from + begin * ldx;
      for (size_t i = 0; i < count; ++i, row += ldx) {
        SAMEBITS_UNROLL
        for (int v = 0; v < Vectors; ++v) sums.at[0][v] = add(sums.at[0][v], load(row + v * 16));
      }
    });
    Lanes mean[Vectors], inverse[Vectors];
    const Lanes scale = broadcast(what.scale);
    SAMEBITS_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      mean[v] = mul(tile.at[0][v], scale);
      store(what.mean + column + v * 16, mean[v]);
    }
    sumByRowOrder(tile, order, [&](Tile<1, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
      const float* row = from + begin * ldx;
      for (size_t i = 0; i < count; ++i, row += ldx) {
        SAMEBITS_UNROLL
        for (int v = 0; v < Vectors; ++v) {
          const Lanes away = sub(load(row + v * 16), mean[v]);
          sums.at[0][v] = fma(away, away, sums.at[0][v]);
        }
      }
    });
    SAMEBITS_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      const Lanes variance = mul(tile.at[0][v], scale);
      store(what.variance + column + v * 16, variance);
      inverse[v] = inverseOf(variance, what.epsilon);
      store(what.inverse + column + v * 16, inverse[v]);
    }
    for (size_t i = 0; i < rows; ++i) {
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        const size_t at = column + static_cast<size_t>(v) * 16;
        const size_t count = Vectors > 1 ? 16 : columns;
        const Lanes h = mul(sub(load(x + i * ldx + at), mean[v]), inverse[v]);
        storeUpTo(normalized + i * ldn + at, h, count);
        storeUpTo(y + i * ldy + at, scaledAndShifted(h, what.gamma, what.beta, at), count);
      }
    }
  }
};

void batchNormalization(const BatchNormalization* what, const RowOrder* order, const float* x, size_t ldx, size_t rows,
                        size_t columnBegin, size_t columnEnd, float* normalized, size_t ldn, float* y, size_t ldy) {
  overColumnTiles(columnBegin, columnEnd, BatchForward{*what, *order, x, ldx, rows, normalized, ldn, y, ldy});
}

void batchNormalized(const BatchNormalization* what, const float* x, size_t ldx, size_t rows, size_t columnBegin,
                     size_t columnEnd, float* y, size_t ldy) {
  for (size_t column = columnBegin; column < columnEnd; column += 16) {
    const size_t count = smaller(16, columnEnd - column);
    const Lanes mean = load(what->mean + column);
    const Lanes inverse = inverseOf(load(what->variance + column), what->epsilon);
    for (size_t i = 0; i < rows; ++i) {
      const Lanes h = mul(sub(load(x + i * ldx + column), mean), inverse);
      storeUpTo(y + i * ldy + column, scaledAndShifted(h, what->gamma, what->beta, column), count);
    }
  }
}

struct BatchBackward {
  const BatchNormalization& what;
  const RowOrder& order;
  const float* normalized;
  size_t ldn, rows;
  bool passesBack;
  float* dy;
  size_t lddy;
  float* shifts;
  float* scales;

  template <int Vectors>
  __attribute__((noinline)) void run(size_t column, size_t columns) const {
    Tile<2, Vectors> tile;
    sumByRowOrder(tile, order, [&](Tile<2, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
      const float* h = normalized + begin * ldn + column;
      const float* d = dy + begin * lddy + column;
      for (size_t i = 0; i < count; ++i, h += ldn, d += lddy) {
        SAMEBITS_UNROLL
        for (int v = 0; v < Vectors; ++v) {
          const Lanes gradient = load(d + v * 16);
          sums.at[0][v] = add(sums.at[0][v], gradient);
          sums.at[1][v] = fma(load(h + v * 16), gradient, sums.at[1][v]);
        }
      }
    });
    const Lanes scale = broadcast(what.scale);
    Lanes factor[Vectors] = {};
    SAMEBITS_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      const size_t at = column + static_cast<size_t>(v) * 16;
      store(shifts + at, tile.at[0][v]);
      store(scales + at, tile.at[1][v]);
      tile.at[0][v] = mul(tile.at[0][v], scale);
      tile.at[1][v] = mul(tile.at[1][v], scale);
      factor[v] = load(what.inverse + at);
      if (what.gamma != nullptr) factor[v] = mul(load(what.gamma + at), factor[v]);
    }
    if (!passesBack) return;
    for (size_t i = 0; i < rows; ++i) {
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        const size_t at = column + static_cast<size_t>(v) * 16;
        float* const d = dy + i * lddy + at;
        const Lanes centered = sub(load(d), tile.at[0][v]);
        const Lanes h = load(normalized + i * ldn + at);
        storeUpTo(d, mul(factor[v], fma(negate(h), tile.at[1][v], centered)), Vectors > 1 ? 16 : columns);
      }
    }
  }
};

void batchNormalizationGradient(const BatchNormalization* what, const RowOrder* order, const float* normalized,
                                size_t ldn, size_t rows, size_t columnBegin, size_t columnEnd, bool passesBack,
                                float* dy, size_t lddy, float* shifts, float* scales) {
  overColumnTiles(columnBegin, columnEnd,
                  BatchBackward{*what, *order, normalized, ldn, rows, passesBack, dy, lddy, shifts, scales});
}

bool follow(const float* batch, size_t count, float momentum, float rest, float* moving) {
  Lanes poison = zero();
  for (size_t i = 0; i < count; i += 16) {
    const Lanes next = fma(broadcast(momentum), load(moving + i), mul(broadcast(rest), load(batch + i)));
    store(moving + i, next);
    poison = fma(next, zero(), poison);
  }
  return any(isNan(poison));
}

}  // namespace
}  // namespace samebits
