#include "products.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "arena.h"
#include "arrival.h"
#include "control_word.h"
#include "division.h"
#include "packing.h"
#include "row_pass.h"
#include "tree.h"

namespace samebits {
namespace {

// Elements of a run that a thread claims in free order.
constexpr size_t kFreeRun = 4096;

// A larger workspace is kept only until the next product.
constexpr size_t kMostKept = 64 * 1024 * 1024;

// Floats of x in a block of rows of denseForward: a quarter of a second-level cache, beside panels of weights.
constexpr size_t kBlockFloats = 128 * 1024;
// Forward tiles in such a block at least: each block reads all weights.
constexpr size_t kLeastBlockTiles = 4;

// Memory for one product. The thread that leads a team keeps it from call to call, whatever was in it: new pages cost as
// much as packing does.
void* workspace(size_t bytes) {
  thread_local Block kept;
  if (kept.bytes() < bytes || kept.bytes() > kMostKept) {
    kept = Block();  // frees the old one first
    kept = Block(bytes);
  }
  return kept.data();
}

template <typename LeafSum>
float fixedSum(Team* team, size_t count, LeafSum&& leafSum) {
  std::vector<float> leaves((count + kFeatureLeaf - 1) / kFeatureLeaf);
  team->run([&](unsigned member) {
    const Share share = shareOf(leaves.size(), 1, member, team->size());
    for (size_t i = share.begin; i < share.end; ++i) {
      const size_t at = i * kFeatureLeaf;
      leaves[i] = leafSum(at, std::min(kFeatureLeaf, count - at));
    }
  });
  return combineLeaves(leaves.data(), leaves.size());
}

template <typename SumOn>
float freeSum(Team* team, const KernelTable& table, size_t count, SumOn&& sumOn) {
  struct alignas(64) Lanes {
    float lane[kLanes];
  };
  std::vector<Lanes> lanes(team->size());
  std::vector<unsigned> arrivals(team->size());
  std::atomic<size_t> next{0};
  std::atomic<unsigned> arrived{0};
  team->run([&](unsigned member) {
    float* own = lanes[member].lane;
    std::fill_n(own, kLanes, 0.0f);
    bool any = false;
    for (;; any = true) {
      const size_t at = next.fetch_add(kFreeRun, std::memory_order_relaxed);
      if (at >= count) break;
      sumOn(at, std::min(kFreeRun, count - at), own);
    }
    if (any) arrivals[arrived.fetch_add(1, std::memory_order_relaxed)] = member;
  });
  if (arrived == 0) return 0;
  float* sum = lanes[arrivals[0]].lane;
  for (unsigned i = 1; i < arrived; ++i) {
    for (size_t l = 0; l < kLanes; ++l) sum[l] += lanes[arrivals[i]].lane[l];
  }
  return table.combineLanes(sum);
}

}  // namespace

void denseForward(Team* team, const KernelTable& table, DenseShape shape, const float* x, const float* weights,
                  const float* bias, Activation activation, double alpha, float* z) {
  const unsigned members = team->size();
  const size_t ldx = leadingDimension(shape.inputs);
  // Members pass blocks of their rows through buffers that stay in the second-level cache.
  const size_t tiles = std::max(kLeastBlockTiles, kBlockFloats / (table.forwardRows * ldx));
  const size_t blockRows = std::min(shape.rows, tiles * table.forwardRows);
  Cutter counter(nullptr);
  const auto cut = [&](Cutter* cutter, float** packed, float** packedBias, std::vector<Rows>* blocks) {
    *packed = cutter->take<float>(panelsSize(shape.inputs, shape.units));
    *packedBias = cutter->take<float>(round16(shape.units));
    blocks->clear();
    for (unsigned member = 0; member < members; ++member) {
      blocks->push_back({cutter->take<float>(blockRows * ldx), ldx});
    }
  };
  float *packed, *packedBias;
  std::vector<Rows> blocks;  // of x, one for each member
  cut(&counter, &packed, &packedBias, &blocks);
  Cutter cutter(workspace(counter.used()));
  cut(&cutter, &packed, &packedBias, &blocks);
  if (bias != nullptr)
    std::fill_n(std::copy_n(bias, shape.units, packedBias), round16(shape.units) - shape.units, 0.0f);
  team->run([&](unsigned member) {
    const Share own = shareOf(shape.inputs, 1, member, members);
    const RowRange packedRows{own.begin, own.count()};
    packPanels(weights + own.begin * shape.units, packedRows, shape.inputs, shape.units, table.panel, packed);
    team->barrier();
    const Rows& xBlock = blocks[member];
    const Share share = shareOf(shape.rows, table.forwardRows, member, members);
    for (size_t row = share.begin; row < share.end; row += blockRows) {
      const size_t rows = std::min(blockRows, share.end - row);
      float* const to = z + row * shape.units;
      spreadRows(x + row * shape.inputs, rows, shape.inputs, xBlock.data, ldx);
      table.forward(xBlock.data, ldx, packed, bias == nullptr ? nullptr : packedBias, shape.inputs, shape.units, rows,
                    0, shape.units, activation == Activation::relu, to, shape.units);
      if (activation != Activation::relu && activation != Activation::linear) {
        table.activate(activation, static_cast<float>(alpha), to, shape.units, rows, shape.units, to, shape.units);
      }
    }
  });
}

void denseBackward(Team* team, const KernelTable& table, DenseShape shape, const float* x, const float* weights,
                   const float* dz, RowReduction over, float* inputGradient, float* weightGradient,
                   float* biasGradient) {
  if (shape.rows == 0) {
    std::fill_n(weightGradient, shape.inputs * shape.units, 0.0f);
    std::fill_n(biasGradient, shape.units, 0.0f);
    return;
  }
  const unsigned members = team->size();
  const bool free = over.reduction == Reduction::free;
  const size_t ldx = leadingDimension(shape.inputs), ldz = leadingDimension(shape.units);
  const size_t panels = panelsSize(shape.inputs, shape.units);
  const size_t memberRows = free && members > 1 ? (shape.rows + 1) / 2 + over.freeGrain : shape.rows;
  const size_t rowPanels = round16(std::min(shape.rows, memberRows)) * shape.units;
  // A member packs rows for the one product, then for the other.
  const size_t perMember = std::max(rowPanels, weightGradientScratch(table, shape.rows));
  const Block block((shape.rows * (2 * ldx + ldz) + 2 * panels + round16(shape.units) + members * perMember + 16) *
                    sizeof(float));
  float* xRows = static_cast<float*>(block.data());
  float* dxRows = xRows + shape.rows * ldx;
  float* dzRows = dxRows + shape.rows * ldx;
  float* packed = dzRows + shape.rows * ldz;
  ParameterSlots kernelSlots{packed + panels, nullptr, nullptr, nullptr, nullptr, nullptr};
  ParameterSlots biasSlots{kernelSlots.gradient + panels, nullptr, nullptr, nullptr, nullptr, nullptr};
  float* scratch = biasSlots.gradient + round16(shape.units);
  packPanels(weights, {0, shape.inputs}, shape.inputs, shape.units, table.panel, packed);

  Arrival arrival;
  ChainTree chains;
  FixedOrder fixed;
  const RowOrder* order = nullptr;
  if (free) {
    arrival.reserve(shape.rows, over.freeGrain, members);
    arrival.begin(shape.rows);
    chains.reserve(shape.rows, over.freeGrain);
  } else {
    fixed.reserve(shape.rows, over.batchLeaf);
  }
  Update store{};
  store.scale = 1;
  const auto passRows = [&](unsigned member, size_t begin, size_t rows) {
    float* own = scratch + member * perMember;
    spreadRows(x + begin * shape.inputs, rows, shape.inputs, xRows + begin * ldx, ldx);
    spreadRows(dz + begin * shape.units, rows, shape.units, dzRows + begin * ldz, ldz);
    table.packRows(dzRows + begin * ldz, ldz, rows, shape.units, own);
    table.inputGradient(own, packed, shape.inputs, shape.units, rows, 0, shape.inputs, nullptr, 0, dxRows + begin * ldx,
                        ldx);
    gatherRows(dxRows + begin * ldx, ldx, rows, shape.inputs, inputGradient + begin * shape.inputs);
  };
  team->run([&](unsigned member) {
    if (free) {
      for (RowSegment claimed; arrival.claim(member, &claimed);) passRows(member, claimed.begin, claimed.count);
      arrival.arrive(member);
    } else {
      const Share share = shareOf(shape.rows, 1, member, members);
      if (share.end > share.begin) passRows(member, share.begin, share.end - share.begin);
    }
    team->barrier([&] {
      if (free) arrival.into(&chains);
      order = free ? &chains.order() : &fixed.of(shape.rows);
    });
    const Share share = shareOf(shape.units, table.panel, member, members);
    if (share.begin == share.end) return;
    table.weightGradient(xRows, ldx, dzRows, ldz, order, shape.inputs, shape.units, 0, shape.inputs, share.begin,
                         share.end, &store, &kernelSlots, scratch + member * perMember, nullptr);
    table.biasGradient(dzRows, ldz, order, shape.units, share.begin, share.end, &store, &biasSlots, nullptr);
  });
  unpackPanels(kernelSlots.gradient, {0, shape.inputs}, shape.inputs, shape.units, table.panel, weightGradient);
  std::copy_n(biasSlots.gradient, shape.units, biasGradient);
}

float sumVector(Team* team, const KernelTable& table, const float* values, size_t count, Reduction reduction) {
  const ControlWord control;
  if (reduction == Reduction::fixed) {
    return fixedSum(team, count, [&](size_t at, size_t n) { return table.sumLeaf(values + at, n); });
  }
  return freeSum(team, table, count, [&](size_t at, size_t n, float* lanes) { table.sumOn(values + at, n, lanes); });
}

float dotVectors(Team* team, const KernelTable& table, const float* a, const float* b, size_t count,
                 Reduction reduction) {
  const ControlWord control;
  if (reduction == Reduction::fixed) {
    return fixedSum(team, count, [&](size_t at, size_t n) { return table.dotLeaf(a + at, b + at, n); });
  }
  return freeSum(team, table, count, [&](size_t at, size_t n, float* lanes) { table.dotOn(a + at, b + at, n, lanes); });
}

uint64_t markOf(const KernelTable& table, const float* values, size_t count) {
  const size_t whole = count / 16 * 16;
  float rest[16] = {};  // a kernel reads whole vectors
  std::copy(values + whole, values + count, rest);
  return table.mark(values, 1, whole, whole, 0, 0) + table.mark(rest, 1, 16, count - whole, whole, 0);
}

}  // namespace samebits
