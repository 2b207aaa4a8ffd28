// What regularizers and dropout add to a step: squares of weights, and masks (docs/numerics.md, "Penalties", "Dropout").
namespace samebits {
namespace {

// ---- squares of weights -------------------------------------------------------------------------------------------

template <int Vectors>
__attribute__((noinline)) void columnSquaresPanel(const float* weights, size_t inputs, float* squares) {
  Tile<1, Vectors> tile;
  sumByFeatureTree(tile, inputs, [&](Tile<1, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* row = weights + begin * (Vectors * 16);
    for (size_t k = 0; k < count; ++k, row += Vectors * 16) {
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        const Lanes w = load(row + v * 16);
        sums.at[0][v] = fma(w, w, sums.at[0][v]);
      }
    }
  });
  SAMEBITS_UNROLL
  for (int v = 0; v < Vectors; ++v) store(squares + v * 16, tile.at[0][v]);
}

void columnSquares(const float* weights, size_t inputs, size_t units, size_t columnBegin, size_t columnEnd,
                   float* squares) {
  for (size_t column = columnBegin; column < columnEnd; column += kPanel) {
    alignas(64) float sums[kPanel];
    const float* panel = weights + panelOffset(column, inputs);
    if (panelWidth(column, units) == kPanel) {
      columnSquaresPanel<kPanelVectors>(panel, inputs, sums);
    } else {
      columnSquaresPanel<1>(panel, inputs, sums);
    }
    const size_t count = smaller(kPanel, columnEnd - column);
    for (size_t j = 0; j < count; ++j) squares[column + j] = sums[j];
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
