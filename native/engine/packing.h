// Between row-major order, which callers know, and the layouts of kernel_table.h.
#ifndef SAMEBITS_ENGINE_PACKING_H
#define SAMEBITS_ENGINE_PACKING_H

#include <cstddef>

#include "../kernels/kernel_table.h"

namespace samebits {

// Floats of an [inputs, units] matrix in panels layout.
size_t panelsSize(size_t inputs, size_t units);

// Rows of a matrix [inputs, units]: `count` of them, from `first` on.
struct RowRange {
  size_t first, count;
};

// `source` is [range.count, units] row-major; `panels`, of the whole matrix, gets those rows, their padding +0.
void packPanels(const float* source, RowRange range, size_t inputs, size_t units, size_t panel, float* panels);
// The other way; padding is not read.
void unpackPanels(const float* panels, RowRange range, size_t inputs, size_t units, size_t panel, float* target);

// Floats of scratch memory for the table's weightGradient over `rows` rows, a multiple of 16.
size_t weightGradientScratch(const KernelTable& table, size_t rows);

// Leading dimension of a matrix of rows: a multiple of 16 that keeps neighbouring rows out of each other's cache sets
// (a power of two costs a third of the speed of a wide layer).
size_t leadingDimension(size_t units);

// `source` is [rows, units] row-major with leading dimension `units`; `target` gets it with `ld`, padding +0.
void spreadRows(const float* source, size_t rows, size_t units, float* target, size_t ld);
// The other way.
void gatherRows(const float* source, size_t ld, size_t rows, size_t units, float* target);

}  // namespace samebits

#endif
