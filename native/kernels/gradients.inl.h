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

// Whether a tile fetches the parameters of the next one, a line of each slot per row of its chains. A small tile asks
// for its own few lines at once, and has them when its chains end; the many lines of a large one would fill the cache's
// line buffers and hold up the chains' own loads (spread, they make momentum a tenth faster at 32 rows).
constexpr bool kFetchesAhead = kPanelVectors > 1;

struct Prefetcher {
  const float* slots[3];
  size_t lines;  // still to be fetched

  Prefetcher(const Update& update, const ParameterSlots& used, size_t offset, size_t floats)
      : lines(update.kind == UpdateKind::store ? 0 : floats / 16) {
    const float* any = update.kind == UpdateKind::store ? used.gradient : used.value;
    slots[0] = any + offset;
    slots[1] = (update.kind >= UpdateKind::momentum ? used.first : any) + offset;
    slots[2] = (update.kind == UpdateKind::adam ? used.second : any) + offset;
  }
  inline __attribute__((always_inline)) void step() {
    SAMEBITS_UNROLL
    for (int s = 0; s < 3; ++s) {
      prefetch(slots[s]);
      slots[s] += 16;
    }
  }
};

// Continues the chains over one row: Rows neighbors of a row of x, broadcast, times Vectors * 16 columns of dz.
template <int Rows, int Vectors>
SAMEBITS_INLINE void chainOverRow(Tile<Rows, Vectors>& sums, const float* x, const float* dz) {
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

template <int Rows, int Vectors>
__attribute__((noinline)) bool weightGradientTile(const WeightGradientTask& task) {
  constexpr size_t kFloats = Rows * Vectors * 16;
  Tile<Rows, Vectors> tile;
  Prefetcher ahead(*task.update, *task.slots, task.offset + (kFetchesAhead ? kFloats : 0), kFloats);
  if (!kFetchesAhead) {
    for (size_t i = 0; i < ahead.lines; ++i) ahead.step();
  }
  const size_t ldx = task.ldx, lddz = task.lddz;
  sumByRowOrder(tile, *task.order, [&](Tile<Rows, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* x = task.x + begin * ldx;
    const float* dz = task.dz + begin * lddz;
    const size_t fetching = kFetchesAhead ? smaller(count, ahead.lines) : 0;
    ahead.lines -= fetching;
    for (size_t i = 0; i < fetching; ++i, x += ldx, dz += lddz) {
      ahead.step();
      chainOverRow(sums, x, dz);
    }
    for (size_t i = fetching; i < count; ++i, x += ldx, dz += lddz) chainOverRow(sums, x, dz);
  });
  alignas(64) float sums[kFloats];
  storeSums(tile, task.columns, sums);
  return applyUpdate(*task.update, kFloats, sums, *task.slots, task.offset);
}

template <int Rows, int Vectors>
bool weightGradientRows(int rows, const WeightGradientTask& task) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return weightGradientRows<Rows - 1, Vectors>(rows, task);
  }
  return weightGradientTile<Rows, Vectors>(task);
}

// A block of inputs at a time, all columns, tile by tile: the block's columns of x stay in the first-level cache while
// strips of dz pass from the second, and gradients and weights are streamed once.
bool weightGradient(const float* x, size_t ldx, const float* dz, size_t lddz, const RowOrder* order, size_t inputs,
                    size_t units, size_t inputBegin, size_t inputEnd, size_t columnBegin, size_t columnEnd,
                    const Update* update, const ParameterSlots* slots) {
  bool broken = false;
  for (size_t block = inputBegin; block < inputEnd; block += kInputStrip) {
    const EvenTiles tiles(smaller(kInputStrip, inputEnd - block), kTileRows);
    for (size_t column = columnBegin; column < columnEnd; column += kPanel) {
      const size_t width = panelWidth(column, units);
      for (size_t t = 0; t < tiles.tiles; ++t) {
        const size_t input = block + tiles.begin(t);
        const WeightGradientTask task = {x + input, ldx,   dz + column,
                                         lddz,      order, smaller(kPanel, columnEnd - column),
                                         update,    slots, panelOffset(column, inputs) + input * width};
        const bool tileBroken = width == kPanel ? weightGradientRows<kTileRows, kPanelVectors>(tiles.size(t), task)
                                                : weightGradientRows<kTileRows, 1>(tiles.size(t), task);
        broken = broken || tileBroken;
      }
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
    const bool tileBroken = wide ? biasGradientTile<4>(dz + column, lddz, *order, columns, *update, *slots, column)
                                 : biasGradientTile<1>(dz + column, lddz, *order, columns, *update, *slots, column);
    broken = broken || tileBroken;
    column += columns;
  }
  return broken;
}

}  // namespace
}  // namespace samebits
