// Philox4x32-10 and the shuffle (docs/numerics.md, "Randomness").
#ifndef SAMEBITS_ENGINE_RANDOM_H
#define SAMEBITS_ENGINE_RANDOM_H

#include <cstddef>
#include <cstdint>

namespace samebits {

struct PhiloxKey {
  uint32_t word[2];
};

// The four words of the block with this counter.
void philox(const PhiloxKey& key, uint32_t block, uint32_t attempt, uint32_t epoch, uint32_t stream, uint32_t words[4]);

// order[0 … rows) becomes the permutation of epoch `epoch`. rows < 2^32.
void shuffleRows(const PhiloxKey& key, uint32_t stream, uint32_t epoch, uint32_t* order, size_t rows);

}  // namespace samebits

#endif
