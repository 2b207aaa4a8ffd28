// Rows to train on, evaluate or predict, where their owner keeps them.
#ifndef SAMEBITS_ENGINE_DATA_VIEW_H
#define SAMEBITS_ENGINE_DATA_VIEW_H

#include <cstddef>
#include <cstdint>

namespace samebits {

struct DataView {
  const void* x = nullptr;  // [rows, columns] row-major, bytes or floats
  bool bytes = false;
  size_t columns = 0;
  const uint32_t* labels = nullptr;   // [rows], for sparseCategoricalCrossentropy
  const float* targets = nullptr;     // [rows, units of the last layer], for the other losses
  const float* rowWeights = nullptr;  // [rows], or null: losses and gradients of rows are multiplied by them
  size_t rows = 0;
};

}  // namespace samebits

#endif
