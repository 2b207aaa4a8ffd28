// The two products along features: forward (z = x W + b) and the input gradient (dx = dz W^T).
namespace samebits {
namespace {

// Floats from the start of a panelled matrix [inputs, units] to the panel that holds `column`, and that panel's width.
SAMEBITS_INLINE size_t panelOffset(size_t column, size_t inputs) { return column / kPanel * kPanel * inputs; }
SAMEBITS_INLINE size_t panelWidth(size_t column, size_t units) {
  return smaller(kPanel, (units - column / kPanel * kPanel + 15) / 16 * 16);
}

constexpr int kPanelVectors = kPanel / 16;

// ---- forward ----------------------------------------------------------------------------------------------------

struct ForwardTask {
  const float* x;
  size_t ldx;
  const float* weights;  // first panel of the tile
  const float* ahead;    // what to fetch meanwhile, a line for each pair of lines of weights
  size_t panelStride;    // floats from one panel to the next
  const float* bias;     // at the tile's first column, or null
  size_t inputs;
  size_t columns;  // of the tile that exist: the last vector may be partly padding
  bool relu;
  float* z;
  size_t ldz;
};

// One tile of Rows x (Panels * Vectors * 16) outputs. x is broadcast straight from row-major memory.
template <int Rows, int Vectors, int Panels>
__attribute__((noinline)) void forwardTile(const ForwardTask& task) {
  constexpr int kAll = Vectors * Panels;
  Tile<Rows, kAll> tile;
  const size_t ldx = task.ldx;
  sumByFeatureTree(tile, task.inputs, [&](Tile<Rows, kAll>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    const float* x = task.x + begin;
    const float* w = task.weights + begin * (Vectors * 16);
    const float* ahead = task.ahead + begin * (Vectors * 16);
#pragma GCC unroll 2
    for (size_t k = 0; k < count; ++k, w += Vectors * 16, ahead += Vectors * 16) {
      prefetchFar(ahead);
      Lanes row[kAll];
      SAMEBITS_UNROLL
      for (int v = 0; v < kAll; ++v) row[v] = load(w + v / Vectors * task.panelStride + v % Vectors * 16);
      SAMEBITS_UNROLL
      for (int r = 0; r < Rows; ++r) {
        const Lanes value = broadcast(x[r * ldx + k]);
        SAMEBITS_UNROLL
        for (int v = 0; v < kAll; ++v) sums.at[r][v] = fma(value, row[v], sums.at[r][v]);
      }
    }
  });
  SAMEBITS_UNROLL
  for (int v = 0; v < kAll; ++v) {
    const size_t columns = smaller(16, task.columns - v * 16);
    const Lanes bias = task.bias != nullptr ? load(task.bias + v * 16) : zero();
    SAMEBITS_UNROLL
    for (int r = 0; r < Rows; ++r) {
      Lanes value = tile.at[r][v];
      if (task.bias != nullptr) value = add(value, bias);
      if (task.relu) value = select(lessThan(value, zero()), zero(), value);
      float* to = task.z + r * task.ldz + v * 16;
      if (columns == 16) {
        store(to, value);
      } else {
        storeFirst(to, value, columns);
      }
    }
  }
}

// Calls the tile that has exactly `rows` rows, 1 <= rows <= Rows.
template <int Rows, int Vectors, int Panels>
void forwardRows(int rows, const ForwardTask& task) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return forwardRows<Rows - 1, Vectors, Panels>(rows, task);
  }
  forwardTile<Rows, Vectors, Panels>(task);
}

template <int Rows, int Vectors, int Panels>
SAMEBITS_INLINE void forwardPanel(ForwardTask task, size_t rows) {
  const EvenTiles tiles(rows, Rows);
  const float* x = task.x;
  float* z = task.z;
  const float* ahead = task.ahead;
  for (size_t t = 0; t < tiles.tiles; ++t) {
    task.ahead = t < 2 ? ahead + t * 16 : task.weights;
    task.x = x + tiles.begin(t) * task.ldx;
    task.z = z + tiles.begin(t) * task.ldz;
    forwardRows<Rows, Vectors, Panels>(tiles.size(t), task);
  }
}

