// What regularizers add to the loss (docs/numerics.md, "Penalties").
#ifndef SAMEBITS_ENGINE_PENALTY_H
#define SAMEBITS_ENGINE_PENALTY_H

#include <vector>

#include "network.h"

namespace samebits {

class Penalty {
 public:
  // Allocates, where the network has regularizers.
  explicit Penalty(const Network& network);

  // No regularizer: nothing is added to any loss.
  bool none() const { return kernels_.empty(); }

  // The squares of a member's columns, of the weights as they are now. Every member's before total().
  void sumColumns(unsigned member, unsigned members);
  // By one thread.
  float total();

 private:
  const Network& network_;
  std::vector<size_t> kernels_;              // parameters with a regularizer, in model order
  std::vector<std::vector<float>> squares_;  // of each, [units]
  std::vector<float> leaves_, penalties_;
};

}  // namespace samebits

#endif
