// Independent chains of fma and nothing else: how fast this instruction set can go at all. A limit to measure other
// kernels against; no result of it is used.
// Unrolled whole: an accumulator with a variable index would live in memory.
#define SAMEBITS_UNROLL_CHAINS _Pragma("GCC unroll 32")

namespace samebits {
namespace {

// As many accumulators as a register tile has: more than latency times ports (4 x 2 on today's CPUs) asks for, and few
// enough to stay in registers.
constexpr int kFmaChains = kTileRows * kPanelVectors;
static_assert(kFmaChains <= 32, "unrolled whole by SAMEBITS_UNROLL_CHAINS");
constexpr uint32_t kFmaFlopsPerRound = kFmaChains * 16 * 2;

void fmaChains(size_t rounds, float* sink) {
  // From memory: the compiler would compute registers once that it knows to be alike.
  Lanes chain[kFmaChains];
  SAMEBITS_UNROLL_CHAINS
  for (int c = 0; c < kFmaChains; ++c) chain[c] = add(load(sink), broadcast(static_cast<float>(c)));
  // The chains tend to 1: neither subnormal nor infinite, which could be slower.
  const Lanes factor = broadcast(0.5f), term = broadcast(0.5f);
  for (size_t i = 0; i < rounds; ++i) {
    SAMEBITS_UNROLL_CHAINS
    for (int c = 0; c < kFmaChains; ++c) chain[c] = fma(chain[c], factor, term);
  }
  Lanes sum = zero();
  SAMEBITS_UNROLL_CHAINS
  for (int c = 0; c < kFmaChains; ++c) sum = add(sum, chain[c]);
  store(sink, sum);
}

// The same number of chains, fed as the products feed them: of each round's operands kTileRows are broadcast and
// kPanelVectors loaded, all from the first-level cache. What the loads cost (a processor may lower its clock for them)
// no product can win back.
constexpr size_t kFedRounds = 64;
constexpr size_t kFedFloats = kFedRounds * (kTileRows + kPanel);

void fedFmaChains(size_t rounds, const float* operands, float* sink) {
  Tile<kTileRows, kPanelVectors> chains;
  clear(chains);
  for (size_t left = rounds; left > 0;) {
    const size_t count = smaller(left, kFedRounds);
    const float* x = operands;
    const float* dz = operands + kFedRounds * kTileRows;
    for (size_t i = 0; i < count; ++i, x += kTileRows, dz += kPanel) chainOverRow(chains, x, dz);
    left -= count;
  }
  Lanes sum = zero();
  SAMEBITS_UNROLL
  for (int r = 0; r < kTileRows; ++r) {
    SAMEBITS_UNROLL
    for (int v = 0; v < kPanelVectors; ++v) sum = add(sum, chains.at[r][v]);
  }
  store(sink, sum);
}

}  // namespace
}  // namespace samebits
