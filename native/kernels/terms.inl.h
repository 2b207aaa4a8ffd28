// Terms that stand anywhere, added in order: the gradient of a row of an embedding's table. And the sums of residual blocks.
namespace samebits {
namespace {

// `Vectors` vectors of units side by side: independent chains that hide the latency of an addition.
template <int Vectors>
SAMEBITS_INLINE void addTermVectors(const float* const* terms, size_t count, size_t at, size_t lastUnits, float* sums) {
  Lanes sum[Vectors];
  SAMEBITS_UNROLL
  for (int v = 0; v < Vectors; ++v) sum[v] = load(sums + at + v * 16);
  for (size_t i = 0; i < count; ++i) {
    const float* const term = terms[i] + at;
    SAMEBITS_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      sum[v] = add(sum[v], loadUpTo(term + v * 16, v + 1 == Vectors ? lastUnits : 16));
    }
  }
  SAMEBITS_UNROLL
  for (int v = 0; v < Vectors; ++v) store(sums + at + v * 16, sum[v]);
}

void addTerms(const float* const* terms, size_t count, size_t units, float* sums) {
  size_t at = 0;
  for (; at + 64 <= units; at += 64) addTermVectors<4>(terms, count, at, 16, sums);
  for (; at < units; at += 16) addTermVectors<1>(terms, count, at, smaller(16, units - at), sums);
}

void addRows(const float* a, size_t lda, const float* b, size_t ldb, size_t rows, size_t columns, float* sum,
             size_t lds) {
  for (size_t i = 0; i < rows; ++i) {
    mapRows(a + i * lda, b + i * ldb, columns, sum + i * lds,
            [](Lanes x, Lanes y) SAMEBITS_INLINE_LAMBDA { return add(x, y); });
  }
}

}  // namespace
}  // namespace samebits
