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

// A wide tile's sums wait here while the next tile's chains run, and the optimizer goes over them 16 a row inside those
// chains: division, root and the way to memory hide behind the multiplications (at 32 rows that is a quarter of the
// time). A narrow tile leaves too few registers for that; there the optimizer runs at once.
constexpr bool kOverlapsOptimizer = kPanelVectors > 1;

struct WaitingUpdate {
  alignas(64) float sums[kTileRows * kPanel];
  alignas(64) float poison[16] = {};
  const Update* update;
  UpdateRun run;
  size_t at = 0, count = 0;  // floats done, floats there are

  inline __attribute__((always_inline)) void step() {
    Lanes found = load(poison);
    switch (update->kind) {
      case UpdateKind::sgd:
        updateLanes<UpdateKind::sgd>(*update, run, at, found);
        break;
      case UpdateKind::momentum:
        updateLanes<UpdateKind::momentum>(*update, run, at, found);
        break;
      case UpdateKind::adam:
        updateLanes<UpdateKind::adam>(*update, run, at, found);
        break;
      case UpdateKind::store:
        updateLanes<UpdateKind::store>(*update, run, at, found);
        break;
      default:  // the others never wait: runsInsideChains()
        break;
    }
    store(poison, found);
    at += 16;
  }
  inline __attribute__((always_inline)) void finish() {
    while (at < count) step();
  }
};

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
  WaitingUpdate* waiting;
};

// Fetches a tile's own parameters, a line of each slot per row of its chains: they are wanted when the chains end.
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
__attribute__((noinline)) void weightGradientTile(const WeightGradientTask& task) {
  constexpr size_t kFloats = Rows * Vectors * 16;
  Tile<Rows, Vectors> tile;
  WaitingUpdate& waiting = *task.waiting;
  Prefetcher ahead(*task.update, *task.slots, task.offset, kFloats);
  if (!kOverlapsOptimizer) {
    while (ahead.lines > 0) {
      ahead.step();
      --ahead.lines;
    }
  }
  const size_t ldx = task.ldx, lddz = task.lddz;
  sumByRowOrder(tile, *task.order, [&](Tile<Rows, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* x = task.x + begin * ldx;
    const float* dz = task.dz + begin * lddz;
    size_t i = 0;
    if (kOverlapsOptimizer) {
      const size_t both = smaller(count, smaller(ahead.lines, (waiting.count - waiting.at) / 16));
      for (; i < both; ++i, x += ldx, dz += lddz) {
        waiting.step();
        ahead.step();
        chainOverRow(sums, x, dz);
      }
      ahead.lines -= both;
      const size_t fetching = smaller(count - i, ahead.lines);  // the first tile of a call
      ahead.lines -= fetching;
      for (const size_t end = i + fetching; i < end; ++i, x += ldx, dz += lddz) {
        ahead.step();
        chainOverRow(sums, x, dz);
      }
    }
    for (; i < count; ++i, x += ldx, dz += lddz) chainOverRow(sums, x, dz);
  });
  waiting.finish();
  storeSums(tile, task.columns, waiting.sums);
  if (!runsInsideChains(*task.update)) {
    const bool broken = applyUpdate(*task.update, kFloats, waiting.sums, *task.slots, task.offset);
    if (broken) store(waiting.poison, broadcast(kNaN));
    return;
  }
  waiting.run = UpdateRun(waiting.sums, *task.slots, task.offset);
  waiting.at = 0;
  waiting.count = kFloats;
  if (!kOverlapsOptimizer) waiting.finish();
}

template <int Rows, int Vectors>
void weightGradientRows(int rows, const WeightGradientTask& task) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return weightGradientRows<Rows - 1, Vectors>(rows, task);
  }
  weightGradientTile<Rows, Vectors>(task);
}

// A block's columns of x are copied together, for rows up to here: apart, each row stands in a page and (at some leading
// dimensions) in a cache set of its own, and chains stall. The copy pays where at least so many panels read it.
constexpr size_t kCopiedRows = 256;
constexpr size_t kPanelsForCopy = 4;

// Rows that an order reaches: one past the last.
SAMEBITS_INLINE size_t rowsOf(const RowOrder& order) {
  size_t rows = 0;
  for (uint32_t s = 0; s < order.chainEnd[order.chains - 1]; ++s) {
    const size_t end = static_cast<size_t>(order.segments[s].begin) + order.segments[s].count;
    if (end > rows) rows = end;
  }
  return rows;
}

SAMEBITS_INLINE void copyBlock(const float* x, size_t ldx, size_t rows, size_t inputs, float* block) {
  for (size_t r = 0; r < rows; ++r) {
    for (size_t k = 0; k < inputs; k += 16) {
      store(block + r * kInputStrip + k, loadFirst(x + r * ldx + k, smaller(16, inputs - k)));
    }
  }
}

// A block of inputs at a time, all columns, tile by tile: the block's columns of x stay in the first-level cache while
// strips of dz pass from the second, and gradients and weights are streamed once.
bool weightGradient(const float* x, size_t ldx, const float* dz, size_t lddz, const RowOrder* order, size_t inputs,
                    size_t units, size_t inputBegin, size_t inputEnd, size_t columnBegin, size_t columnEnd,
                    const Update* update, const ParameterSlots* slots) {
  WaitingUpdate waiting = {{}, {}, update, UpdateRun(nullptr, *slots, 0), 0, 0};
  alignas(64) float copied[kCopiedRows * kInputStrip];
  const size_t rows = rowsOf(*order);
  const bool copies = rows <= kCopiedRows && columnEnd - columnBegin >= kPanelsForCopy * kPanel;
  for (size_t block = inputBegin; block < inputEnd; block += kInputStrip) {
    const size_t count = smaller(kInputStrip, inputEnd - block);
    if (copies) copyBlock(x + block, ldx, rows, count, copied);
    const float* blockOfX = copies ? copied : x + block;
    const size_t ldBlock = copies ? kInputStrip : ldx;
    const EvenTiles tiles(count, kTileRows);
    for (size_t column = columnBegin; column < columnEnd; column += kPanel) {
      const size_t width = panelWidth(column, units);
      for (size_t t = 0; t < tiles.tiles; ++t) {
        const size_t input = block + tiles.begin(t);
        const WeightGradientTask task = {blockOfX + tiles.begin(t),
                                         ldBlock,
                                         dz + column,
                                         lddz,
                                         order,
                                         smaller(kPanel, columnEnd - column),
                                         update,
                                         slots,
                                         panelOffset(column, inputs) + input * width,
                                         &waiting};
        if (width == kPanel) {
          weightGradientRows<kTileRows, kPanelVectors>(tiles.size(t), task);
        } else {
          weightGradientRows<kTileRows, 1>(tiles.size(t), task);
        }
      }
    }
  }
  waiting.finish();
  return any(isNan(load(waiting.poison)));
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
