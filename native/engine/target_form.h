// Targets and losses as kernels take them: label smoothing (docs/numerics.md, section 4) is in the targets.
#ifndef SAMEBITS_ENGINE_TARGET_FORM_H
#define SAMEBITS_ENGINE_TARGET_FORM_H

#include <cstddef>
#include <cstdint>

#include "../kernels/kernel_table.h"

namespace samebits {

class TargetForm {
 public:
  // `parameter`: huber's delta, quantile's q, a crossentropy's label smoothing; else 0.
  TargetForm(const KernelTable& table, Loss loss, double parameter, size_t units);

  // Whether the kernel takes labels: without smoothing, of the sparse loss.
  bool takesLabels() const { return loss_ == Loss::sparseCategoricalCrossentropy; }
  Loss loss() const { return loss_; }
  LossParameters parameters() const { return parameters_; }

  // Rows of targets [.., units] by index, or from firstRow on where indices is null.
  void gather(const float* targets, const uint32_t* indices, size_t firstRow, size_t rows, float* out,
              size_t ldo) const;
  // Rows of targets from labels below units, where the loss has labels and the kernel takes none.
  void spread(const uint32_t* labels, size_t rows, float* out, size_t ldo) const;

 private:
  const KernelTable& table_;
  const size_t units_;
  const bool smooths_;
  Loss loss_;
  LossParameters parameters_;
  float keep_ = 1, share_ = 0;  // t' = fma(t, keep, share)
  float one_ = 1, zero_ = 0;    // what those become
};

}  // namespace samebits

#endif
