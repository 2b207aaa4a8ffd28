// What regularizers and constraints add to a step: sums and norms of columns of weights (docs/numerics.md, "Penalties",
// "Constraints").
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

}  // namespace
}  // namespace samebits
