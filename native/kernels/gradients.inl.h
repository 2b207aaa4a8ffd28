// The sums over rows of the batch that are gradients of kernels (x^T dz), with the optimizer at their end.
namespace samebits {
namespace {

// Sums of a tile go through a small buffer in the first-level cache to the optimizer: in panels layout a tile is one
// contiguous run, so the optimizer is a plain loop.
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

// A whole tile's sums wait here while the next tile's chains run, and the optimizer goes over them 16 a row inside those
// chains: division, root and the way to memory hide behind the multiplications (at 32 rows that is a third of the time).
// A narrow tile leaves too few registers for that; there the optimizer runs at once.
constexpr bool kOverlapsOptimizer = kPanelVectors > 1;
// Floats that parameters are fetched ahead of the optimizer: three tiles, about the latency of the last-level cache.
constexpr size_t kAhead = 3 * kTileRows * kPanel;

// Where a tile of weights stands, and where in its tensor.
struct TilePlace {
  size_t offset = 0;  // in the slots
  size_t index = 0;   // row-major, of its first element
  size_t rows = 0, width = 0;
  size_t columns = 0;  // that exist
  size_t floats() const { return rows * width; }
};

struct WaitingUpdate {
  alignas(64) float sums[kTileRows * kPanel];
  const Update* update;
  const ParameterSlots* slots;
  const size_t units;    // of the tensor
  const bool marks;      // whether what was updated is marked,
  uint64_t markSum = 0;  // here
  TilePlace place;       // whose sums wait; no rows: none do
  TilePlace updated;     // whose weights are new, finite, and still to be marked; no rows: none
  bool broken = false;   // a value became infinite or NaN

  WaitingUpdate(const Update* what, const ParameterSlots* where, size_t tensorUnits, bool isMarked)
      : update(what), slots(where), units(tensorUnits), marks(isMarked) {}

  void finish() {
    if (place.rows > 0) updateDone(applyUpdate(*update, place.floats(), sums, *slots, place.offset));
    markUpdated();
  }

  // The sums that waited have been applied.
  void updateDone(bool nowBroken) {
    if (nowBroken) {
      broken = true;
      if (marks) markSum += markAt<false>(place);
    } else if (marks) {
      markUpdated();
      updated = place;
    }
    place.rows = 0;
  }

  void markUpdated() {
    if (updated.rows > 0) markSum += markAt<true>(updated);
    updated.rows = 0;
  }

