// The contract's text in C++: what every kernel must compute, slowly and in the open. Plain loops over row-major
// matrices without padding; shares no code with the kernels, so that a mistake would have to be made twice.
//
// Matrices are [rows, columns] row-major: x [rows, inputs], w [inputs, units], z and dz [rows, units]. Outputs do not
// overlap inputs unless it says so. Elementary functions come from the caller and must be correctly rounded.
#ifndef SAMEBITS_KERNELS_REFERENCE_H
#define SAMEBITS_KERNELS_REFERENCE_H

#include <cstddef>
#include <cstdint>

namespace samebits {
namespace reference {

// a * b + c with one rounding, for any binary32 values.
float fma(float a, float b, float c);

// The balanced tree over `count` sums, level by level: neighbors are added, an odd last one is carried up. Overwrites
// `sums`. +0 for count 0.
float balancedTree(float* sums, size_t count);

// ---- products -------------------------------------------------------------------------------------------------------
// z[i,j] = tree over leaves of 256 of fma chains over k of x[i,k] w[k,j], then + bias[j] unless bias is null, then
// relu if asked.
void forward(const float* x, const float* w, const float* bias, size_t rows, size_t inputs, size_t units, bool relu,
             float* z);
// dx[i,k] = tree over leaves of 256 of fma chains over j of dz[i,j] w[k,j]; +0 where reluOutput[i,k] <= 0, unless null.
void inputGradient(const float* dz, const float* w, const float* reluOutput, size_t rows, size_t inputs, size_t units,
                   float* dx);
// g[k,j] = balanced tree over leaves of `leaf` rows of fma chains of x[i,k] dz[i,j].
void weightGradient(const float* x, const float* dz, size_t rows, size_t inputs, size_t units, size_t leaf, float* g);
// g[j] = balanced tree over leaves of `leaf` rows of sums of dz[i,j].
void biasGradient(const float* dz, size_t rows, size_t units, size_t leaf, float* g);

// squares[j] = tree over leaves of 256 of fma chains over k of w[k,j] w[k,j].
void columnSquares(const float* w, size_t inputs, size_t units, float* squares);
void columnMagnitudes(const float* w, size_t inputs, size_t units, float* magnitudes);
// In place.
void maxNorm(float most, size_t inputs, size_t units, float* w);

// Any order over rows. Chain c takes rows[chainEnd[c-1]] … rows[chainEnd[c] - 1] one after the other and is pushed on a
// stack; then mergesAfter[c] times the two on top become one, lower + upper. In the end one is left.
struct Order {
  const uint32_t* rows;
  const size_t* chainEnd;
  const uint32_t* mergesAfter;
  size_t chains;
};
void weightGradientOrdered(const float* x, const float* dz, const Order& order, size_t inputs, size_t units, float* g);
void biasGradientOrdered(const float* dz, const Order& order, size_t units, float* g);

// g[c, j] = sum over the positions p of `terms` [positions, units] with categories[p] = c: the balanced tree over leaves of
// `leaf` positions, in which only those have terms; +0 for a category that has none. touched[c]: 1 where it has, else 0.
void embeddingGradient(const float* terms, const uint32_t* categories, size_t positions, size_t units, size_t leaf,
                       size_t tableRows, float* g, uint8_t* touched);
// The same along an Order of rows, each of which has `columns` positions, one after the other.
void embeddingGradientOrdered(const float* terms, const uint32_t* categories, size_t columns, size_t units,
                              const Order& order, size_t tableRows, float* g, uint8_t* touched);

// ---- sums inside a vector ---------------------------------------------------------------------------------------------
// Leaves of 256 in 16 lanes; lane l takes elements l, l+16, … of the leaf; lanes, then leaves, by the tree.
float sumFixed(const float* values, size_t count);
float dotFixed(const float* a, const float* b, size_t count);

// ---- fingerprints -----------------------------------------------------------------------------------------------------
// The mark of a tensor, its elements in row-major order.
uint64_t mark(const float* values, size_t count);

// ---- one element or one row of a layer ----------------------------------------------------------------------------------
using Function = float (*)(float);
struct Functions {
  Function exp, log, log1p, tanh, sigmoid, expm1, erf;
};

float relu(float x);
// The maximum of z, and the sum of exp(z - maximum).
void softmaxParts(const Functions& f, const float* z, size_t units, float& most, float& sum);
void softmax(const Functions& f, const float* z, size_t units, float* p);  // p may be z

float leakyRelu(float alpha, float z);
float elu(const Functions& f, float alpha, float z);
float selu(const Functions& f, float z);
float gelu(const Functions& f, float z);
float silu(const Functions& f, float z);
float softplus(const Functions& f, float z);
float softsign(float z);
float hardSigmoid(float z);

float reluGradient(float a, float dy);
float tanhGradient(float a, float dy);
float sigmoidGradient(float a, float dy);
float leakyReluGradient(float alpha, float a, float dy);
float eluGradient(float alpha, float a, float dy);
float seluGradient(float a, float dy);
float geluGradient(const Functions& f, float z, float dy);
float siluGradient(const Functions& f, float z, float dy);
float softplusGradient(const Functions& f, float a, float dy);
float softsignGradient(float a, float dy);
float hardSigmoidGradient(float a, float dy);
void softmaxGradient(const float* a, const float* dy, size_t units, float* dz);

// Words of Philox4x32-10 for the elements of a step.
struct Stream {
  uint32_t key[2];
  uint32_t number, step;
};
// Element (row, unit) of a dropout: whether its word is kept, not being below `threshold`.
bool isKept(const Stream& stream, uint32_t threshold, uint32_t row, uint32_t unit);
// The normal number of element (row, unit) of Gaussian noise; cospi is correctly rounded.
float normal(const Functions& f, Function cospi, const Stream& stream, uint32_t row, uint32_t unit);

// A batch normalization of x [rows, units]: gamma and beta may be null; writes mean, variance and 1 / sqrt(variance + epsilon)
// of each column by the tree with leaves of `leaf` rows, the normalized rows h, and y.
struct Normalization {
  const float* gamma;
  const float* beta;
  float epsilon;
};
void batchNormalization(const Normalization& what, const float* x, size_t rows, size_t units, size_t leaf, float* mean,
                        float* variance, float* inverse, float* h, float* y);
// With given mean and variance.
void batchNormalized(const Normalization& what, const float* x, size_t rows, size_t units, const float* mean,
                     const float* variance, float* y);
// shifts and scales are the gradients of beta and gamma.
void batchNormalizationGradient(const Normalization& what, const float* inverse, const float* h, const float* dy,
                                size_t rows, size_t units, size_t leaf, float* shifts, float* scales, float* dx);
float follow(float moving, float batch, float momentum, float rest);

// A layer normalization of one row x [units], writing h and y; returns 1 / sqrt(variance + epsilon).
float layerNormalization(const Normalization& what, const float* x, size_t units, float* h, float* y);
// Of one row, with what layerNormalization() gave.
void layerNormalizationGradient(const Normalization& what, float inverse, const float* h, const float* dy, size_t units,
                                float* dx);

struct RowLoss {
  float loss;
  uint32_t hits;
};
// Each writes the activations (softmax or sigmoid of z) to `outputs` and dz, or for the squared error dy, to `gradient`.
RowLoss sparseCategoricalCrossentropy(const Functions& f, const float* z, uint32_t label, size_t units, float* outputs,
                                      float* gradient);
RowLoss categoricalCrossentropy(const Functions& f, const float* z, const float* targets, size_t units, float* outputs,
                                float* gradient);
RowLoss binaryCrossentropy(const Functions& f, const float* z, const float* targets, size_t units, float* outputs,
                           float* gradient);
// From outputs; parameter is the delta of huber and the q of quantile, rest 1 - q.
RowLoss meanAbsoluteError(const float* y, const float* targets, size_t units, float* gradient);
RowLoss huber(float parameter, const float* y, const float* targets, size_t units, float* gradient);
RowLoss logCosh(const Functions& f, const float* y, const float* targets, size_t units, float* gradient);
RowLoss hinge(const float* y, const float* targets, size_t units, float* gradient);
RowLoss poisson(const Functions& f, const float* y, const float* targets, size_t units, float* gradient);
RowLoss klDivergence(const Functions& f, const float* y, const float* targets, size_t units, float* gradient);
RowLoss quantile(float parameter, float rest, const float* y, const float* targets, size_t units, float* gradient);
RowLoss meanSquaredError(const float* y, const float* targets, size_t units, float* gradient);
// A row's loss and gradient by its weight.
void weighRow(float weight, float* gradient, size_t units, float& loss);

// ---- one element of an update; g = fl32(sum * scale) -----------------------------------------------------------------------
void sgd(float g, float learningRate, float& w);
void sgdMomentum(float g, float learningRate, float momentum, float& m, float& w);
struct Adam {
  float beta1, oneMinusBeta1, beta2, oneMinusBeta2, stepSize, inverseRoot, epsilon;
};
void adam(float g, const Adam& a, float& m, float& v, float& w);
void sgdNesterov(float g, float learningRate, float momentum, float& m, float& w);
// m is null without momentum.
struct RmsProp {
  float learningRate, rho, oneMinusRho, momentum, epsilon;
};
void rmsProp(float g, const RmsProp& r, float& v, float* m, float& w);
void adagrad(float g, float learningRate, float epsilon, float& v, float& w);
void amsgrad(float g, const Adam& a, float& m, float& v, float& most, float& w);
void nadam(float g, const Adam& a, float gradientStep, float& m, float& v, float& w);
// What a regularizer makes of g first, from w before the step: l2 = fl32(2 f) of squares, l1 = fl32(f) of magnitudes, 0 for none.
float regularized(float g, float l2, float l1, float w);
float clipped(float g, float most);
// w before the optimizer; rate = fl32(learning rate * decay).
void decay(float rate, float& w);
void nonNegative(float& w);
void average(float w, float momentum, float share, float& average);

}  // namespace reference
}  // namespace samebits

#endif
