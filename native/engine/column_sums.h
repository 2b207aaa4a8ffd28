// V (docs/numerics.md, "Vector rule") over what a kernel sums in each column of a matrix: of penalties and norms.
#ifndef SAMEBITS_ENGINE_COLUMN_SUMS_H
#define SAMEBITS_ENGINE_COLUMN_SUMS_H

#include <cstddef>
#include <vector>

#include "../kernels/kernel_table.h"

namespace samebits {

class ColumnSums {
 public:
  // KernelTable::columnSquares or columnMagnitudes.
  using Kernel = decltype(KernelTable::columnSquares);

  // Of matrices [rows, columns] in panels.
  ColumnSums(const KernelTable& table, Kernel kernel, size_t rows, size_t columns);

  // A member's columns. Every member's before total().
  void sum(const float* matrix, unsigned member, unsigned members);
  // By one thread.
  float total();

 private:
  const KernelTable& table_;
  const Kernel kernel_;
  const size_t rows_;
  std::vector<float> sums_;  // [columns]
  std::vector<float> leaves_;
};

}  // namespace samebits

#endif
