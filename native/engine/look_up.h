// A layer that looks up rows of tables: the first node of a network that has embeddings (docs/numerics.md, "Embeddings").
#ifndef SAMEBITS_ENGINE_LOOK_UP_H
#define SAMEBITS_ENGINE_LOOK_UP_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data_view.h"

namespace samebits {

struct TableDescription {
  size_t categories, units;  // at least 1
};

// No columns: the network has no such layer.
struct LookUpDescription {
  static constexpr size_t kNumber = SIZE_MAX;

  std::vector<TableDescription> tables;
  std::vector<size_t> columns;  // of each column of x: its table, or kNumber

  bool none() const { return columns.empty(); }
  size_t numbers() const;
  // Columns of x that look up this table.
  size_t columnsOf(size_t table) const;
  // Numbers of a row that it gives: the numbers of x, then the vectors.
  size_t units() const;
};

// Where columns of x go: numbers first, in order, then vectors, in order.
class LookUp {
 public:
  explicit LookUp(const LookUpDescription& description);

  struct Table {
    size_t categories, units;
    size_t stride;                // floats from one row to the next: round16(units)
    std::vector<size_t> columns;  // of x that look it up, in order
    std::vector<size_t> outputs;  // of each of them: where its vector stands
  };
  const std::vector<Table>& tables() const { return tables_; }
  size_t numbers() const { return numbers_.size(); }

  struct Buffers {
    std::vector<const float*> values;   // of each table: its weights
    std::vector<uint32_t*> categories;  // of each table: what rows look up there, [rows, columns of it]; or null
    float* outputs;                     // [rows, units], leading dimension ld
    size_t ld;
  };
  // Writes rows [begin, begin + rows) of the buffers, from rows indices[i] of the data, or firstRow + i where that is null.
  // False where a value is no category, which then is read as 0.
  bool gather(const DataView& data, const uint32_t* indices, size_t firstRow, size_t begin, size_t rows,
              const Buffers& buffers) const;

 private:
  template <typename Value>
  bool gatherRow(const Value* x, size_t row, const Buffers& buffers) const;

  std::vector<size_t> numbers_;  // columns of x
  std::vector<Table> tables_;
};

}  // namespace samebits

#endif
