#include "packing.h"

#include <algorithm>

#include "../kernels/kernel_table.h"

namespace samebits {
namespace {

size_t panelWidth(size_t column, size_t units, size_t panel) {
  const size_t left = round16(units - column);
  return left < panel ? left : panel;
}

}  // namespace

size_t panelsSize(size_t inputs, size_t units) { return inputs * round16(units); }

// Row by row: a row is read in one run, and what a page of each panel gets next is near.
void packPanels(const float* source, RowRange range, size_t inputs, size_t units, size_t panel, float* panels) {
  for (size_t k = 0; k < range.count; ++k) {
    for (size_t column = 0; column < units; column += panel) {
      const size_t width = panelWidth(column, units, panel);
      const size_t used = std::min(width, units - column);
      float* target = panels + column * inputs + (range.first + k) * width;
      std::copy_n(source + k * units + column, used, target);
      std::fill_n(target + used, width - used, 0.0f);
    }
  }
}

void unpackPanels(const float* panels, RowRange range, size_t inputs, size_t units, size_t panel, float* target) {
  for (size_t k = 0; k < range.count; ++k) {
    for (size_t column = 0; column < units; column += panel) {
      const size_t width = panelWidth(column, units, panel);
      const float* source = panels + column * inputs + (range.first + k) * width;
      std::copy_n(source, std::min(width, units - column), target + k * units + column);
    }
  }
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
