// The normalizations of a RowPass: of columns by the batch, of rows by themselves.
#include "row_pass.h"

namespace samebits {

BatchNormalization RowPass::normalizationOf(size_t n) const {
  const Node& node = nodes_[n];
  const float epsilon = static_cast<float>(node.normalization.epsilon);
  BatchNormalization what{network_.weights(node, ParameterKind::gamma),
                          network_.weights(node, ParameterKind::beta),
                          nullptr,
                          nullptr,
                          nullptr,
                          epsilon,
                          meanScale_};
  if (purpose_ == Purpose::train) {
    what.mean = statistics_[n].mean;
    what.variance = statistics_[n].variance;
    what.inverse = statistics_[n].inverse;
  } else {
    what.mean = const_cast<float*>(network_.weights(node, ParameterKind::movingMean));
    what.variance = const_cast<float*>(network_.weights(node, ParameterKind::movingVariance));
  }
  return what;
}

void RowPass::normalize(size_t n, const Part& part) {
  const BatchNormalization what = normalizationOf(n);
  const Rows& from = inputs(n);
  const Rows& to = outputs_[n];
  if (purpose_ == Purpose::train) {
    const Rows& h = statistics_[n].normalized;
    network_.table().batchNormalization(&what, order_, from.data, from.ld, part.rows, part.columnBegin, part.columnEnd,
                                        h.data, h.ld, to.data, to.ld);
  } else {
    network_.table().batchNormalized(&what, from.at(part.row), from.ld, part.rows, part.columnBegin, part.columnEnd,
                                     to.at(part.row), to.ld);
  }
}

void RowPass::backwardNormalization(size_t n, const Part& part) {
  const BatchNormalization what = normalizationOf(n);
  const Statistics& own = statistics_[n];
  const Rows& rows = gradients_[n];
  network_.table().batchNormalizationGradient(&what, order_, own.normalized.data, own.normalized.ld, part.rows,
                                              part.columnBegin, part.columnEnd, network_.passesBack(nodes_[n]),
                                              rows.data, rows.ld, own.shifts, own.scales);
}

LayerNormalization RowPass::layerNormalizationOf(const Node& node) const {
  return {network_.weights(node, ParameterKind::gamma), network_.weights(node, ParameterKind::beta),
          static_cast<float>(node.normalization.epsilon), meanScale(node.units)};
}

void RowPass::normalizeRows(size_t n, const Part& part) {
  const LayerNormalization what = layerNormalizationOf(nodes_[n]);
  const Rows& from = inputs(n);
  const Rows& to = outputs_[n];
  const bool keeps = purpose_ == Purpose::train;
  const Rows h = keeps ? statistics_[n].normalized : Rows{};
  network_.table().layerNormalization(&what, from.at(part.row), from.ld, part.rows, nodes_[n].units,
                                      keeps ? h.at(part.row) : nullptr, h.ld,
                                      keeps ? statistics_[n].inverse + part.row : nullptr, to.at(part.row), to.ld);
}

void RowPass::backwardNormalizedRows(size_t n, const Part& part) {
  const LayerNormalization what = layerNormalizationOf(nodes_[n]);
  const Statistics& own = statistics_[n];
  const Rows& from = gradients_[n];
  const Rows& to = gradients_[nodes_[n].from];
  network_.table().layerNormalizationGradient(&what, own.normalized.at(part.row), own.normalized.ld,
                                              own.inverse + part.row, from.at(part.row), from.ld, part.rows,
                                              nodes_[n].units, to.at(part.row), to.ld);
}

const float* RowPass::batchVector(size_t n, ParameterKind kind) const {
  const Statistics& own = statistics_[n];
  switch (kind) {
    case ParameterKind::gamma:
      return own.scales;
    case ParameterKind::beta:
      return own.shifts;
    case ParameterKind::movingMean:
      return own.mean;
    default:
      return own.variance;
  }
}

}  // namespace samebits
