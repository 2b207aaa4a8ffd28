// Clipping of gradients by their norms (docs/numerics.md, "Clipping"): between gradients and updates, of the stored form only.
#ifndef SAMEBITS_ENGINE_CLIPPING_H
#define SAMEBITS_ENGINE_CLIPPING_H

#include <vector>

#include "column_sums.h"
#include "network.h"

namespace samebits {

class Clipping {
 public:
  // Allocates, where the network's optimizer clips by norms.
  explicit Clipping(const Network& network);

  // Nothing is clipped by its norm: every factor is 1.
  bool none() const { return norms_.empty(); }

  // The squares of a member's columns of a parameter's gradient, in the layout of its weights. Every member's, of every
  // parameter that is trained, before decide().
  void sumColumns(size_t parameter, const float* gradient, unsigned member, unsigned members) {
    norms_[places_[parameter]].sum(gradient, member, members);
  }
  // By one thread.
  void decide();
  // What the gradient of a parameter that is trained is multiplied by.
  float factor(size_t parameter) const { return none() ? 1.0f : factors_[places_[parameter]]; }

 private:
  const bool global_;
  const float most_;
  std::vector<size_t> places_;     // by parameter: in the lists of those that are trained
  std::vector<ColumnSums> norms_;  // of gradients
  std::vector<float> factors_;
};

}  // namespace samebits

#endif