  template <bool Finite>
  uint64_t markAt(const TilePlace& at) const {
    return markOf<Finite>(slots->value + at.offset, at.rows, at.width, at.columns, at.index, units);
  }
};

struct WeightGradientTask {
  const float* x;  // at the tile's first input
  size_t ldx;
  const float* dz;  // at the tile's first column
  size_t lddz;
  const RowOrder* order;
  TilePlace place;
  WaitingUpdate* waiting;
};

// Continues the chains over one row: Rows neighbors of a row of x, broadcast, times Vectors * 16 columns of dz.
// between(r) comes after the r-th: other work, for which the processor finds time there.
template <int Rows, int Vectors, typename Between>
SAMEBITS_INLINE void chainOverRow(Tile<Rows, Vectors>& sums, const float* x, const float* dz, Between between) {
  Lanes row[Vectors];
  SAMEBITS_UNROLL
  for (int v = 0; v < Vectors; ++v) row[v] = load(dz + v * 16);
  SAMEBITS_UNROLL
  for (int r = 0; r < Rows; ++r) {
    const Lanes value = broadcast(x[r]);
    SAMEBITS_UNROLL
    for (int v = 0; v < Vectors; ++v) sums.at[r][v] = fma(value, row[v], sums.at[r][v]);
    between(r);
  }
}
template <int Rows, int Vectors>
SAMEBITS_INLINE void chainOverRow(Tile<Rows, Vectors>& sums, const float* x, const float* dz) {
  chainOverRow(sums, x, dz, [](int) SAMEBITS_INLINE_LAMBDA {});
}

// Any tile, its optimizer at its end.
template <int Rows, int Vectors>
__attribute__((noinline)) void weightGradientTile(const WeightGradientTask& task) {
  Tile<Rows, Vectors> tile;
  const size_t ldx = task.ldx, lddz = task.lddz;
  sumByRowOrder(tile, *task.order, [&](Tile<Rows, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* x = task.x + begin * ldx;
    const float* dz = task.dz + begin * lddz;
    for (size_t i = 0; i < count; ++i, x += ldx, dz += lddz) chainOverRow(sums, x, dz);
  });
  WaitingUpdate& waiting = *task.waiting;
  waiting.finish();
  storeSums(tile, task.place.columns, waiting.sums);
  waiting.place = task.place;
  waiting.finish();
}

static_assert(!kOverlapsOptimizer || (kTileRows == kMarkStages && kPanel == 32 && kMarkFloats == 16),
              "one stage of a mark goes with each row of a tile, and panels have two turns a row");

// A whole tile of packed operands: the optimizer of the tile before runs inside its chains, and its own sums wait. With
// `Marks` the tile before that one, a whole one too, is marked there: a step costs a fiftieth more than without marks, and
// not a twentieth, where integers and shifts have units beside the multipliers'.
template <UpdateKind Kind, bool Marks>
__attribute__((noinline)) void overlappingTile(const WeightGradientTask& task) {
  Tile<kTileRows, kPanelVectors> tile;
  WaitingUpdate& waiting = *task.waiting;
  const Update update = *waiting.update;  // its own copy, as in updateAll
  const UpdateRun run(waiting.sums, *waiting.slots, waiting.place.offset);
  const size_t waits = waiting.place.floats();
  MarkTurns marks(waiting.slots->value + waiting.updated.offset, waiting.updated.index, waiting.units);
  Lanes poison = zero();
  size_t at = 0;
  sumByRowOrder(tile, *task.order, [&](auto& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* x = task.x + begin * kTileRows;
    const float* dz = task.dz + begin * kPanel;
    const float* const end = dz + count * kPanel;
    const float* const both = dz + smaller(count, (waits - at) / 16) * kPanel;
    for (; dz != both; x += kTileRows, dz += kPanel, at += 16) {
      prefetchParameters<Kind>(run, at + kAhead);
      updateLanes<Kind>(update, run, at, poison);
      if constexpr (Marks) {
        chainOverRow(sums, x, dz, [&](int r) SAMEBITS_INLINE_LAMBDA { marks.stage(r); });
        marks.next();
      } else {
        chainOverRow(sums, x, dz);
      }
    }
    for (; dz != end; x += kTileRows, dz += kPanel) chainOverRow(sums, x, dz);
  });
  for (; at < waits; at += 16) {
    updateLanes<Kind>(update, run, at, poison);
    if constexpr (Marks) {
      for (int r = 0; r < kMarkStages; ++r) marks.stage(r);
      marks.next();
    }
  }
  if constexpr (Marks) {
    waiting.markSum += sumOfLanes(marks.sum);
    waiting.updated.rows = 0;
  }
  waiting.updateDone(any(isNan(poison)));
  storeSums(tile, task.place.columns, waiting.sums);
  waiting.place = task.place;
}

template <int Rows, int Vectors>
void weightGradientRows(int rows, const WeightGradientTask& task) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return weightGradientRows<Rows - 1, Vectors>(rows, task);
  }
  weightGradientTile<Rows, Vectors>(task);
}

// The switch is here, and not in the tile, so that each tile's loops are as short as its optimizer allows.
template <bool Marks>
void weightGradientOverlapping(const WeightGradientTask& task) {
  switch (task.waiting->update->kind) {
    case UpdateKind::sgd:
      return overlappingTile<UpdateKind::sgd, Marks>(task);
    case UpdateKind::momentum:
      return overlappingTile<UpdateKind::momentum, Marks>(task);
    case UpdateKind::adam:
      return overlappingTile<UpdateKind::adam, Marks>(task);
    default:
      return overlappingTile<UpdateKind::store, false>(task);
  }
}

void weightGradientWhole(const WeightGradientTask& task) {
  if constexpr (kOverlapsOptimizer) {
    const WaitingUpdate& waiting = *task.waiting;
    const bool marks = waiting.updated.rows == kTileRows && waiting.updated.columns == kPanel && waiting.place.rows > 0;
    if (runsInsideChains(*waiting.update, *waiting.slots)) {
      return marks ? weightGradientOverlapping<true>(task) : weightGradientOverlapping<false>(task);
    }
  }
  weightGradientTile<kTileRows, kPanelVectors>(task);
}

// Rows that an order reaches: one past the last.
SAMEBITS_INLINE size_t rowsOf(const RowOrder& order) {
  size_t rows = 0;
  for (uint32_t s = 0; s < order.chainEnd[order.chains - 1]; ++s) {
    const size_t end = static_cast<size_t>(order.segments[s].begin) + order.segments[s].count;
    if (end > rows) rows = end;
  }
  return rows;
}

// Operands are packed so that a tile reads two contiguous runs: in rows of a matrix, each row stands in a page and (at
// some leading dimensions) in a cache set of its own, and chains stall. x is packed for a block of tiles at a time: of so
// many, or of fewer where a batch has so many rows that they would not fit into the scratch memory.
constexpr size_t kBlockTiles = 48;
constexpr size_t kScratchPerRow = kPanel + kBlockTiles * kTileRows;
constexpr size_t kMostScratch = 192 * 1024;
// Fewer tiles than this are not worth it.
constexpr size_t kTilesWorthPacking = 4;

