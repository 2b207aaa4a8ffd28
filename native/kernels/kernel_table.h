// The border between the engine and the kernels: plain structs, pointers, shapes and register tile sizes.
//
// Every instruction set fills one immutable KernelTable from the same text (kernels.cc). Whatever a table does, it
// computes the bits that docs/numerics.md names: tables differ in speed only. Nothing here allocates, throws, locks or
// knows about threads; callers split work by rows, columns or inputs, and any split gives the same bits.
//
// LAYOUTS
//   rows      A matrix of activations or of their gradients, [rows, units], row-major with a leading dimension
//             (`ld…`, in floats) that is a multiple of 16 and at least round16(units). Pointers are 64-byte aligned.
//             Columns units … round16(units)-1 are padding: zero when the engine allocates them, readable, and NEVER
//             written by a kernel, so that they stay +0.
//   panels    A weight matrix [inputs, units] packed for good: panels of `panel` columns. Panel p starts at float
//             p * panel * inputs; its width is `panel`, but for the last one, whose width is
//             round16(units - p * panel); element (k, j) stands at [p * panel * inputs + k * width + (j - p * panel)].
//             The whole takes inputs * round16(units) floats, 64-byte aligned. Columns past `units` are padding, +0.
//             Moments and stored gradients have the same layout as their weights.
//   vector    `units` floats padded with +0 to round16(units), 64-byte aligned: biases and their moments.
//   rowPanels Rows transposed for the input gradient: panels of `panel` ROWS; panel q starts at float
//             q * panel * units; its width is `panel`, but for the last one: round16(rows - q * panel); element (i, j)
//             stands at [q * panel * units + j * width + (i - q * panel)]. Rows past the end are written as +0.
//   round16(n) = (n + 15) / 16 * 16.
#ifndef SAMEBITS_KERNELS_KERNEL_TABLE_H
#define SAMEBITS_KERNELS_KERNEL_TABLE_H

#include <stddef.h>
#include <stdint.h>

