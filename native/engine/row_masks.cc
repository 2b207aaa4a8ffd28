// What is random in a RowPass: dropout, and Gaussian noise.
#include "row_pass.h"

namespace samebits {

RowStream RowPass::streamOf(const PhiloxKey& key, uint32_t number) const {
  return {{key.word[0], key.word[1]}, number, step_};
}

DropoutMask RowPass::maskOf(const Node& node) const {
  const DropoutDescription& dropout = node.dropout;
  // 2^32 times a binary64 is exact, and the conversion cuts off.
  const uint32_t threshold = static_cast<uint32_t>(dropout.rate * 0x1p32);
  const float scale = static_cast<float>(1.0 / (1.0 - dropout.rate));
  return {streamOf(dropout.key, dropout.stream), threshold, scale};
}

void RowPass::dropOut(size_t n, const Part& part) {
  const DropoutMask mask = maskOf(nodes_[n]);
  const Rows& from = inputs(n);
  const Rows& to = outputs_[n];
  const Bits& kept = kept_[n];
  network_.table().dropout(&mask, from.at(part.row), from.ld, firstRow_ + part.row, part.rows, part.columnBegin,
                           part.columnEnd, to.at(part.row), to.ld, kept.at(part.row), kept.ld);
}

void RowPass::backwardDropout(size_t n, const Part& part) {
  const Rows& rows = gradients_[n];
  const Bits& kept = kept_[n];
  network_.table().dropoutGradient(maskOf(nodes_[n]).scale, kept.at(part.row), kept.ld, part.rows, part.columnBegin,
                                   part.columnEnd, rows.at(part.row), rows.ld);
}

void RowPass::addNoiseTo(size_t n, const Part& part, const Rows& target) const { addNoise(n, part, target, target); }

void RowPass::addNoise(size_t n, const Part& part, const Rows& from, const Rows& to) const {
  const NoiseDescription& description = nodes_[n].noise;
  const GaussianNoise noise{streamOf(description.key, description.stream), static_cast<float>(description.stddev)};
  network_.table().addNoise(&noise, from.at(part.row), from.ld, firstRow_ + part.row, part.rows, part.columnBegin,
                            part.columnEnd, to.at(part.row), to.ld);
}

}  // namespace samebits
