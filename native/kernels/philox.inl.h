// Philox4x32-10 (docs/numerics.md, "Randomness") of several blocks side by side: plain loops over arrays, which the compiler
// turns into vectors.
namespace samebits {
namespace {

constexpr size_t kBlocks = 16;

// Words w of blocks firstBlock + b, at word[w][b], of a row of a step.
struct PhiloxWords {
  uint32_t word[4][kBlocks];
};

SAMEBITS_INLINE void philoxBlocks(const RowStream& stream, uint32_t row, uint32_t firstBlock, PhiloxWords& words) {
  uint32_t* const c0 = words.word[0];
  uint32_t* const c1 = words.word[1];
  uint32_t* const c2 = words.word[2];
  uint32_t* const c3 = words.word[3];
  for (size_t b = 0; b < kBlocks; ++b) {
    c0[b] = firstBlock + static_cast<uint32_t>(b);
    c1[b] = row;
    c2[b] = stream.step;
    c3[b] = stream.number;
  }
  uint32_t k0 = stream.key[0], k1 = stream.key[1];
  for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    for (size_t b = 0; b < kBlocks; ++b) {
      const uint64_t product0 = static_cast<uint64_t>(c0[b]) * 0xD2511F53u;
      const uint64_t product1 = static_cast<uint64_t>(c2[b]) * 0xCD9E8D57u;
      c0[b] = static_cast<uint32_t>(product1 >> 32) ^ c1[b] ^ k0;
      c1[b] = static_cast<uint32_t>(product1);
      c2[b] = static_cast<uint32_t>(product0 >> 32) ^ c3[b] ^ k1;
      c3[b] = static_cast<uint32_t>(product0);
    }
  }
}

}  // namespace
}  // namespace samebits
