#include "table_terms.h"

namespace samebits {
namespace {

// Terms that a kernel adds in one call.
constexpr size_t kTermsPerCall = 32;

}  // namespace

TableTerms::TableTerms(const Shape& shape, unsigned members, Cutter* cutter)
    : shape_(shape),
      members_(members),
      terms_(cutter->take<Term>(shape.rows * shape.columns)),
      last_(cutter->take<uint32_t>(shape.categories)),
      heads_(cutter->take<uint32_t>(members * kWordsPerLine)),
      stacks_(cutter->take<float>(members * kMaxStack * round16(shape.units))) {}

void TableTerms::group(unsigned member, const uint32_t* categories, const RowOrder& order) {
  const size_t columns = shape_.columns;
  uint32_t* link = head(member);  // where the next category's first term goes
  uint32_t segment = 0;
  for (uint32_t chain = 0; chain < order.chains; ++chain) {
    for (; segment < order.chainEnd[chain]; ++segment) {
      const RowSegment rows = order.segments[segment];
      const size_t end = (static_cast<size_t>(rows.begin) + rows.count) * columns;
      for (size_t at = rows.begin * columns; at < end; ++at) {
        const uint32_t category = categories[at];
        if (ownerOf(category) != member) continue;
        terms_[at] = {category, chain, kNone, kNone};
        uint32_t& last = last_[category];
        const uint32_t number = static_cast<uint32_t>(at + 1);
        if (last == kNone) {
          *link = number;
          link = &terms_[at].nextFirst;
        } else {
          terms_[last - 1].next = number;
        }
        last = number;
      }
    }
  }
  *link = kNone;
}

float* TableTerms::sumOf(unsigned member, const KernelTable& table, uint32_t first, const float* gradient, size_t ld,
                         const size_t* outputs, const Joins& joins) {
  const size_t width = round16(shape_.units);
  float* const stack = stacks_ + member * kMaxStack * width;
  uint32_t joined[kMaxStack];  // when a partial sum and the one below it meet
  size_t depth = 0;
  const float* waiting[kTermsPerCall] = {};
  size_t waits = 0;
  const auto addWaiting = [&] {
    table.addTerms(waiting, waits, shape_.units, stack + (depth - 1) * width);
    waits = 0;
  };
  const auto merge = [&] {
    --depth;
    const float* const upper = stack + depth * width;
    table.addTerms(&upper, 1, shape_.units, stack + (depth - 1) * width);
  };
  uint32_t chain = 0;
  for (uint32_t number = first; number != kNone;) {
    const Term& term = terms_[number - 1];
    if (depth == 0 || term.chain != chain) {
      if (depth > 0) {
        addWaiting();
        const uint32_t met = joins.when(chain, term.chain);
        while (depth > 1 && joined[depth - 1] < met) merge();
        joined[depth] = met;
      }
      chain = term.chain;
      std::fill_n(stack + depth * width, width, 0.0f);
      ++depth;
    }
    const size_t row = (number - 1) / shape_.columns, column = (number - 1) % shape_.columns;
    waiting[waits++] = gradient + row * ld + outputs[column];
    if (waits == kTermsPerCall) addWaiting();
    number = term.next;
  }
  addWaiting();
  while (depth > 1) merge();
  return stack;
}

}  // namespace samebits
