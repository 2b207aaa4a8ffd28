#include "packing.h"

#include <algorithm>

#include "../kernels/kernel_table.h"

namespace samebits {

size_t panelsSize(size_t inputs, size_t units) { return inputs * round16(units); }

PanelRows panelRows(RowRange range, size_t column, size_t inputs, size_t units, size_t panel) {
  const size_t left = units - column;
  const size_t width = std::min(panel, round16(left));
  return {column * inputs + range.first * width, range, width, column, std::min(left, width)};
}

// Row by row: a row is read in one run, and what a page of each panel gets next is near.
void packPanels(const float* source, RowRange range, size_t inputs, size_t units, size_t panel, float* panels) {
  for (size_t k = 0; k < range.count; ++k, source += units) {
    overPanels({range.first + k, 1}, inputs, units, panel, [&](const PanelRows& at) {
      float* const rest = std::copy_n(source + at.column, at.columns, panels + at.offset);
      std::fill_n(rest, at.width - at.columns, 0.0f);
    });
  }
}

void unpackPanels(const float* panels, RowRange range, size_t inputs, size_t units, size_t panel, float* target) {
  for (size_t k = 0; k < range.count; ++k, target += units) {
    overPanels({range.first + k, 1}, inputs, units, panel,
               [&](const PanelRows& at) { std::copy_n(panels + at.offset, at.columns, target + at.column); });
  }
}

uint64_t markPanel(const KernelTable& table, const float* stored, const PanelRows& at, size_t units) {
  return table.mark(stored + at.offset, at.rows.count, at.width, at.columns, at.index(units), units);
}

size_t weightGradientScratch(const KernelTable& table, size_t rows) {
  return round16(std::min<size_t>(rows * table.scratchPerRow, table.mostScratch));
}

size_t leadingDimension(size_t units) { return round16(units) + 16; }

// Copies of no elements may come from null, which memcpy may not be given.
void spreadRows(const float* source, size_t rows, size_t units, float* target, size_t ld) {
  for (size_t i = 0; i < rows; ++i) {
    std::copy_n(source + i * units, units, target + i * ld);
    std::fill_n(target + i * ld + units, ld - units, 0.0f);
  }
}

void gatherRows(const float* source, size_t ld, size_t rows, size_t units, float* target) {
  for (size_t i = 0; i < rows; ++i) std::copy_n(source + i * ld, units, target + i * units);
}

}  // namespace samebits
