#include "penalty.h"

#include "tree.h"

namespace samebits {

Penalty::Penalty(const Network& network) : network_(network) {
  const KernelTable& table = network.table();
  for (size_t p = 0; p < network.parameters().size(); ++p) {
    const Parameter& parameter = network.parameters()[p];
    const auto add = [&](double factor, ColumnSums::Kernel kernel) {
      if (factor == 0) return;
      terms_.push_back({p, static_cast<float>(factor), ColumnSums(table, kernel, parameter.rows, parameter.columns)});
    };
    add(parameter.rules.l1, table.columnMagnitudes);
    add(parameter.rules.l2, table.columnSquares);
  }
  penalties_.reserve(terms_.size());
}

void Penalty::sumColumns(unsigned member, unsigned members) {
  for (Term& term : terms_) term.sums.sum(network_.parameters()[term.parameter].slots.value, member, members);
}

float Penalty::total() {
  penalties_.clear();
  for (size_t i = 0; i < terms_.size(); ++i) {
    const float value = terms_[i].factor * terms_[i].sums.total();
    if (i > 0 && terms_[i - 1].parameter == terms_[i].parameter) {
      penalties_.back() = penalties_.back() + value;
    } else {
      penalties_.push_back(value);
    }
  }
  return combineLeaves(penalties_.data(), penalties_.size());
}

}  // namespace samebits
