// Marks of tensors where they stand (docs/numerics.md, "Fingerprint"): sums modulo 2^64, so that any order of any parts gives
// the same. 64-bit lanes are the vectors of simd_double.h, whose multiplication each instruction set has in its own way.
namespace samebits {
namespace {

// Two neighboring elements in each 64-bit lane, the first of them in its low half (all our machines are little-endian).
typedef float PairFloats __attribute__((vector_size(8 * kDoubles)));
typedef uint32_t PairWords __attribute__((vector_size(8 * kDoubles)));
constexpr size_t kMarkFloats = 2 * kDoubles;
static_assert(16 % kMarkFloats == 0, "padding to 16 floats is padding to whole vectors");

constexpr uint64_t kNextIndex = uint64_t{1} << 32;

SAMEBITS_INLINE DoubleBits everyLane(uint64_t value) { return value - DoubleBits{}; }

// The numbers 0, 2, 4, … of the first elements of pairs.
SAMEBITS_INLINE DoubleBits evenNumbers() {
  DoubleBits numbers;
  SAMEBITS_UNROLL
  for (size_t l = 0; l < kDoubles; ++l) numbers[l] = 2 * l;
  return numbers;
}

// The finalizer of splitmix64, after its constant was added.
SAMEBITS_INLINE DoubleBits mixed(DoubleBits z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

struct MarkTerms {
  DoubleBits even, odd;
};

// The terms of kMarkFloats elements. `at`: index · 2^32 + the finalizer's constant, of each pair's first.
SAMEBITS_INLINE MarkTerms markTerms(const float* values, DoubleBits at) {
  PairFloats floats;
  __builtin_memcpy(&floats, values, sizeof floats);
  const PairWords canonical = PairWords{} + 0x7FC00000u;
  const DoubleBits pairs = (DoubleBits)(floats == floats ? (PairWords)floats : canonical);
  return {mixed(at + (pairs & 0xFFFFFFFFu)), mixed(at + kNextIndex + (pairs >> 32))};
}

// For any number of columns, or for one that is known when this is compiled.
SAMEBITS_INLINE DoubleBits markRows(const float* values, size_t rows, size_t width, size_t columns, DoubleBits at,
                                    uint64_t stride) {
  const size_t whole = columns / kMarkFloats * kMarkFloats;
  const uint64_t rest = columns - whole;
  const DoubleBits even = evenNumbers();
  const DoubleBits countsEven = (DoubleBits)(even < everyLane(rest));
  const DoubleBits countsOdd = (DoubleBits)(even + 1 < everyLane(rest));
  DoubleBits sum = {};
  for (size_t r = 0; r < rows; ++r, values += width, at += stride * kNextIndex) {
    for (size_t j = 0; j < whole; j += kMarkFloats) {
      const MarkTerms terms = markTerms(values + j, at + j * kNextIndex);
      sum += terms.even + terms.odd;
    }
    if (rest == 0) continue;
    const MarkTerms terms = markTerms(values + whole, at + whole * kNextIndex);
    sum += (terms.even & countsEven) + (terms.odd & countsOdd);
  }
  return sum;
}

uint64_t mark(const float* values, size_t rows, size_t width, size_t columns, uint64_t index, size_t stride) {
  const DoubleBits at = (evenNumbers() + index) * kNextIndex + 0x9E3779B97F4A7C15u;
  const DoubleBits lanes = columns == kPanel && width == kPanel ? markRows(values, rows, kPanel, kPanel, at, stride)
                                                                : markRows(values, rows, width, columns, at, stride);
  uint64_t sum = 0;
  SAMEBITS_UNROLL
  for (size_t l = 0; l < kDoubles; ++l) sum += lanes[l];
  return sum;
}

}  // namespace
}  // namespace samebits
