// The sums over rows of the batch: weight gradient (x^T dz) and bias gradient, with the optimizer at their end.
namespace samebits {
namespace {

// Sums of a tile go through a small buffer in the first-level cache to the optimizer: in panels layout a tile is one
// contiguous run, so the optimizer is a plain loop (and could run inside the next tile's chains).
// Columns past `columns` become +0: what padding of x and dz gave there (a NaN times zero, say) must not be written.
template <int Rows, int Vectors>
SAMEBITS_INLINE void storeSums(const Tile<Rows, Vectors>& tile, size_t columns, float* sums) {
  SAMEBITS_UNROLL
  for (int v = 0; v < Vectors; ++v) {
    const size_t present = smaller(16, columns - v * 16);
    SAMEBITS_UNROLL
    for (int r = 0; r < Rows; ++r) {
      Lanes sum = tile.at[r][v];
      if (present < 16) sum = select(firstLanes(present), sum, zero());
      store(sums + (r * Vectors + v) * 16, sum);
    }
  }
}

struct WeightGradientTask {
  const float* x;  // at the tile's first input
  size_t ldx;
  const float* dz;  // at the tile's first column
  size_t lddz;
  const RowOrder* order;
  size_t columns;  // of the tile that exist
  const Update* update;
  const ParameterSlots* slots;
  size_t offset;  // of the tile in the slots
};

template <int Vectors>
SAMEBITS_INLINE void prefetchSlots(const WeightGradientTask& task, int rows) {
  const size_t floats = static_cast<size_t>(rows) * Vectors * 16;
  const ParameterSlots& slots = *task.slots;
  for (size_t i = 0; i < floats; i += 16) {
    if (slots.value != nullptr) prefetch(slots.value + task.offset + i);
    if (slots.first != nullptr) prefetch(slots.first + task.offset + i);
    if (slots.second != nullptr) prefetch(slots.second + task.offset + i);
  }
}

// One tile: Rows neighbors of a row of x, broadcast, times Vectors * 16 columns of dz.
template <int Rows, int Vectors>
__attribute__((noinline)) bool weightGradientTile(const WeightGradientTask& task) {
  // The chains take longer than memory does: the optimizer will find its lines at hand.
  if (task.update->kind != UpdateKind::store) prefetchSlots<Vectors>(task, Rows);
  Tile<Rows, Vectors> tile;
  const size_t ldx = task.ldx, lddz = task.lddz;
  sumByRowOrder(tile, *task.order, [&](Tile<Rows, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* x = task.x + begin * ldx;
    const float* dz = task.dz + begin * lddz;
    for (size_t i = 0; i < count; ++i, x += ldx, dz += lddz) {
      Lanes row[Vectors];
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) row[v] = load(dz + v * 16);
      SAMEBITS_UNROLL
      for (int r = 0; r < Rows; ++r) {
        const Lanes value = broadcast(x[r]);
        SAMEBITS_UNROLL
        for (int v = 0; v < Vectors; ++v) sums.at[r][v] = fma(value, row[v], sums.at[r][v]);
      }
    }
  });
  alignas(64) float sums[Rows * Vectors * 16];
  storeSums(tile, task.columns, sums);
  return applyUpdate(*task.update, Rows * Vectors * 16, sums, *task.slots, task.offset);
}

template <int Rows, int Vectors>
bool weightGradientRows(int rows, const WeightGradientTask& task) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return weightGradientRows<Rows - 1, Vectors>(rows, task);
  }
  return weightGradientTile<Rows, Vectors>(task);
}

// Columns outside, inputs inside: a panel's strip of dz stays in the first-level cache while x streams past.
bool weightGradient(const float* x, size_t ldx, const float* dz, size_t lddz, const RowOrder* order, size_t inputs,
                    size_t units, size_t inputBegin, size_t inputEnd, size_t columnBegin, size_t columnEnd,
                    const Update* update, const ParameterSlots* slots) {
  bool broken = false;
  const EvenTiles tiles(inputEnd - inputBegin, kTileRows);
  for (size_t column = columnBegin; column < columnEnd; column += kPanel) {
    const size_t width = panelWidth(column, units);
    for (size_t t = 0; t < tiles.tiles; ++t) {
      const size_t input = inputBegin + tiles.begin(t);
      const WeightGradientTask task = {
          x + input, ldx, dz + column, lddz, order, smaller(kPanel, columnEnd - column), update, slots,
          panelOffset(column, inputs) + input * width};
      const bool tileBroken = width == kPanel ? weightGradientRows<kTileRows, kPanelVectors>(tiles.size(t), task)
                                              : weightGradientRows<kTileRows, 1>(tiles.size(t), task);
      broken = broken || tileBroken;
    }
  }
  return broken;
}

template <int Vectors>
__attribute__((noinline)) bool biasGradientTile(const float* dz, size_t lddz, const RowOrder& order, size_t columns,
                                                const Update& update, const ParameterSlots& slots, size_t offset) {
  Tile<1, Vectors> tile;
  sumByRowOrder(tile, order, [&](Tile<1, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* row = dz + begin * lddz;
    for (size_t i = 0; i < count; ++i, row += lddz) {
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) sums.at[0][v] = add(sums.at[0][v], load(row + v * 16));
    }
  });
  alignas(64) float sums[Vectors * 16];
  storeSums(tile, columns, sums);
  return applyUpdate(update, Vectors * 16, sums, slots, offset);
}

// Four vectors at a time: enough independent additions to hide their latency.
bool biasGradient(const float* dz, size_t lddz, const RowOrder* order, size_t, size_t columnBegin, size_t columnEnd,
                  const Update* update, const ParameterSlots* slots) {
  bool broken = false;
  for (size_t column = columnBegin; column < columnEnd;) {
    const bool wide = columnEnd - column >= 64;
    const size_t columns = smaller(wide ? 64 : 16, columnEnd - column);
    const bool tileBroken =
        wide ? biasGradientTile<4>(dz + column, lddz, *order, columns, *update, *slots, column)
             : biasGradientTile<1>(dz + column, lddz, *order, columns, *update, *slots, column);
    broken = broken || tileBroken;
    column += columns;
  }
  return broken;
}

}  // namespace
}  // namespace samebits