// One panel at a time for all rows: the panel stays in the second-level cache, x streams. Where there are too few rows
// to fill a tile, several panels at once make up the independent chains.
void forward(const float* x, size_t ldx, const float* weights, const float* bias, size_t inputs, size_t units,
             size_t rows, size_t columnBegin, size_t columnEnd, bool relu, float* z, size_t ldz) {
  for (size_t column = columnBegin; column < columnEnd;) {
    const size_t left = columnEnd - column;
    ForwardTask task = {x,
                        ldx,
                        weights + panelOffset(column, inputs),
                        weights + panelOffset(column, inputs) + kPanel * inputs,
                        kPanel * inputs,
                        nullptr,
                        inputs,
                        0,
                        relu,
                        z + column,
                        ldz};
    if (bias != nullptr) task.bias = bias + column;
    size_t columns = kPanel;
    if (rows == 1 && left >= 4 * kPanel) {
      columns = 4 * kPanel;
      task.columns = columns;
      forwardPanel<1, kPanelVectors, 4>(task, rows);
    } else if (rows <= kTileRows / 2 && left >= 2 * kPanel) {
      columns = 2 * kPanel;
      task.columns = columns;
      forwardPanel<kTileRows / 2, kPanelVectors, 2>(task, rows);
    } else {
      task.columns = columns = smaller(columns, left);
      if (panelWidth(column, units) == kPanel) {
        forwardPanel<kTileRows, kPanelVectors, 1>(task, rows);
      } else {
        forwardPanel<kTileRows, 1, 1>(task, rows);
      }
    }
    column += columns;
  }
}

// ---- rows to row panels -------------------------------------------------------------------------------------------

void packRows(const float* source, size_t ld, size_t rows, size_t units, float* rowPanels) {
  for (size_t row = 0; row < rows; row += kPanel) {
    const size_t width = panelWidth(row, rows);
    float* panel = rowPanels + row * units;
    for (size_t part = 0; part < width; part += 16) {
      const size_t present = smaller(16, rows - row - part);
      const float* from = source + (row + part) * ld;
      for (size_t unit = 0; unit < units; unit += 16) {
        const size_t columns = smaller(16, units - unit);
        Lanes block[16];
        for (size_t r = 0; r < 16; ++r) block[r] = r < present ? loadFirst(from + r * ld + unit, columns) : zero();
        transpose(block);
        for (size_t c = 0; c < columns; ++c) store(panel + (unit + c) * width + part, block[c]);
      }
    }
  }
}

// ---- input gradient -----------------------------------------------------------------------------------------------

// Inputs whose sums are gathered before they are transposed: a multiple of 16 and of the tile's rows.
constexpr size_t kInputStrip = 48;
static_assert(kInputStrip % 16 == 0 && kInputStrip % kTileRows == 0, "whole transposes of whole tiles");

// Continues the chains over `count` units of one panel of weights, Width columns wide; w points at the tile's first
// input there. The same inputs in the next panel are far away, where no hardware looks: fetch them a panel ahead.
template <int Width, int Rows, int Vectors>
SAMEBITS_INLINE void chainOverPanel(Tile<Rows, Vectors>& sums, const float* dz, const float* w, const float* ahead,
                                    size_t count) {
#pragma GCC unroll 4
  for (size_t j = 0; j < count; ++j) {
    prefetch(ahead + j * 16);
    Lanes row[Vectors];
    SAMEBITS_UNROLL
    for (int v = 0; v < Vectors; ++v) row[v] = load(dz + (j * Vectors + v) * 16);
    SAMEBITS_UNROLL
    for (int r = 0; r < Rows; ++r) {
      const Lanes weight = broadcast(w[r * Width + j]);
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) sums.at[r][v] = fma(row[v], weight, sums.at[r][v]);
    }
  }
}

// One tile of the transpose of dx: Rows inputs x (Vectors * 16) rows of the batch, to out[input][row of the batch].
// Weights are broadcast from their panels. `weights` points at the tile's first input in the first panel.
template <int Rows, int Vectors>
__attribute__((noinline)) void inputGradientTile(const float* dzPanel, const float* weights, size_t inputs,
                                                 size_t inputBegin, size_t units, float* out) {
  Tile<Rows, Vectors> tile;
  sumByFeatureTree(tile, units, [&](Tile<Rows, Vectors>& sums, size_t begin, size_t count) SAMEBITS_INLINE_LAMBDA {
    for (size_t unit = begin; unit < begin + count; unit += kPanel) {
      const size_t width = panelWidth(unit, units);
      const size_t present = smaller(kPanel, begin + count - unit);
      const float* dz = dzPanel + unit * (Vectors * 16);
      const float* w = weights + panelOffset(unit, inputs) + inputBegin * width;
      const float* ahead = w + kPanel * inputs;
      if (present == kPanel) {
        chainOverPanel<kPanel>(sums, dz, w, ahead, kPanel);
      } else if (width == kPanel) {
        chainOverPanel<kPanel>(sums, dz, w, ahead, present);
      } else {
        chainOverPanel<16>(sums, dz, w, ahead, present);
      }
    }
  });
  SAMEBITS_UNROLL
  for (int r = 0; r < Rows; ++r) {
    SAMEBITS_UNROLL
    for (int v = 0; v < Vectors; ++v) store(out + (r * Vectors + v) * 16, tile.at[r][v]);
  }
}

