// One kernel table. This text is compiled once for each instruction set, with one of SAMEBITS_ISA_SCALAR, _AVX2,
// _AVX512, _NEON and the compiler flags to match; and in scalar code for other hardware, with SAMEBITS_EMULATE (see
// arithmetic.h) beside _SCALAR. See native/sources.json.
//
// Everything but the table's getter is in anonymous namespaces, and nothing here uses the C++ library: an inline
// function compiled with wider instructions must never be the copy that the linker keeps for the whole program.
#include "kernel_table.h"
#include "simd.h"
#include "simd_double.h"

namespace samebits {
namespace {
#include "math.inl.h"
}  // namespace
}  // namespace samebits

#include "functions.inl.h"
#include "tile.inl.h"
#include "products.inl.h"
#include "optimizers.inl.h"
#include "marks.inl.h"
#include "gradients.inl.h"
#include "vector_gradients.inl.h"
#include "sums.inl.h"
#include "activations.inl.h"
#include "regularization.inl.h"
#include "philox.inl.h"
#include "masks.inl.h"
#include "normalization.inl.h"
#include "layer_normalization.inl.h"
#include "output_losses.inl.h"
#include "losses.inl.h"
#include "gather.inl.h"
#include "terms.inl.h"
#include "peak.inl.h"

namespace samebits {
namespace {

constexpr KernelTable kTable = {
    kTableName,
    kPanel,
    kTileRows,
    kInputStrip,
    kScratchPerRow,
    kMostScratch,
    forward,
    packRows,
    inputGradient,
    weightGradient,
    biasGradient,
    scaleGradient,
    columnSums<ColumnTerms::squares>,
    columnSums<ColumnTerms::magnitudes>,
    maxNorm,
    addTerms,
    updateStored,
    mark,
    activate,
    activationGradient,
    dropout,
    dropoutGradient,
    addNoise,
    addRows,
    batchNormalization,
    batchNormalized,
    batchNormalizationGradient,
    follow,
    layerNormalization,
    layerNormalizationGradient,
    loss,
    weighRows,
    gatherBytes,
    gatherFloats,
    sumLeaf,
    dotLeaf,
    sumOn,
    dotOn,
    combineLanes,
    expAll,
    logAll,
    log1pAll,
    tanhAll,
    sigmoidAll,
    math_sinpi,
    math_cospi,
    math_expm1,
    math_erf,
    kFmaFlopsPerRound,
    fmaChains,
    kFedFloats,
    fedFmaChains,
};

}  // namespace

#if SAMEBITS_EMULATE != 0
#define SAMEBITS_GETTER(flags) emulatedTable##flags
#define SAMEBITS_GETTER_OF(flags) SAMEBITS_GETTER(flags)
const KernelTable* SAMEBITS_GETTER_OF(SAMEBITS_EMULATE)() { return &kTable; }
#elif defined(SAMEBITS_ISA_SCALAR)
const KernelTable* scalarTable() { return &kTable; }
#elif defined(SAMEBITS_ISA_AVX2)
const KernelTable* avx2Table() { return &kTable; }
#elif defined(SAMEBITS_ISA_AVX512)
const KernelTable* avx512Table() { return &kTable; }
#elif defined(SAMEBITS_ISA_NEON)
const KernelTable* neonTable() { return &kTable; }
#endif

}  // namespace samebits
