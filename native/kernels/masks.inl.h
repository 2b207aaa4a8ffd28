// What is random in training: dropout and Gaussian noise (docs/numerics.md, "Dropout", "Gaussian noise").
namespace samebits {
namespace {

constexpr size_t kMaskUnits = 4 * kBlocks;

// kept[j] = 1 where unit firstUnit + j of row `row` is kept, else 0. firstUnit is a multiple of 4.
SAMEBITS_INLINE void keptUnits(const DropoutMask& mask, uint32_t row, uint32_t firstUnit, float kept[kMaskUnits]) {
  PhiloxWords words;
  philoxBlocks(mask.stream, row, firstUnit / 4, words);
  for (size_t b = 0; b < kBlocks; ++b) {
    kept[4 * b] = words.word[0][b] >= mask.threshold ? 1.0f : 0.0f;
    kept[4 * b + 1] = words.word[1][b] >= mask.threshold ? 1.0f : 0.0f;
    kept[4 * b + 2] = words.word[2][b] >= mask.threshold ? 1.0f : 0.0f;
    kept[4 * b + 3] = words.word[3][b] >= mask.threshold ? 1.0f : 0.0f;
  }
}

SAMEBITS_INLINE Lanes keptOnly(Mask kept, Lanes x, Lanes scale) { return select(kept, mul(x, scale), zero()); }

void dropout(const DropoutMask* mask, const float* source, size_t lds, size_t firstRow, size_t rows, size_t columnBegin,
             size_t columnEnd, float* target, size_t ldt, uint16_t* bits, size_t ldb) {
  const DropoutMask own = *mask;
  const Lanes scale = broadcast(own.scale);
  for (size_t r = 0; r < rows; ++r) {
    const float* from = source + r * lds;
    float* to = target + r * ldt;
    uint16_t* const row = bits + r * ldb;
    for (size_t column = columnBegin; column < columnEnd; column += kMaskUnits) {
      alignas(64) float kept[kMaskUnits] = {};
      keptUnits(own, static_cast<uint32_t>(firstRow + r), static_cast<uint32_t>(column), kept);
      overRow(smaller(kMaskUnits, columnEnd - column), [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
        const Mask keeps = lessThan(zero(), load(kept + i));
        row[(column + i) / 16] = static_cast<uint16_t>(bitsOf(keeps));
        storeUpTo(to + column + i, keptOnly(keeps, loadUpTo(from + column + i, n), scale), n);
      });
    }
  }
}

void dropoutGradient(float scale, const uint16_t* bits, size_t ldb, size_t rows, size_t columnBegin, size_t columnEnd,
                     float* dy, size_t lddy) {
  const Lanes factor = broadcast(scale);
  for (size_t r = 0; r < rows; ++r) {
    const uint16_t* const row = bits + r * ldb + columnBegin / 16;
    float* const d = dy + r * lddy + columnBegin;
    overRow(columnEnd - columnBegin, [&](size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
      storeUpTo(d + i, keptOnly(maskOf(row[i / 16]), loadUpTo(d + i, n), factor), n);
    });
  }
}

// Normals of two units a block.
constexpr size_t kNoiseUnits = 2 * kBlocks;

// In (0, 1], exact.
SAMEBITS_INLINE float positiveUniform(uint32_t word) { return static_cast<float>((word >> 8) + 1) * 0x1p-24f; }

// Box and Muller (docs/numerics.md, "Initialisers"), for units firstUnit … firstUnit + 31 of a row; firstUnit is even.
SAMEBITS_INLINE void normals(const RowStream& stream, uint32_t row, uint32_t firstUnit, float out[kNoiseUnits]) {
  PhiloxWords words;
  philoxBlocks(stream, row, firstUnit / 2, words);
  alignas(64) float angles[kNoiseUnits] = {};
  for (size_t b = 0; b < kBlocks; ++b) {
    out[2 * b] = positiveUniform(words.word[0][b]);
    out[2 * b + 1] = positiveUniform(words.word[2][b]);
    // Doubled exactly.
    angles[2 * b] = 2 * positiveUniform(words.word[1][b]);
    angles[2 * b + 1] = 2 * positiveUniform(words.word[3][b]);
  }
  logAll(out, kNoiseUnits, out);
  math_cospi(angles, kNoiseUnits, angles);
  for (size_t i = 0; i < kNoiseUnits; i += 16) {
    store(out + i, mul(sqrt(mul(broadcast(-2.0f), load(out + i))), load(angles + i)));
  }
}

void addNoise(const GaussianNoise* noise, const float* source, size_t lds, size_t firstRow, size_t rows,
              size_t columnBegin, size_t columnEnd, float* target, size_t ldt) {
  const GaussianNoise own = *noise;
  const Lanes stddev = broadcast(own.stddev);
  for (size_t r = 0; r < rows; ++r) {
    const float* from = source + r * lds;
    float* to = target + r * ldt;
    for (size_t column = columnBegin; column < columnEnd; column += kNoiseUnits) {
      alignas(64) float n[kNoiseUnits] = {};
      normals(own.stream, static_cast<uint32_t>(firstRow + r), static_cast<uint32_t>(column), n);
      overRow(smaller(kNoiseUnits, columnEnd - column), [&](size_t i, size_t count) SAMEBITS_INLINE_LAMBDA {
        storeUpTo(to + column + i, add(loadUpTo(from + column + i, count), mul(load(n + i), stddev)), count);
      });
    }
  }
}

}  // namespace
}  // namespace samebits
