// Between row-major order, which callers know, and the layouts of kernel_table.h.
#ifndef SAMEBITS_ENGINE_PACKING_H
#define SAMEBITS_ENGINE_PACKING_H

#include <cstddef>
#include <cstdint>

#include "../kernels/kernel_table.h"

namespace samebits {

// Floats of an [inputs, units] matrix in panels layout.
size_t panelsSize(size_t inputs, size_t units);

// Rows of a matrix [inputs, units]: `count` of them, from `first` on.
struct RowRange {
  size_t first, count;
};

// Rows of one panel, where they stand: [rows.count, width] floats from `offset` on.
struct PanelRows {
  size_t offset;
  RowRange rows;
  size_t width;            // of the panel, padding included
  size_t column, columns;  // the panel's first column, and how many it has

  size_t floats() const { return rows.count * width; }
  // Row-major position of the first element in its matrix of `units` columns.
  size_t index(size_t units) const { return rows.first * units + column; }
};

// Rows in `range` of the panel of a matrix [inputs, units] that begins at `column`: from logical to stored order. A vector is a
// matrix of one row.
PanelRows panelRows(RowRange range, size_t column, size_t inputs, size_t units, size_t panel);

// Calls visit(PanelRows) with rows in `range` for each panel, in the order in which they stand.
template <typename Visit>
void overPanels(RowRange range, size_t inputs, size_t units, size_t panel, Visit&& visit) {
  for (size_t column = 0; column < units; column += panel) visit(panelRows(range, column, inputs, units, panel));
}

// What these elements add to the mark of their tensor, whose slot begins at `stored`.
uint64_t markPanel(const KernelTable& table, const float* stored, const PanelRows& at, size_t units);

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
