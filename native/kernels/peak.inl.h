// Independent chains of fma and nothing else: how fast this instruction set can go at all. A limit to measure other
// kernels against; no result of it is used.
// Unrolled whole: an accumulator with a variable index would live in memory.
#define SAMEBITS_UNROLL_CHAINS _Pragma("GCC unroll 32")

namespace samebits {
namespace {

// As many accumulators as a register tile has: more than latency times ports (4 x 2 on today's CPUs) asks for, and few
// enough to stay in registers.
constexpr int kFmaChains = kTileRows * (kPanel / 16);
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

}  // namespace
}  // namespace samebits
