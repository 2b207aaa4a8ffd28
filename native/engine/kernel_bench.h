// Single phases of a step, timed on operands that are packed once: what the kernels alone reach.
#ifndef SAMEBITS_ENGINE_KERNEL_BENCH_H
#define SAMEBITS_ENGINE_KERNEL_BENCH_H

#include <cstddef>
#include <vector>

#include "../kernels/kernel_table.h"
#include "products.h"
#include "team.h"

namespace samebits {

enum class Phase {
  product,         // row-major operands to a row-major result: packing is part of it (denseForward)
  forward,         // rows times packed weights, with bias and relu
  inputGradient,   // rows of gradients times transposed weights, through a relu; transposing the rows is part of it
  weightGradient,  // fixed order, with `update` in it
};

struct PhaseCase {
  Phase phase;
  DenseShape shape;   // each at least 1
  UpdateKind update;  // weightGradient
  size_t batchLeaf;   // weightGradient, at least 1
};

// Seconds of each of `repetitions` repetitions, after `warmUps` that are not counted. Values are made up, the same every
// time, with nothing subnormal in them or growing to infinity. Throws std::bad_alloc.
std::vector<double> timePhase(Team* team, const KernelTable& table, const PhaseCase& what, size_t warmUps,
                              size_t repetitions);

}  // namespace samebits

#endif
