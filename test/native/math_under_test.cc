// Compiled once per instruction set, with -DMATH_ISA=scalar, avx2, avx512 or neon and the flags that it needs.
#include "math_under_test.h"

#include "../../native/kernels/simd_double.h"

namespace samebits {
namespace {
#include "../../native/kernels/math.inl.h"

template <typename Function>
bool isOpen(float x) {
  return decide<Function>(x - HalfFloats{}).open != 0;
}
}  // namespace
}  // namespace samebits

using namespace samebits;

#define NAME_OF(isa) #isa
#define TABLE_OF(isa)                                                                                          \
  extern const MathUnderTest mathUnderTest_##isa = {                                                           \
      NAME_OF(isa),                                                                                            \
      {math_exp, math_expm1, math_log, math_log1p, math_tanh, math_sigmoid, math_erf, math_sinpi, math_cospi}, \
      {cr_exp, cr_expm1, cr_log, cr_log1p, cr_tanh, cr_sigmoid, cr_erf, cr_sinpi, cr_cospi},                   \
      {isOpen<Exp>, isOpen<Expm1>, isOpen<Log>, isOpen<Log1p>, isOpen<Tanh>, isOpen<Sigmoid>, isOpen<Erf>,     \
       isOpen<Sinpi>, isOpen<Cospi>}};
#define TABLE(isa) TABLE_OF(isa)
TABLE(MATH_ISA)