template <int Rows, int Vectors>
void inputGradientRows(int rows, const float* dzPanel, const float* weights, size_t inputs, size_t inputBegin,
                       size_t units, float* out) {
  if constexpr (Rows > 1) {
    if (rows < Rows) {
      return inputGradientRows<Rows - 1, Vectors>(rows, dzPanel, weights, inputs, inputBegin, units, out);
    }
  }
  inputGradientTile<Rows, Vectors>(dzPanel, weights, inputs, inputBegin, units, out);
}

struct InputGradientOutput {
  const float* reluOutput;  // or null
  size_t ldo;
  float* dx;
  size_t lddx;
};

// Writes sums[input][row of the batch] to dx, transposed, 16 x 16 at a time, through the relu.
SAMEBITS_INLINE void storeTransposed(const float* sums, size_t width, size_t inputBegin, size_t inputCount,
                                     size_t rowBegin, size_t rowCount, const InputGradientOutput& out) {
  for (size_t input = 0; input < inputCount; input += 16) {
    const size_t columns = smaller(16, inputCount - input);
    for (size_t row = 0; row < rowCount; row += 16) {
      Lanes block[16];
      for (size_t r = 0; r < 16; ++r) block[r] = load(sums + (input + r) * width + row);
      transpose(block);
      const size_t present = smaller(16, rowCount - row);
      for (size_t r = 0; r < present; ++r) {
        Lanes value = block[r];
        if (out.reluOutput != nullptr) {
          const float* outputs = out.reluOutput + (rowBegin + row + r) * out.ldo + inputBegin + input;
          value = select(lessOrEqual(loadFirst(outputs, columns), zero()), zero(), value);
        }
        storeFirst(out.dx + (rowBegin + row + r) * out.lddx + inputBegin + input, value, columns);
      }
    }
  }
}

// ---- input gradient of few units ----------------------------------------------------------------------------------
// Chains of few terms are cheaper than the transposes of their sums. Here the weights of a strip of inputs are transposed
// instead, once for all rows, and vectors lie along inputs, so that sums come as rows.

constexpr size_t kFewUnits = 32;
constexpr int kStripVectors = 2 * kPanelVectors;

// Weights of 16 inputs from `input` on to vectors [unit][vector], 16 units at a time; +0 past the last input.
SAMEBITS_INLINE void transposeWeights(const float* weights, size_t width, size_t inputs, size_t units, float* strip) {
  for (size_t unit = 0; unit < units; unit += 16) {
    Lanes block[16];
    for (size_t k = 0; k < 16; ++k) block[k] = k < inputs ? load(weights + k * width + unit) : zero();
    transpose(block);
    for (size_t j = 0; j < smaller(16, units - unit); ++j) store(strip + (unit + j) * kStripVectors * 16, block[j]);
  }
}

// Rows of the batch x (Vectors * 16) inputs; dz points at the tile's first row in its row panel, `out` at its first input.
template <int Rows, int Vectors>
__attribute__((noinline)) void fewUnitsTile(const float* dz, size_t width, const float* strip, size_t units,
                                            size_t inputs, const InputGradientOutput& out) {
  Tile<Rows, Vectors> tile;
  clear(tile);
  for (size_t j = 0; j < units; ++j, dz += width, strip += kStripVectors * 16) {
    Lanes row[Vectors];
    SAMEBITS_UNROLL
    for (int v = 0; v < Vectors; ++v) row[v] = load(strip + v * 16);
    SAMEBITS_UNROLL
    for (int r = 0; r < Rows; ++r) {
      const Lanes value = broadcast(dz[r]);
      SAMEBITS_UNROLL
      for (int v = 0; v < Vectors; ++v) tile.at[r][v] = fma(value, row[v], tile.at[r][v]);
    }
  }
  for (int v = 0; v < Vectors && static_cast<size_t>(v) * 16 < inputs; ++v) {
    const size_t columns = smaller(16, inputs - v * 16);
    SAMEBITS_UNROLL
    for (int r = 0; r < Rows; ++r) {
      Lanes value = tile.at[r][v];
      if (out.reluOutput != nullptr) {
        const float* outputs = out.reluOutput + r * out.ldo + v * 16;
        value = select(lessOrEqual(loadFirst(outputs, columns), zero()), zero(), value);
      }
      storeFirst(out.dx + r * out.lddx + v * 16, value, columns);
    }
  }
}