namespace samebits {

constexpr size_t round16(size_t n) { return (n + 15) / 16 * 16; }

// Length of a leaf along a feature axis and inside a row (docs/numerics.md, "One tree for every sum").
constexpr size_t kFeatureLeaf = 256;
// Lanes of the rule for a vector inside a row.
constexpr size_t kLanes = 16;
// Deepest stack of partial sums that a RowOrder may need: a balanced tree over 2^32 leaves, and one more.
constexpr size_t kMaxStack = 34;

// The order in which a reduction over rows is done, as data. Fixed order, free order and a replay differ in this alone.
// Chain c runs over the rows of segments [chainEnd[c-1], chainEnd[c]) in that order, from +0, with one fma (products)
// or one addition (biases) a row. A stack machine combines the chains: after chain c is pushed, mergesAfter[c] times
// the two top partial sums are replaced by (lower + upper). In the end one sum is left.
// At no time does the stack hold more than kMaxStack partial sums. At least one chain; a chain has at least one row.
struct RowSegment {
  uint32_t begin;  // first row
  uint32_t count;  // rows, at least 1
};
struct RowOrder {
  const RowSegment* segments;
  const uint32_t* chainEnd;     // [chains], exclusive ends into segments
  const uint32_t* mergesAfter;  // [chains]
  uint32_t chains;
};

enum class Activation : uint32_t {
  linear = 0,
  relu = 1,
  tanh = 2,
  sigmoid = 3,
  softmax = 4,
  leakyRelu = 5,  // has an alpha
  elu = 6,        // has an alpha
  selu = 7,
  gelu = 8,
  silu = 9,
  softplus = 10,
  softsign = 11,
  hardSigmoid = 12,
};

// Whether an activation's gradient is computed from its argument z; from its output a otherwise.
constexpr bool gradientTakesLogits(Activation kind) { return kind == Activation::gelu || kind == Activation::silu; }

enum class Loss : uint32_t {
  sparseCategoricalCrossentropy = 0,  // softmax from logits; targets: uint32_t label a row
  categoricalCrossentropy = 1,        // softmax from logits; targets: [rows, units] floats
  binaryCrossentropy = 2,             // sigmoid from logits; targets: [rows, units] floats
  // The others: from outputs; targets: [rows, units] floats
  meanSquaredError = 3,
  meanAbsoluteError = 4,
  huber = 5,  // first: delta
  logCosh = 6,
  hinge = 7,
  poisson = 8,
  klDivergence = 9,
  quantile = 10,  // first: q, second: 1 - q
};

// Whether a loss is computed from logits, together with its own activation.
constexpr bool lossTakesLogits(Loss kind) { return kind < Loss::meanSquaredError; }

// What a loss has beside its name: 0 where it has nothing. Of binaryCrossentropy: the targets that a 1 and a 0 are, for hits.
struct LossParameters {
  float first, second;
};

// What is done with a finished gradient sum (docs/numerics.md, "Optimizers"). First g = sum * scale; then, with the w from
// before and where they are not 0, g = fma(l2, w, g), and g + l1 where 0 < w, g - l1 where w < 0. `store` ends there, the others
// clip g to [-clipValue, clipValue] and take w = fma(-weightDecay, w, w), each where it is not 0, before:
//   store     gradient = g
//   sgd       w = fma(-learningRate, g, w)
//   momentum  m = fma(momentum, m, g);  w = fma(-learningRate, m, w)
//   adam      m = fma(beta1, m, oneMinusBeta1 * g);  v = fma(beta2, v, (oneMinusBeta2 * g) * g);
//             w = w - (stepSize * m) / fma(sqrt(v), inverseRoot, epsilon)
//   nesterov  m = fma(momentum, m, g);  w = fma(-learningRate, fma(momentum, m, g), w)
//   rmsprop   v = fma(beta2, v, (oneMinusBeta2 * g) * g);  w = w - (learningRate * g) / sqrt(v + epsilon)
//   rmspropMomentum  the same v;  m = fma(momentum, m, (learningRate * g) / sqrt(v + epsilon));  w = w - m
//   adagrad   v = fma(g, g, v);  w = w - (learningRate * g) / sqrt(v + epsilon)
//   amsgrad   adam's m and v;  u = u > v ? u : v;  w = w - (stepSize * m) / fma(sqrt(u), inverseRoot, epsilon)
//   nadam     adam's m and v;
//             w = w - fma(stepSize, m, gradientStep * g) / fma(sqrt(v), inverseRoot, epsilon)
// Last, w = relu(w) where nonNegative; and where the parameter has an average, average = fma(averageMomentum, average,
// averageShare * w), which becomes w too where averageReplaces.
enum class UpdateKind : uint32_t {
  store = 0,
  sgd = 1,
  momentum = 2,
  adam = 3,
  nesterov = 4,
  rmsprop = 5,
  rmspropMomentum = 6,
  adagrad = 7,
  amsgrad = 8,
  nadam = 9,
};
struct Update {
  UpdateKind kind;
  float scale;        // fl32(1 / rows of the logical batch); 1 where g is the sum itself
  float l2;           // of a regularizer with the factor f of squares: fl32(2 f); 0 for none
  float l1;           // of a regularizer with the factor f of magnitudes: fl32(f); 0 for none
  float clipValue;    // 0 for none
  float weightDecay;  // fl32(learning rate * decay); 0 for none
  float learningRate;
  float momentum;
  float beta1, oneMinusBeta1, beta2, oneMinusBeta2;  // beta2: rmsprop's rho too
  float stepSize;                                    // adam: fl32(learningRate / (1 - beta1^t)); nadam: of m
  float gradientStep;                                // nadam: of g
  float inverseRoot;                                 // adam: fl32(1 / sqrt(1 - beta2^t))
  float epsilon;
  float averageMomentum, averageShare;  // fl32(f), fl32(1 - f)
  bool averageReplaces;
  bool nonNegative;
};

// Where a parameter tensor and what belongs to it live. Unused slots are null. All share one layout.
struct ParameterSlots {
  float* gradient;  // g: written by UpdateKind::store; read by `update`
  float* value;
  float* first;    // momentum, Adam's m, RMSprop's v, or Adagrad's v
  float* second;   // Adam's v, or RMSprop's momentum
  float* third;    // AMSGrad's u
  float* average;  // the moving average of the values
};

// Words of Philox for each unit of each row of a step (docs/numerics.md, "Dropout masks").
struct RowStream {
  uint32_t key[2];
  uint32_t number;
  uint32_t step;
};

// A dropout mask: unit j of row i is dropped where its word is below `threshold`, and what is kept is multiplied by `scale`.
struct DropoutMask {
  RowStream stream;
  uint32_t threshold;
  float scale;
};

// Gaussian noise (docs/numerics.md, "Gaussian noise").
struct GaussianNoise {
  RowStream stream;
  float stddev;
};

// A batch normalization (docs/numerics.md, "Batch normalization"). All vectors, of which `gamma` and `beta` are null where the
// layer has none. In training, `mean`, `variance` and `inverse` are written.
struct BatchNormalization {
  const float* gamma;
  const float* beta;
  float* mean;
  float* variance;
  float* inverse;  // 1 / sqrt(variance + epsilon)
  float epsilon;
  float scale;  // fl32(1 / rows of the batch)
};

// A layer normalization (docs/numerics.md, "Layer normalization"); gamma and beta are null where the layer has none.
struct LayerNormalization {
  const float* gamma;
  const float* beta;
  float epsilon;
  float scale;  // fl32(1 / units)
};

struct KernelTable {
  const char* name;        // "scalar", "avx2", "avx512", "neon"
  uint32_t panel;          // columns of a panel: a multiple of 16
  uint32_t forwardRows;    // rows that a forward tile likes best: callers split rows at multiples where they can
  uint32_t inputTile;      // callers split the inputs of a weight gradient at multiples
  uint32_t scratchPerRow;  // floats of weightGradient's scratch memory for each row of the batch,
  uint32_t mostScratch;    // and so many are enough for any batch