// Tiles of a block, for a batch of `rows` rows; 0 if nothing is packed.
SAMEBITS_INLINE size_t tilesPerBlock(size_t rows, size_t tiles) {
  const size_t floats = kMostScratch / (rows > 0 ? rows : 1);
  const size_t fitting = floats < kPanel ? 0 : smaller(kBlockTiles, (floats - kPanel) / kTileRows);
  return smaller(tiles, fitting) < kTilesWorthPacking ? 0 : fitting;
}

// Columns [0, count) of x to [tile][row][kTileRows]; what the last tile lacks is left.
SAMEBITS_INLINE void packInputs(const float* x, size_t ldx, size_t rows, size_t count, float* packed) {
  for (size_t r = 0; r < rows; ++r, x += ldx, packed += kTileRows) {
    const float* from = x;
    const float* const end = x + count / kTileRows * kTileRows;
    float* to = packed;
    for (; from != end; from += kTileRows, to += rows * kTileRows) {
      __builtin_memcpy(to, from, kTileRows * sizeof(float));
    }
    for (size_t k = 0; k < count % kTileRows; ++k) to[k] = from[k];
  }
}

// A panel's columns of dz to [row][kPanel].
SAMEBITS_INLINE void packPanel(const float* dz, size_t lddz, size_t rows, float* packed) {
  for (size_t r = 0; r < rows; ++r, dz += lddz, packed += kPanel) {
    SAMEBITS_UNROLL
    for (int v = 0; v < kPanelVectors; ++v) store(packed + v * 16, load(dz + v * 16));
  }
}

// A panel of columns at a time, all inputs of a block, tile by tile: the panel's columns of dz stay in the first-level
// cache while x passes from the second, and parameters are streamed once, in the order in which they lie.
bool weightGradient(const float* x, size_t ldx, const float* dz, size_t lddz, const RowOrder* order, size_t inputs,
                    size_t units, size_t inputBegin, size_t inputEnd, size_t columnBegin, size_t columnEnd,
                    const Update* update, const ParameterSlots* slots, float* scratch, uint64_t* markSum) {
  if (inputBegin == inputEnd) return false;
  WaitingUpdate waiting(update, slots, units, markSum != nullptr);
  const size_t rows = rowsOf(*order);
  float* const packedX = scratch + rows * kPanel;
  const size_t allTiles = (inputEnd - inputBegin + kTileRows - 1) / kTileRows;
  const size_t packed = units > 16 ? tilesPerBlock(rows, allTiles) : 0;  // a narrow panel's tiles are too few
  const bool packs = packed > 0;
  const EvenTiles blocks(allTiles, packs ? packed : allTiles);
  for (size_t b = 0; b < blocks.tiles; ++b) {
    const size_t block = inputBegin + blocks.begin(b) * kTileRows;
    const size_t count = smaller(inputEnd - block, blocks.size(b) * kTileRows);
    const size_t whole = count / kTileRows * kTileRows;
    if (packs) packInputs(x + block, ldx, rows, count, packedX);
    for (size_t column = columnBegin; column < columnEnd; column += kPanel) {
      const size_t width = panelWidth(column, units);
      const bool wide = width == kPanel;
      const TilePlace first = {panelOffset(column, inputs) + block * width, block * units + column, kTileRows, width,
                               smaller(kPanel, columnEnd - column)};
      WeightGradientTask task = {x + block, ldx, dz + column, lddz, order, first, &waiting};
      size_t nextTile = kTileRows;  // floats from one tile's inputs to the next's
      if (packs) {
        task.x = packedX;
        task.ldx = kTileRows;
        nextTile = rows * kTileRows;
        if (wide) {
          packPanel(task.dz, lddz, rows, scratch);
          task.dz = scratch;
          task.lddz = kPanel;
        }
      }
      for (size_t input = 0; input < whole; input += kTileRows) {
        if (!wide) {
          weightGradientTile<kTileRows, 1>(task);
        } else if (packs) {
          weightGradientWhole(task);
        } else {
          weightGradientTile<kTileRows, kPanelVectors>(task);
        }
        task.x += nextTile;
        task.place.offset += kTileRows * width;
        task.place.index += kTileRows * units;
      }
      if (count == whole) continue;
      const int rest = static_cast<int>(count - whole);
      task.place.rows = count - whole;
      if (wide) {
        weightGradientRows<kTileRows - 1, kPanelVectors>(rest, task);
      } else {
        weightGradientRows<kTileRows - 1, 1>(rest, task);
      }
    }
  }
  waiting.finish();
  if (markSum != nullptr) *markSum += waiting.markSum;
  return waiting.broken;
}

}  // namespace
}  // namespace samebits
