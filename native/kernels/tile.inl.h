// The register tile and the trees over tiles: what the products share.
//
// A Tile is `Rows` x `Vectors` accumulators of 16 lanes; each lane is one output and its chain. Vector registers lie
// across outputs, so neither the tile's size nor the instruction set can change an order of summation.
namespace samebits {
namespace {

template <int Rows, int Vectors>
struct Tile {
  Lanes at[Rows][Vectors];
};

template <int Rows, int Vectors>
SAMEBITS_INLINE void clear(Tile<Rows, Vectors>& tile) {
  SAMEBITS_UNROLL
  for (int r = 0; r < Rows; ++r) {
    SAMEBITS_UNROLL
    for (int v = 0; v < Vectors; ++v) tile.at[r][v] = zero();
  }
}

// Finished partial sums of a tile, waiting for their right neighbor. Lives on the thread's stack; only as much as the
// tree is deep is ever touched, so it stays in the first-level cache.
template <int Rows, int Vectors>
struct PartialTiles {
  alignas(64) float sums[kMaxStack][Rows * Vectors * 16];
  size_t depth = 0;

  inline __attribute__((always_inline)) void push(const Tile<Rows, Vectors>& tile) {
    float* to = sums[depth++];
    SAMEBITS_UNROLL
    for (int r = 0; r < Rows; ++r) {
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) store(to + (r * Vectors + v) * 16, tile.at[r][v]);
    }
  }

  // tile = (top of the stack) + tile: the earlier sum stands left.
  inline __attribute__((always_inline)) void mergeInto(Tile<Rows, Vectors>& tile) {
    const float* left = sums[--depth];
    SAMEBITS_UNROLL
    for (int r = 0; r < Rows; ++r) {
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) tile.at[r][v] = add(load(left + (r * Vectors + v) * 16), tile.at[r][v]);
    }
  }
};

// Sums `terms` terms by the feature tree: chain(tile, begin, count) continues the tile's chains over one leaf. Leaves
// merge like a binary counter (a merge for each trailing one of the leaf's number), the rest from the right: that is
// the balanced tree, level by level, with an odd last one carried up.
template <int Rows, int Vectors, typename Chain>
SAMEBITS_INLINE void sumByFeatureTree(Tile<Rows, Vectors>& tile, size_t terms, Chain chain) {
  PartialTiles<Rows, Vectors> partials;
  for (size_t leaf = 0;; ++leaf) {
    const size_t begin = leaf * kFeatureLeaf;
    const bool last = terms - begin <= kFeatureLeaf;
    clear(tile);
    chain(tile, begin, last ? terms - begin : kFeatureLeaf);
    if (last) break;
    for (size_t ones = leaf; (ones & 1) != 0; ones >>= 1) partials.mergeInto(tile);
    partials.push(tile);
  }
  while (partials.depth > 0) partials.mergeInto(tile);
}

// Sums over rows by a RowOrder: chain(tile, firstRow, count) continues the tile's chains over one segment.
template <int Rows, int Vectors, typename Chain>
SAMEBITS_INLINE void sumByRowOrder(Tile<Rows, Vectors>& tile, const RowOrder& order, Chain chain) {
  PartialTiles<Rows, Vectors> partials;
  uint32_t segment = 0;
  for (uint32_t c = 0;; ++c) {
    clear(tile);
    for (; segment < order.chainEnd[c]; ++segment) {
      chain(tile, order.segments[segment].begin, order.segments[segment].count);
    }
    for (uint32_t m = 0; m < order.mergesAfter[c]; ++m) partials.mergeInto(tile);
    if (c + 1 == order.chains) break;
    partials.push(tile);
  }
}

// `count` outputs along one side are cut into as few tiles as `limit` allows, and evenly: a remainder of its own would
// be a small tile with too few independent chains to hide the latency of an fma. Tile t begins at `begin(t)`.
struct EvenTiles {
  size_t tiles, base, longer;
  EvenTiles(size_t count, size_t limit)
      : tiles((count + limit - 1) / limit),
        base(tiles == 0 ? 0 : count / tiles),
        longer(tiles == 0 ? 0 : count % tiles) {}
  size_t begin(size_t t) const { return t * base + (t < longer ? t : longer); }
  int size(size_t t) const { return static_cast<int>(base + (t < longer ? 1 : 0)); }
};

SAMEBITS_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

}  // namespace
}  // namespace samebits