  // ---- products -------------------------------------------------------------------------------------------------
  // z[i, j] = tree256 over k of fma chains x[i,k] * w[k,j], then + bias[j] (if bias is not null), then relu if
  // asked, for i in [0, rows) and j in [columnBegin, columnEnd). columnBegin is a multiple of panel; columnEnd is one
  // too, or units. inputs == 0 gives a tree without terms: +0.
  void (*forward)(const float* x, size_t ldx, const float* weights, const float* bias, size_t inputs, size_t units,
                  size_t rows, size_t columnBegin, size_t columnEnd, bool relu, float* z, size_t ldz);

  // Rows to rowPanels (above). rows and units >= 0.
  void (*packRows)(const float* source, size_t ld, size_t rows, size_t units, float* rowPanels);

  // dx[i, k] = tree256 over j of fma chains dz[i,j] * w[k,j], for i in [0, rows), k in [inputBegin, inputEnd);
  // inputBegin is a multiple of 16, inputEnd too or `inputs`. dzPanels comes from packRows. Where reluOutput is not
  // null, dx[i,k] becomes +0 wherever reluOutput[i,k] <= 0 (leading dimension ldo): the gradient through that relu.
  void (*inputGradient)(const float* dzPanels, const float* weights, size_t inputs, size_t units, size_t rows,
                        size_t inputBegin, size_t inputEnd, const float* reluOutput, size_t ldo, float* dx,
                        size_t lddx);

