// What regularizers add to the loss (docs/numerics.md, "Penalties").
#ifndef SAMEBITS_ENGINE_PENALTY_H
#define SAMEBITS_ENGINE_PENALTY_H

#include <vector>

#include "column_sums.h"
#include "network.h"

namespace samebits {

class Penalty {
 public:
  // Allocates, where the network has regularizers.
  explicit Penalty(const Network& network);

  // No regularizer: nothing is added to any loss.
  bool none() const { return terms_.empty(); }

  // The sums of a member's columns, of the weights as they are now. Every member's before total().
  void sumColumns(unsigned member, unsigned members);
  // By one thread.
  float total();

 private:
  // One factor of a regularizer.
  struct Term {
    size_t parameter;
    float factor;
    ColumnSums sums;
  };

  const Network& network_;
  std::vector<Term> terms_;  // in model order; of a parameter first that of magnitudes
  std::vector<float> penalties_;
};

}  // namespace samebits

#endif
