#include "look_up.h"

#include <algorithm>

#include "../kernels/kernel_table.h"

namespace samebits {
namespace {

// The row of a table that a value chooses, or `categories` if it chooses none.
size_t categoryOf(float value, size_t categories) {
  if (!(value >= 0 && value < static_cast<float>(categories))) return categories;
  const uint32_t category = static_cast<uint32_t>(value);
  return static_cast<float>(category) == value ? category : categories;
}
size_t categoryOf(uint8_t value, size_t categories) { return std::min<size_t>(value, categories); }

}  // namespace

size_t LookUpDescription::numbers() const { return columnsOf(kNumber); }

size_t LookUpDescription::columnsOf(size_t table) const {
  return static_cast<size_t>(std::count(columns.begin(), columns.end(), table));
}

size_t LookUpDescription::units() const {
  size_t units = 0;
  for (const size_t table : columns) units += table == kNumber ? 1 : tables[table].units;
  return units;
}

LookUp::LookUp(const LookUpDescription& description) {
  for (const TableDescription& table : description.tables) {
    tables_.push_back({table.categories, table.units, round16(table.units), {}, {}});
  }
  size_t output = description.numbers();
  for (size_t column = 0; column < description.columns.size(); ++column) {
    if (description.columns[column] == LookUpDescription::kNumber) {
      numbers_.push_back(column);
      continue;
    }
    Table& table = tables_[description.columns[column]];
    table.columns.push_back(column);
    table.outputs.push_back(output);
    output += table.units;
  }
}

bool LookUp::gather(const DataView& data, const uint32_t* indices, size_t firstRow, size_t begin, size_t rows,
                    const Buffers& buffers) const {
  bool valid = true;
  for (size_t i = 0; i < rows; ++i) {
    const size_t at = (indices == nullptr ? firstRow + i : indices[i]) * data.columns;
    const bool rowValid = data.bytes ? gatherRow(static_cast<const uint8_t*>(data.x) + at, begin + i, buffers)
                                     : gatherRow(static_cast<const float*>(data.x) + at, begin + i, buffers);
    valid = valid && rowValid;
  }
  return valid;
}

template <typename Value>
bool LookUp::gatherRow(const Value* x, size_t row, const Buffers& buffers) const {
  bool valid = true;
  float* const to = buffers.outputs + row * buffers.ld;
  for (size_t k = 0; k < numbers_.size(); ++k) to[k] = static_cast<float>(x[numbers_[k]]);
  for (size_t t = 0; t < tables_.size(); ++t) {
    const Table& table = tables_[t];
    const size_t columns = table.columns.size();
    uint32_t* const looked = buffers.categories[t] == nullptr ? nullptr : buffers.categories[t] + row * columns;
    for (size_t q = 0; q < columns; ++q) {
      size_t category = categoryOf(x[table.columns[q]], table.categories);
      if (category == table.categories) {
        valid = false;
        category = 0;
      }
      if (looked != nullptr) looked[q] = static_cast<uint32_t>(category);
      std::copy_n(buffers.values[t] + category * table.stride, table.units, to + table.outputs[q]);
    }
  }
  return valid;
}

}  // namespace samebits
