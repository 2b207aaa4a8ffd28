// Rows of a data set to rows of activations: 8-bit or binary32 values, chosen by index, rescaled on the way.
namespace samebits {
namespace {

SAMEBITS_INLINE Lanes loadValues(const uint8_t* p, size_t n) { return n == 16 ? loadBytes(p) : loadFirstBytes(p, n); }
SAMEBITS_INLINE Lanes loadValues(const float* p, size_t n) { return loadUpTo(p, n); }

template <typename Value>
SAMEBITS_INLINE void gatherRows(const Value* x, size_t columns, const uint32_t* indices, size_t firstRow, size_t rows,
                                bool rescale, float scale, float offset, float* out, size_t ldo) {
  const Lanes scales = broadcast(scale), offsets = broadcast(offset);
  for (size_t r = 0; r < rows; ++r) {
    const size_t index = indices != nullptr ? indices[r] : firstRow + r;
    const Value* from = x + index * columns;
    float* to = out + r * ldo;
    overRow(columns, [&](size_t k, size_t n) SAMEBITS_INLINE_LAMBDA {
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
