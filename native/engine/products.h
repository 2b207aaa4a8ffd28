// The products of one dense layer and sums of vectors, on row-major arrays: the public `samebits/kernels`. All throw
// std::bad_alloc. Arrays may have any alignment; outputs overlap nothing.
#ifndef SAMEBITS_ENGINE_PRODUCTS_H
#define SAMEBITS_ENGINE_PRODUCTS_H

#include <cstddef>
#include <cstdint>

#include "../kernels/kernel_table.h"
#include "team.h"
#include "trainer.h"

namespace samebits {

struct DenseShape {
  size_t rows, inputs, units;  // each may be 0
};

// z [rows, units] = f(x [rows, inputs] · weights [inputs, units] + bias [units]); bias may be null.
void denseForward(Team* team, const KernelTable& table, DenseShape shape, const float* x, const float* weights,
                  const float* bias, Activation activation, double alpha, float* z);

struct RowReduction {
  Reduction reduction;
  size_t batchLeaf;  // fixed
  size_t freeGrain;  // free
};

// Sums, no mean: inputGradient [rows, inputs] = dz · weightsᵀ, weightGradient [inputs, units] = xᵀ · dz,
// biasGradient [units] = the column sums of dz [rows, units].
void denseBackward(Team* team, const KernelTable& table, DenseShape shape, const float* x, const float* weights,
                   const float* dz, RowReduction over, float* inputGradient, float* weightGradient,
                   float* biasGradient);

// The vector rule over all values (fixed), or claims of runs in the order of arrival (free).
float sumVector(Team* team, const KernelTable& table, const float* values, size_t count, Reduction reduction);
float dotVectors(Team* team, const KernelTable& table, const float* a, const float* b, size_t count,
                 Reduction reduction);

// The mark of a tensor (docs/numerics.md, "Fingerprint") from its elements in row-major order.
uint64_t markOf(const KernelTable& table, const float* values, size_t count);

}  // namespace samebits

#endif
