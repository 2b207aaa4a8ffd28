#include "random.h"

#include <utility>

namespace samebits {
namespace {

constexpr uint32_t kMultiplier0 = 0xD2511F53u;
constexpr uint32_t kMultiplier1 = 0xCD9E8D57u;
constexpr uint32_t kWeyl0 = 0x9E3779B9u;
constexpr uint32_t kWeyl1 = 0xBB67AE85u;
constexpr int kRounds = 10;

}  // namespace

void philox(const PhiloxKey& key, uint32_t block, uint32_t attempt, uint32_t epoch, uint32_t stream,
            uint32_t words[4]) {
  uint32_t c0 = block, c1 = attempt, c2 = epoch, c3 = stream;
  uint32_t k0 = key.word[0], k1 = key.word[1];
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t product0 = static_cast<uint64_t>(kMultiplier0) * c0;
    const uint64_t product1 = static_cast<uint64_t>(kMultiplier1) * c2;
    c0 = static_cast<uint32_t>(product1 >> 32) ^ c1 ^ k0;
    c1 = static_cast<uint32_t>(product1);
    c2 = static_cast<uint32_t>(product0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<uint32_t>(product0);
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

void shuffleRows(const PhiloxKey& key, uint32_t stream, uint32_t epoch, uint32_t* order, size_t rows) {
  for (size_t i = 0; i < rows; ++i) order[i] = static_cast<uint32_t>(i);
  uint32_t words[4];
  uint32_t block = UINT32_MAX;  // none yet: rows < 2^32, so that blocks stay below 2^30
  for (size_t i = rows; i-- > 1;) {
    const uint32_t position = static_cast<uint32_t>(i);
    if (position / 4 != block) {
      block = position / 4;
      philox(key, block, 0, epoch, stream, words);
    }
    const uint32_t bound = position + 1;
    uint64_t product = static_cast<uint64_t>(words[position % 4]) * bound;
    // The remainder costs a division: it is below `bound`, so that most words pass without it.
    if (static_cast<uint32_t>(product) < bound) {
      const uint32_t threshold = (0u - bound) % bound;
      for (uint32_t attempt = 1; static_cast<uint32_t>(product) < threshold; ++attempt) {
        uint32_t again[4];
        philox(key, block, attempt, epoch, stream, again);
        product = static_cast<uint64_t>(again[position % 4]) * bound;
      }
    }
    std::swap(order[i], order[static_cast<size_t>(product >> 32)]);
  }
}

}  // namespace samebits
