#include "target_form.h"

#include <algorithm>

namespace samebits {

TargetForm::TargetForm(const KernelTable& table, Loss loss, double parameter, size_t units)
    : table_(table),
      units_(units),
      smooths_(lossTakesLogits(loss) && parameter > 0),
      loss_(loss),
      parameters_{static_cast<float>(parameter), loss == Loss::quantile ? static_cast<float>(1 - parameter) : 0} {
  const bool binary = loss == Loss::binaryCrossentropy;
  if (smooths_) {
    if (loss == Loss::sparseCategoricalCrossentropy) loss_ = Loss::categoricalCrossentropy;
    keep_ = static_cast<float>(1.0 - parameter);
    share_ = static_cast<float>(parameter / (binary ? 2.0 : static_cast<double>(units)));
    const float ends[2] = {1, 0};
    float smoothed[2] = {};
    table.gatherFloats(ends, 2, nullptr, 0, 1, true, keep_, share_, smoothed, 2);
    one_ = smoothed[0];
    zero_ = smoothed[1];
  }
  if (binary) parameters_ = {one_, zero_};
}

void TargetForm::gather(const float* targets, const uint32_t* indices, size_t firstRow, size_t rows, float* out,
                        size_t ldo) const {
  table_.gatherFloats(targets, units_, indices, firstRow, rows, smooths_, keep_, share_, out, ldo);
}

void TargetForm::spread(const uint32_t* labels, size_t rows, float* out, size_t ldo) const {
  for (size_t r = 0; r < rows; ++r) {
    std::fill_n(out + r * ldo, units_, zero_);
    out[r * ldo + labels[r]] = one_;
  }
}

}  // namespace samebits
