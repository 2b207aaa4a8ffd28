// What regularizers, constraints and dropout add to a step: sums and norms of columns of weights, and masks (docs/numerics.md,
// "Penalties", "Constraints", "Dropout").
namespace samebits {
namespace {

// ---- sums of columns --------------------------------------------------------------------------------------------------

enum class ColumnTerms { squares, magnitudes };

template <ColumnTerms Terms, int Vectors>
__attribute__((noinline)) void columnSumsPanel(const float* weights, size_t inputs, float* target) {
  Tile<1, Vectors> tile;
  sumByFeatureTree(tile, inputs, [&](Tile<1, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* row = weights + begin * (Vectors * 16);
    for (size_t k = 0; k < count; ++k, row += Vectors * 16) {
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        const Lanes w = load(row + v * 16);
        sums.at[0][v] = Terms == ColumnTerms::squares ? fma(w, w, sums.at[0][v]) : add(sums.at[0][v], magnitude(w));
      }
    }
  });
  SAMEBITS_UNROLL
  for (int v = 0; v < Vectors; ++v) store(target + v * 16, tile.at[0][v]);
}

template <ColumnTerms Terms>
void columnSums(const float* weights, size_t inputs, size_t units, size_t columnBegin, size_t columnEnd,
                float* target) {
  for (size_t column = columnBegin; column < columnEnd; column += kPanel) {
    alignas(64) float sums[kPanel] = {};
    const float* panel = weights + panelOffset(column, inputs);
    if (panelWidth(column, units) == kPanel) {
      columnSumsPanel<Terms, kPanelVectors>(panel, inputs, sums);
    } else {
      columnSumsPanel<Terms, 1>(panel, inputs, sums);
    }
    const size_t count = smaller(kPanel, columnEnd - column);
    for (size_t j = 0; j < count; ++j) target[column + j] = sums[j];
  }
}

// ---- norms of columns -------------------------------------------------------------------------------------------------

template <int Vectors>
__attribute__((noinline)) void maxNormPanel(float most, size_t inputs, const Update& update, float* weights,
                                            float* average) {
  alignas(64) float squares[Vectors * 16] = {};
  columnSumsPanel<ColumnTerms::squares, Vectors>(weights, inputs, squares);
  Lanes factors[Vectors];
  for (int v = 0; v < Vectors; ++v) {
    const Lanes norm = sqrt(load(squares + v * 16));
    factors[v] = select(lessThan(broadcast(most), norm), div(broadcast(most), norm), broadcast(1.0f));
  }
  for (size_t k = 0; k < inputs; ++k) {
    for (int v = 0; v < Vectors; ++v) {
      const size_t at = (k * Vectors + v) * 16;
      Lanes w = mul(load(weights + at), factors[v]);
      if (average != nullptr) w = averaged(update, average + at, w);
      store(weights + at, w);
    }
  }
}

void maxNorm(float most, size_t inputs, size_t units, size_t columnBegin, size_t columnEnd, const Update* update,
             const ParameterSlots* slots) {
  for (size_t column = columnBegin; column < columnEnd; column += kPanel) {
    const size_t offset = panelOffset(column, inputs);
    float* const average = slots->average == nullptr ? nullptr : slots->average + offset;
    if (panelWidth(column, units) == kPanel) {
      maxNormPanel<kPanelVectors>(most, inputs, *update, slots->value + offset, average);
    } else {
      maxNormPanel<1>(most, inputs, *update, slots->value + offset, average);
    }
  }
}

// ---- dropout ------------------------------------------------------------------------------------------------------

// Blocks of Philox4x32-10 that are computed side by side: plain loops over arrays, which the compiler turns into vectors.
constexpr size_t kBlocks = 16;
constexpr size_t kMaskUnits = 4 * kBlocks;

// kept[j] = 1 where unit firstUnit + j of row `row` is kept, else 0. firstUnit is a multiple of 4.
SAMEBITS_INLINE void keptUnits(const DropoutMask& mask, uint32_t row, uint32_t firstUnit, float kept[kMaskUnits]) {
  uint32_t c0[kBlocks], c1[kBlocks], c2[kBlocks], c3[kBlocks];
  for (size_t b = 0; b < kBlocks; ++b) {
    c0[b] = firstUnit / 4 + static_cast<uint32_t>(b);
    c1[b] = row;
    c2[b] = mask.step;
    c3[b] = mask.stream;
  }
  uint32_t k0 = mask.key[0], k1 = mask.key[1];
  for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    for (size_t b = 0; b < kBlocks; ++b) {
      const uint64_t product0 = static_cast<uint64_t>(c0[b]) * 0xD2511F53u;
      const uint64_t product1 = static_cast<uint64_t>(c2[b]) * 0xCD9E8D57u;
      c0[b] = static_cast<uint32_t>(product1 >> 32) ^ c1[b] ^ k0;
      c1[b] = static_cast<uint32_t>(product1);
      c2[b] = static_cast<uint32_t>(product0 >> 32) ^ c3[b] ^ k1;
      c3[b] = static_cast<uint32_t>(product0);
    }
  }
  for (size_t b = 0; b < kBlocks; ++b) {
    kept[4 * b] = c0[b] >= mask.threshold ? 1.0f : 0.0f;
    kept[4 * b + 1] = c1[b] >= mask.threshold ? 1.0f : 0.0f;
    kept[4 * b + 2] = c2[b] >= mask.threshold ? 1.0f : 0.0f;
    kept[4 * b + 3] = c3[b] >= mask.threshold ? 1.0f : 0.0f;
  }
}

void dropout(const DropoutMask* mask, const float* source, size_t lds, size_t firstRow, size_t rows, size_t columnBegin,
             size_t columnEnd, float* target, size_t ldt) {
  const DropoutMask own = *mask;
  const Lanes scale = broadcast(own.scale);
  for (size_t r = 0; r < rows; ++r) {
    const float* from = source + r * lds;
    float* to = target + r * ldt;
    for (size_t column = columnBegin; column < columnEnd; column += kMaskUnits) {
      alignas(64) float kept[kMaskUnits];
      keptUnits(own, static_cast<uint32_t>(firstRow + r), static_cast<uint32_t>(column), kept);
      overRow(smaller(kMaskUnits, columnEnd - column), [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
        const Lanes scaled = mul(loadUpTo(from + column + i, n), scale);
        storeUpTo(to + column + i, select(lessThan(zero(), load(kept + i)), scaled, zero()), n);
      });
    }
  }
}

}  // namespace
}  // namespace samebits
