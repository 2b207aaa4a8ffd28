// The terms of an embedding's gradient: found by category, and summed in the order of a batch. What it costs depends on the
// rows that are looked up, not on the rows that the table has (docs/numerics.md, "Embeddings").
#ifndef SAMEBITS_ENGINE_TABLE_TERMS_H
#define SAMEBITS_ENGINE_TABLE_TERMS_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../kernels/kernel_table.h"
#include "arena.h"
#include "joins.h"

namespace samebits {

// Each category has one member of the team that sums its terms: whose it is does not touch bits. A category that most rows
// have is one member's alone.
class TableTerms {
 public:
  // A table of `categories` rows of `units`, which `columns` columns look up for each of at most `rows` rows of a batch.
  struct Shape {
    size_t categories, units, columns, rows;
  };
  // Cuts its memory from `cutter`, zeroed; what it keeps there outlives this object, with the same shape and members.
  TableTerms(const Shape& shape, unsigned members, Cutter* cutter);

  // Finds the terms of a member's categories. `categories` [rows, columns]: what each row of the batch looks up. Every
  // member may be here at once, but none in forget() or over().
  void group(unsigned member, const uint32_t* categories, const RowOrder& order);

  // Calls visit(category, sums) for each category that group() found, sums being [round16(units)], 64-byte aligned, padding
  // +0, and the visitor's until it returns. The term of (row, column) begins at gradient[row * ld + outputs[column]].
  template <typename Visit>
  void sum(unsigned member, const KernelTable& table, const float* gradient, size_t ld, const size_t* outputs,
           const Joins& joins, Visit&& visit) {
    for (uint32_t first = *head(member); first != kNone; first = terms_[first - 1].nextFirst) {
      const uint32_t category = terms_[first - 1].category;
      last_[category] = kNone;
      visit(category, sumOf(member, table, first, gradient, ld, outputs, joins));
    }
  }

  // The categories that group() found last.
  template <typename Visit>
  void over(unsigned member, Visit&& visit) const {
    for (uint32_t first = *head(member); first != kNone; first = terms_[first - 1].nextFirst) {
      visit(terms_[first - 1].category);
    }
  }
  void forget(unsigned member) { *head(member) = kNone; }

 private:
  // Links are numbers of terms from 1 on, so that zeroed memory has none.
  static constexpr uint32_t kNone = 0;
  static constexpr size_t kWordsPerLine = kAlignment / sizeof(uint32_t);
  struct Term {
    uint32_t category;
    uint32_t chain;      // of the order
    uint32_t next;       // of the same category, in the order of summation
    uint32_t nextFirst;  // of a category's first term: the first one of the member's next category
  };

  uint32_t* head(unsigned member) const { return heads_ + member * kWordsPerLine; }
  unsigned ownerOf(uint32_t category) const {
    // Scattered: neighboring categories are often alike, and so are those of equal remainders.
    return static_cast<unsigned>((uint64_t{category * 0x9E3779B1u} * members_) >> 32);
  }
  float* sumOf(unsigned member, const KernelTable& table, uint32_t first, const float* gradient, size_t ld,
               const size_t* outputs, const Joins& joins);

  const Shape shape_;
  const unsigned members_;
  Term* terms_;      // [rows, columns]; a term is written by the member whose category it has
  uint32_t* last_;   // [categories]: the last term that was found, while terms are being found
  uint32_t* heads_;  // of each member: the first term of its first category
  float* stacks_;    // of each member: kMaxStack partial sums
};

}  // namespace samebits

#endif