template <int Rows, int Vectors>
void fewUnitsRows(int rows, const float* dz, size_t width, const float* strip, size_t units, size_t inputs,
                  const InputGradientOutput& out) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return fewUnitsRows<Rows - 1, Vectors>(rows, dz, width, strip, units, inputs, out);
  }
  fewUnitsTile<Rows, Vectors>(dz, width, strip, units, inputs, out);
}

template <int Rows, int Vectors>
SAMEBITS_INLINE void fewUnitsStrip(const float* dzPanels, const float* strip, size_t units, size_t rows, size_t inputs,
                                   const InputGradientOutput& out) {
  for (size_t row = 0; row < rows; row += kPanel) {
    const size_t width = panelWidth(row, rows);
    const EvenTiles tiles(smaller(width, rows - row), Rows);
    for (size_t t = 0; t < tiles.tiles; ++t) {
      const size_t at = tiles.begin(t), first = row + at;
      const InputGradientOutput here = {out.reluOutput == nullptr ? nullptr : out.reluOutput + first * out.ldo, out.ldo,
                                        out.dx + first * out.lddx, out.lddx};
      fewUnitsRows<Rows, Vectors>(tiles.size(t), dzPanels + row * units + at, width, strip, units, inputs, here);
    }
  }
}

SAMEBITS_INLINE void inputGradientOfFewUnits(const float* dzPanels, const float* weights, size_t inputCount,
                                             size_t units, size_t rows, size_t inputBegin, size_t inputEnd,
                                             const InputGradientOutput& whole) {
  alignas(64) float strip[kFewUnits * kStripVectors * 16];
  for (size_t input = inputBegin; input < inputEnd; input += kStripVectors * 16) {
    const size_t inputs = smaller(kStripVectors * 16, inputEnd - input);
    for (size_t k = 0; k < inputs; k += 16) {
      for (size_t unit = 0; unit < units; unit += kPanel) {
        const size_t width = panelWidth(unit, units);
        transposeWeights(weights + panelOffset(unit, inputCount) + (input + k) * width, width, smaller(16, inputs - k),
                         smaller(kPanel, units - unit), strip + unit * kStripVectors * 16 + k);
      }
    }
    const InputGradientOutput out = {whole.reluOutput == nullptr ? nullptr : whole.reluOutput + input, whole.ldo,
                                     whole.dx + input, whole.lddx};
    if (inputs > 16) {
      fewUnitsStrip<kTileRows / 2, kStripVectors>(dzPanels, strip, units, rows, inputs, out);
    } else {
      fewUnitsStrip<kTileRows, 1>(dzPanels, strip, units, rows, inputs, out);
    }
  }
}

// Vectors lie along rows of the batch, so that weights need no transpose: they are broadcast as they stand.
void inputGradient(const float* dzPanels, const float* weights, size_t inputs, size_t units, size_t rows,
                   size_t inputBegin, size_t inputEnd, const float* reluOutput, size_t ldo, float* dx, size_t lddx) {
  const InputGradientOutput out = {reluOutput, ldo, dx, lddx};
  if (units <= kFewUnits) {
    return inputGradientOfFewUnits(dzPanels, weights, inputs, units, rows, inputBegin, inputEnd, out);
  }
  // Lanes of a strip that its last tile does not write are transposed too, and never stored.
  alignas(64) float sums[kInputStrip * kPanel] = {};
  for (size_t strip = inputBegin; strip < inputEnd; strip += kInputStrip) {
    const size_t count = smaller(kInputStrip, inputEnd - strip);
    const EvenTiles tiles(count, kTileRows);
    for (size_t row = 0; row < rows; row += kPanel) {
      const size_t width = panelWidth(row, rows);
      const float* dzPanel = dzPanels + row * units;
      for (size_t t = 0; t < tiles.tiles; ++t) {
        const size_t begin = tiles.begin(t);
        float* to = sums + begin * width;
        if (width == kPanel) {
          inputGradientRows<kTileRows, kPanelVectors>(tiles.size(t), dzPanel, weights, inputs, strip + begin, units,
                                                      to);
        } else {
          inputGradientRows<kTileRows, 1>(tiles.size(t), dzPanel, weights, inputs, strip + begin, units, to);
        }
      }
      storeTransposed(sums, width, strip, count, row, smaller(width, rows - row), out);
    }
  }
}

}  // namespace
}  // namespace samebits