  // gradient[k, j] = sum over rows in `order` of x[i,k] * dz[i,j], for k in [inputBegin, inputEnd), j in
  // [columnBegin, columnEnd) (columnBegin a multiple of panel; columnEnd too, or units), and then what `update` says,
  // on slots in panels layout. Returns true if a updated value (not a padding column) is infinite or NaN. inputBegin is a
  // multiple of inputTile; inputEnd too, or inputs. `scratch` is 64-byte aligned memory of the caller's that no other
  // thread uses: scratchPerRow floats for each row up to the last that `order` names, or mostScratch. Where `markSum` is
  // not null, the terms of the tensor's mark (below) of what was updated are added to it; not with `store`.
  bool (*weightGradient)(const float* x, size_t ldx, const float* dz, size_t lddz, const RowOrder* order, size_t inputs,
                         size_t units, size_t inputBegin, size_t inputEnd, size_t columnBegin, size_t columnEnd,
                         const Update* update, const ParameterSlots* slots, float* scratch, uint64_t* markSum);

  // The same for a bias: sum over rows in `order` of dz[i,j] by additions; slots are vectors.
  bool (*biasGradient)(const float* dz, size_t lddz, const RowOrder* order, size_t units, size_t columnBegin,
                       size_t columnEnd, const Update* update, const ParameterSlots* slots, uint64_t* markSum);

  // The same for what scales units: sum over rows in `order` of fma chains h[i,j] * dy[i,j].
  bool (*scaleGradient)(const float* h, size_t ldh, const float* dy, size_t lddy, const RowOrder* order, size_t units,
                        size_t columnBegin, size_t columnEnd, const Update* update, const ParameterSlots* slots,
                        uint64_t* markSum);

  // squares[j] = tree256 over k of fma chains w[k,j] * w[k,j], for j in [columnBegin, columnEnd); columnBegin is a multiple of
  // panel; columnEnd is one too, or units.
  void (*columnSquares)(const float* weights, size_t inputs, size_t units, size_t columnBegin, size_t columnEnd,
                        float* squares);

  // magnitudes[j] = tree256 over k of acc + |w[k,j]|; the same columns.
  void (*columnMagnitudes)(const float* weights, size_t inputs, size_t units, size_t columnBegin, size_t columnEnd,
                           float* magnitudes);

  // The constraint on norms of columns: w[k, j] = w[k, j] * (most < n ? most / n : 1), n = sqrt(squares of column j, as above);
  // then what `update` says of averages. Slots in panels layout; the same columns.
  void (*maxNorm)(float most, size_t inputs, size_t units, size_t columnBegin, size_t columnEnd, const Update* update,
                  const ParameterSlots* slots);

  // sums[j] = (…((sums[j] + terms[0][j]) + terms[1][j]) + …) + terms[count - 1][j] for j in [0, units): a chain of an
  // embedding's gradient goes on. Terms have any alignment; none is read past `units`. sums holds round16(units) floats,
  // 64-byte aligned; its padding, +0, stays +0.
  void (*addTerms)(const float* const* terms, size_t count, size_t units, float* sums);

  // `update` on `count` contiguous stored gradients or sums, count a multiple of 16; `store` turns sums into gradients where
  // they are, regularized.
  bool (*update)(const Update* update, size_t count, const ParameterSlots* slots);

  // ---- marks ----------------------------------------------------------------------------------------------------
  // The sum modulo 2^64 of the terms of a tensor's mark (docs/numerics.md, "Fingerprint") over its elements (r, j), r in
  // [0, rows), j in [0, columns): element (r, j) stands at values[r * width + j], and its row-major position in the tensor is
  // index + r * stride + j. width >= round16(columns): padding is read, and not counted. Any alignment.
  uint64_t (*mark)(const float* values, size_t rows, size_t width, size_t columns, uint64_t index, size_t stride);

  // ---- layers ---------------------------------------------------------------------------------------------------
  // a = f(z), element by element, softmax row by row. a may be z, otherwise they do not overlap. alpha is read where the kind
  // has one.
  void (*activate)(Activation kind, float alpha, const float* z, size_t ldz, size_t rows, size_t units, float* a,
                   size_t lda);

  // In place on dy: dz = dy * f'(…) (docs/numerics.md, "Activations"), from z where gradientTakesLogits(kind), else from the
  // outputs a. linear leaves dy alone.
  void (*activationGradient)(Activation kind, float alpha, const float* from, size_t ldf, float* dy, size_t lddy,
                             size_t rows, size_t units);

