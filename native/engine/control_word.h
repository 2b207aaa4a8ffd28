// The floating-point control word of the calling thread, set for the contract and put back afterwards.
#ifndef SAMEBITS_ENGINE_CONTROL_WORD_H
#define SAMEBITS_ENGINE_CONTROL_WORD_H

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#elif !defined(__aarch64__)
#error "No control word is known for this architecture: its rounding mode and subnormals cannot be guaranteed."
#endif

namespace samebits {

// While one lives, the thread that made it rounds to nearest even, keeps subnormals (no FTZ, no DAZ) and traps nothing.
// The destructor puts back what was there, for instance a caller's flush-to-zero.
class ControlWord {
 public:
  ControlWord() : saved_(read()) { write(kContract); }
  ~ControlWord() { write(saved_); }
  ControlWord(const ControlWord&) = delete;
  ControlWord& operator=(const ControlWord&) = delete;

#if defined(__x86_64__)
  using Word = uint32_t;
  static constexpr Word kContract = 0x1f80;  // all exceptions masked, nearest even, FTZ and DAZ off
  static Word read() { return _mm_getcsr(); }
  static void write(Word word) { _mm_setcsr(word); }
#else
  using Word = uint64_t;
  static constexpr Word kContract = 0;  // nearest even, FZ off, traps off
  static Word read() {
    Word word;
    asm volatile("mrs %0, fpcr" : "=r"(word));
    return word;
  }
  static void write(Word word) { asm volatile("msr fpcr, %0" : : "r"(word) : "memory"); }
#endif

 private:
  Word saved_;
};

}  // namespace samebits

#endif
