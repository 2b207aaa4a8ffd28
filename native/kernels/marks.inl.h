// Marks of tensors where they stand (docs/numerics.md, "Fingerprint"): sums modulo 2^64, so that any order of any parts gives
// the same. 64-bit lanes are the vectors of simd_double.h, whose multiplication each instruction set has in its own way.
namespace samebits {
namespace {

// Two neighboring elements in each 64-bit lane, the first of them in its low half (all our machines are little-endian).
typedef float PairFloats __attribute__((vector_size(8 * kDoubles)));
typedef uint32_t PairWords __attribute__((vector_size(8 * kDoubles)));
constexpr size_t kMarkFloats = 2 * kDoubles;
static_assert(16 % kMarkFloats == 0, "padding to 16 floats is padding to whole vectors");

constexpr uint64_t kNextIndex = uint64_t{1} << 32;  // where terms have the index
constexpr uint64_t kMarkConstant = 0x9E3779B97F4A7C15u;

SAMEBITS_INLINE DoubleBits everyLane(uint64_t value) { return value - DoubleBits{}; }

// The numbers 0, 2, 4, … of the first elements of pairs.
SAMEBITS_INLINE DoubleBits evenNumbers() {
  DoubleBits numbers;
  SAMEBITS_UNROLL
  for (size_t l = 0; l < kDoubles; ++l) numbers[l] = 2 * l;
  return numbers;
}

// What the bits of first elements are added to, where the very first has the index `shifted` / 2^32.
SAMEBITS_INLINE DoubleBits positionsAt(uint64_t shifted) {
  return everyLane(shifted) + (evenNumbers() * kNextIndex + kMarkConstant);
}

// The terms of kMarkFloats elements: splitmix64's finalizer of index · 2^32 + bits, in stages, so that other work can stand
// between them. A quarter of the time goes into NaN; values that are known to be finite spare it.
constexpr int kMarkStages = 12;
template <bool Finite>
struct MarkTerms {
  PairWords words;
  DoubleBits even, odd;  // of first and second elements

  inline __attribute__((always_inline)) void stage(int number, const float* values, DoubleBits positions) {
    switch (number) {
      case 0:
        __builtin_memcpy(&words, values, sizeof words);
        if constexpr (!Finite) {
          const PairWords canonical = PairWords{} + 0x7FC00000u;
          words = (PairFloats)words == (PairFloats)words ? words : canonical;
        }
        return;
      case 1:
        even = positions + ((DoubleBits)words & 0xFFFFFFFFu);
        return;
      case 2:
        odd = (positions + kNextIndex) + ((DoubleBits)words >> 32);
        return;
      case 3:
        even ^= even >> 30;
        return;
      case 4:
        odd ^= odd >> 30;
        return;
      case 5:
        even *= 0xBF58476D1CE4E5B9u;
        return;
      case 6:
        odd *= 0xBF58476D1CE4E5B9u;
        return;
      case 7:
        even ^= even >> 27;
        return;
      case 8:
        odd ^= odd >> 27;
        return;
      case 9:
        even *= 0x94D049BB133111EBu;
        return;
      case 10:
        odd *= 0x94D049BB133111EBu;
        return;
      case 11:
        even ^= even >> 31;
        odd ^= odd >> 31;
        return;
    }
  }

  inline __attribute__((always_inline)) void all(const float* values, DoubleBits positions) {
    SAMEBITS_UNROLL
    for (int number = 0; number < kMarkStages; ++number) stage(number, values, positions);
  }
};

// For any number of columns, or for one that is known when this is compiled.
template <bool Finite>
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
      MarkTerms<Finite> terms;
      terms.all(values + j, at + j * kNextIndex);
      sum += terms.even + terms.odd;
    }
    if (rest == 0) continue;
    MarkTerms<Finite> terms;
    terms.all(values + whole, at + whole * kNextIndex);
    sum += (terms.even & countsEven) + (terms.odd & countsOdd);
  }
  return sum;
}

SAMEBITS_INLINE uint64_t sumOfLanes(DoubleBits lanes) {
  uint64_t sum = 0;
  SAMEBITS_UNROLL
  for (size_t l = 0; l < kDoubles; ++l) sum += lanes[l];
  return sum;
}

template <bool Finite>
uint64_t markOf(const float* values, size_t rows, size_t width, size_t columns, uint64_t index, size_t stride) {
  const DoubleBits at = positionsAt(index * kNextIndex);
  return sumOfLanes(columns == kPanel && width == kPanel ? markRows<Finite>(values, rows, kPanel, kPanel, at, stride)
                                                         : markRows<Finite>(values, rows, width, columns, at, stride));
}

// Finite rows of whole panels, 16 elements a turn: for loops that have something else to do meanwhile.
struct MarkTurns {
  const float* values;
  uint64_t index,
      step;  // shifted, of this turn's first element; to the next turn's: further in the row, or in the next one
  const uint64_t stride;
  DoubleBits sum = {};
  DoubleBits positions;
  MarkTerms<true> terms;

  MarkTurns(const float* first, uint64_t firstIndex, size_t units)
      : values(first), index(firstIndex * kNextIndex), step(16 * kNextIndex), stride(units * kNextIndex) {}

  inline __attribute__((always_inline)) void stage(int number) {
    if (number == 0) positions = positionsAt(index);
    terms.stage(number, values, positions);
  }
  inline __attribute__((always_inline)) void next() {
    sum += terms.even + terms.odd;
    values += 16;
    index += step;
    step = stride - step;
  }
};

uint64_t mark(const float* values, size_t rows, size_t width, size_t columns, uint64_t index, size_t stride) {
  return markOf<false>(values, rows, width, columns, index, stride);
}

}  // namespace
}  // namespace samebits