  // target[i, j] = kept(i, j) ? source[i, j] * scale : +0 for rows firstRow … firstRow + rows - 1 of the batch (source and
  // target point at the first of them) and j in [columnBegin, columnEnd); columnBegin is a multiple of 16. target may be
  // source. Bit j % 16 of bits[i * ldb + j / 16] becomes kept(i, j), for what comes back: dy[i, j] = kept(i, j) ? dy[i,j] * scale
  // : +0, in place.
  void (*dropout)(const DropoutMask* mask, const float* source, size_t lds, size_t firstRow, size_t rows,
                  size_t columnBegin, size_t columnEnd, float* target, size_t ldt, uint16_t* bits, size_t ldb);
  void (*dropoutGradient)(float scale, const uint16_t* bits, size_t ldb, size_t rows, size_t columnBegin,
                          size_t columnEnd, float* dy, size_t lddy);

  // target[i, j] = source[i, j] + n * stddev, n the normal number of (i, j); rows and columns as for dropout. target may be
  // source.
  void (*addNoise)(const GaussianNoise* noise, const float* source, size_t lds, size_t firstRow, size_t rows,
                   size_t columnBegin, size_t columnEnd, float* target, size_t ldt);

  // sum[i, j] = a[i,j] + b[i,j] for j in [0, columns); sum may be a or b, otherwise they do not overlap.
  void (*addRows)(const float* a, size_t lda, const float* b, size_t ldb, size_t rows, size_t columns, float* sum,
                  size_t lds);

  // For columns [columnBegin, columnEnd), columnBegin a multiple of 16, columnEnd too or `units`. Training: the statistics of
  // `rows` rows by `order`, which is the fixed one; then normalized[i, j] = (x[i,j] - mean[j]) * inverse[j] and y from it;
  // y may be x.
  void (*batchNormalization)(const BatchNormalization* what, const RowOrder* order, const float* x, size_t ldx,
                             size_t rows, size_t columnBegin, size_t columnEnd, float* normalized, size_t ldn, float* y,
                             size_t ldy);
  // With the mean and the variance that `what` has, which are read only, as is all of it; y may be x.
  void (*batchNormalized)(const BatchNormalization* what, const float* x, size_t ldx, size_t rows, size_t columnBegin,
                          size_t columnEnd, float* y, size_t ldy);
  // Back: the sums over rows of dy and of normalized * dy, vectors that are the gradients of beta and gamma, by `order`. Then,
  // if `passesBack`, dy becomes dx, in place.
  void (*batchNormalizationGradient)(const BatchNormalization* what, const RowOrder* order, const float* normalized,
                                     size_t ldn, size_t rows, size_t columnBegin, size_t columnEnd, bool passesBack,
                                     float* dy, size_t lddy, float* shifts, float* scales);
  // moving[j] = fma(momentum, moving[j], rest * batch[j]) for `count` floats, a multiple of 16. Returns true if one is infinite
  // or NaN.
  bool (*follow)(const float* batch, size_t count, float momentum, float rest, float* moving);

  // Each row scaled by its own mean and variance: normalized[i, j] = (x[i,j] - mean) * inverse, and y from it. Where `normalized`
  // is not null it is written, and inverses[i] with it. y may be x.
  void (*layerNormalization)(const LayerNormalization* what, const float* x, size_t ldx, size_t rows, size_t units,
                             float* normalized, size_t ldn, float* inverses, float* y, size_t ldy);
  // And back, from dy to dx, which may be dy.
  void (*layerNormalizationGradient)(const LayerNormalization* what, const float* normalized, size_t ldn,
                                     const float* inverses, const float* dy, size_t lddy, size_t rows, size_t units,
                                     float* dx, size_t lddx);

