// Rows of a data set to rows of activations: 8-bit or binary32 values, chosen by index, rescaled on the way.
namespace samebits {
namespace {

SAMEBITS_INLINE Lanes loadValues(const uint8_t* p, size_t n) { return n == 16 ? loadBytes(p) : loadFirstBytes(p, n); }
SAMEBITS_INLINE Lanes loadValues(const float* p, size_t n) { return loadUpTo(p, n); }

// Shuffled rows lie where no hardware looks for the next one.
constexpr size_t kRowsAhead = 2;

template <typename Value>
SAMEBITS_INLINE void gatherRows(const Value* x, size_t columns, const uint32_t* indices, size_t firstRow, size_t rows,
                                bool rescale, float scale, float offset, float* out, size_t ldo) {
  const Lanes scales = broadcast(scale), offsets = broadcast(offset);
  const auto source = [&](size_t r) { return x + (indices != nullptr ? indices[r] : firstRow + r) * columns; };
  for (size_t r = 0; r < rows; ++r) {
    const Value* from = source(r);
    const Value* ahead = source(smaller(r + kRowsAhead, rows - 1));
    float* to = out + r * ldo;
    overRow(columns, [&](size_t k, size_t n) SAMEBITS_INLINE_LAMBDA {
      prefetch(ahead + k);
      const Lanes value = loadValues(from + k, n);
      storeUpTo(to + k, rescale ? fma(value, scales, offsets) : value, n);
    });
  }
}

void gatherBytes(const uint8_t* x, size_t columns, const uint32_t* indices, size_t firstRow, size_t rows, bool rescale,
                 float scale, float offset, float* out, size_t ldo) {
  gatherRows(x, columns, indices, firstRow, rows, rescale, scale, offset, out, ldo);
}
void gatherFloats(const float* x, size_t columns, const uint32_t* indices, size_t firstRow, size_t rows, bool rescale,
                  float scale, float offset, float* out, size_t ldo) {
  gatherRows(x, columns, indices, firstRow, rows, rescale, scale, offset, out, ldo);
}

}  // namespace
}  // namespace samebits
