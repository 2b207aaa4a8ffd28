// The sums over rows of the batch that are gradients of vectors, with the optimizer at their end.
namespace samebits {
namespace {

// Sums of dz, or where `h` is not null of the products h dz.
template <int Vectors, bool Products>
__attribute__((noinline)) bool vectorGradientTile(const float* h, size_t ldh, const float* dz, size_t lddz,
                                                  const RowOrder& order, size_t columns, const Update& update,
                                                  const ParameterSlots& slots, size_t offset, uint64_t* markSum) {
  Tile<1, Vectors> tile;
  sumByRowOrder(tile, order, [&](Tile<1, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* row = dz + begin * lddz;
    const float* factors = Products ? h + begin * ldh : nullptr;
    for (size_t i = 0; i < count; ++i, row += lddz) {
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        const Lanes term = load(row + v * 16);
        sums.at[0][v] = Products ? fma(load(factors + v * 16), term, sums.at[0][v]) : add(sums.at[0][v], term);
      }
      if (Products) factors += ldh;
    }
  });
  alignas(64) float sums[Vectors * 16];
  storeSums(tile, columns, sums);
  const bool broken = applyUpdate(update, Vectors * 16, sums, slots, offset);
  if (markSum != nullptr) *markSum += mark(slots.value + offset, 1, Vectors * 16, columns, offset, 0);
  return broken;
}

// Four vectors at a time: enough independent chains to hide their latency.
template <bool Products>
SAMEBITS_INLINE bool vectorGradient(const float* h, size_t ldh, const float* dz, size_t lddz, const RowOrder& order,
                                    size_t columnBegin, size_t columnEnd, const Update& update,
                                    const ParameterSlots& slots, uint64_t* markSum) {
  bool broken = false;
  for (size_t column = columnBegin; column < columnEnd;) {
    const bool wide = columnEnd - column >= 64;
    const size_t columns = smaller(wide ? 64 : 16, columnEnd - column);
    const float* const factors = Products ? h + column : nullptr;
    const auto tile = wide ? vectorGradientTile<4, Products> : vectorGradientTile<1, Products>;
    if (tile(factors, ldh, dz + column, lddz, order, columns, update, slots, column, markSum)) broken = true;
    column += columns;
  }
  return broken;
}

bool biasGradient(const float* dz, size_t lddz, const RowOrder* order, size_t, size_t columnBegin, size_t columnEnd,
                  const Update* update, const ParameterSlots* slots, uint64_t* markSum) {
  return vectorGradient<false>(nullptr, 0, dz, lddz, *order, columnBegin, columnEnd, *update, *slots, markSum);
}

bool scaleGradient(const float* h, size_t ldh, const float* dy, size_t lddy, const RowOrder* order, size_t,
                   size_t columnBegin, size_t columnEnd, const Update* update, const ParameterSlots* slots,
                   uint64_t* markSum) {
  return vectorGradient<true>(h, ldh, dy, lddy, *order, columnBegin, columnEnd, *update, *slots, markSum);
}

}  // namespace
}  // namespace samebits