  // The last layer. `z` holds logits (crossentropies) or outputs (the other losses). Writes for each row its loss and
  // its number of hits (accuracy; see the contract; 0 without logits). Where `gradient` is not null writes dz
  // (crossentropies) or dy (the others) there; gradient may be z. Where `outputs` is not null writes the
  // activations there (crossentropies only); outputs may be z when gradient is null. `targets` as Loss says, float
  // targets row-major with leading dimension ldt.
  void (*loss)(Loss kind, LossParameters parameters, const float* z, size_t ldz, const void* targets, size_t ldt,
               size_t rows, size_t units, float* gradient, size_t ldg, float* outputs, size_t ldo, float* lossPerRow,
               uint32_t* hitsPerRow);

  // Row weights: loss[r] = weights[r] * loss[r], and in place gradient[r, j] = weights[r] * gradient[r, j] where it is not null.
  void (*weighRows)(const float* weights, size_t rows, size_t units, float* gradient, size_t ldg, float* lossPerRow);

  // ---- data -----------------------------------------------------------------------------------------------------
  // out[r, k] = rescale ? fma(float(x[index(r), k]), scale, offset) : float(x[index(r), k]); index(r) is
  // indices[r], or firstRow + r where indices is null. x is [.., columns] row-major without padding, any alignment.
  void (*gatherBytes)(const uint8_t* x, size_t columns, const uint32_t* indices, size_t firstRow, size_t rows,
                      bool rescale, float scale, float offset, float* out, size_t ldo);
  void (*gatherFloats)(const float* x, size_t columns, const uint32_t* indices, size_t firstRow, size_t rows,
                       bool rescale, float scale, float offset, float* out, size_t ldo);

  // ---- sums inside a vector (16 virtual lanes) --------------------------------------------------------------------
  // The sum of one leaf, count <= kFeatureLeaf, any alignment; count == 0 gives +0.
  float (*sumLeaf)(const float* values, size_t count);
  float (*dotLeaf)(const float* a, const float* b, size_t count);
  // Free order: lanes[l] goes on over elements l, l+16, … of `values`; lanes is read and written.
  void (*sumOn)(const float* values, size_t count, float lanes[16]);
  void (*dotOn)(const float* a, const float* b, size_t count, float lanes[16]);
  // The tree over 16 lanes.
  float (*combineLanes)(const float lanes[16]);

  // ---- elementary functions, correctly rounded; `out` may be `x` ----------------------------------------------------
  void (*exp)(const float* x, size_t count, float* out);
  void (*log)(const float* x, size_t count, float* out);
  void (*log1p)(const float* x, size_t count, float* out);
  void (*tanh)(const float* x, size_t count, float* out);
  void (*sigmoid)(const float* x, size_t count, float* out);
  void (*sinpi)(const float* x, size_t count, float* out);
  void (*cospi)(const float* x, size_t count, float* out);
  void (*expm1)(const float* x, size_t count, float* out);
  void (*erf)(const float* x, size_t count, float* out);

  // ---- limits -----------------------------------------------------------------------------------------------------
  // Rounds of independent fma chains in registers, fmaFlopsPerRound a round: the peak of this instruction set. `sink`
  // has 16 finite floats; chains start from them, and their sum goes there.
  uint32_t fmaFlopsPerRound;
  void (*fmaChains)(size_t rounds, float* sink);
  // The same with operands from memory as products have them: fedFloats finite floats. Writes 16 floats to `sink`.
  uint32_t fedFloats;
  void (*fedFmaChains)(size_t rounds, const float* operands, float* sink);
};

// One for each instruction set that was compiled in. They may be called only on a CPU that has it; `dispatch` in the
// engine decides. A table that is not compiled for this architecture does not exist.
const KernelTable* scalarTable();
const KernelTable* avx2Table();
const KernelTable* avx512Table();
const KernelTable* neonTable();

// Other hardware, emulated in scalar code (arithmetic.h): not the contract's bits. The number is a sum of 1, 2 and 4.
const KernelTable* emulatedTable1();
const KernelTable* emulatedTable2();
const KernelTable* emulatedTable3();
const KernelTable* emulatedTable4();
const KernelTable* emulatedTable5();
const KernelTable* emulatedTable6();
const KernelTable* emulatedTable7();

}  // namespace samebits

#endif
