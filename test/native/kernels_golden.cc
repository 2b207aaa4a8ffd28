// The products' golden hashes (test/golden/README.md), on each table.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "kernels_test.h"
#include "sha256.h"

using namespace samebits;

namespace {

std::vector<float> goldenTensor(size_t count, uint32_t salt) {
  std::vector<float> tensor(count);
  for (size_t i = 0; i < count; ++i) {
    uint32_t h = static_cast<uint32_t>(i + 1) * 2654435761u + salt * 40503u;
    h ^= h >> 15;
    h *= 2246822519u;
    h ^= h >> 13;
    tensor[i] = static_cast<float>(h >> 8) * 0x1p-24f - 0.5f;
  }
  return tensor;
}

// The text after "key": up to the next comma, brace or quote.
std::string field(const std::string& line, const std::string& key) {
  const size_t at = line.find("\"" + key + "\":");
  if (at == std::string::npos) return "";
  const size_t begin = line.find_first_not_of(" \"", at + key.size() + 3);
  return line.substr(begin, line.find_first_of(",}\"", begin) - begin);
}

std::vector<float> unpadded(RowMatrix& matrix) {
  std::vector<float> values;
  for (size_t r = 0; r < matrix.rows; ++r) values.insert(values.end(), matrix.row(r), matrix.row(r) + matrix.units);
  return values;
}

std::vector<float> unpacked(PanelMatrix& matrix) {
  std::vector<float> values;
  for (size_t k = 0; k < matrix.inputs; ++k) {
    for (size_t j = 0; j < matrix.units; ++j) values.push_back(matrix.data()[matrix.offset(k, j)]);
  }
  return values;
}

std::string hash(const std::vector<float>& values) { return sha256(values.data(), values.size() * sizeof(float)); }

void testShape(const KernelTable& table, const std::string& line, Random& random) {
  const size_t rows = std::stoul(field(line, "rows")), inputs = std::stoul(field(line, "inputs")),
               units = std::stoul(field(line, "units"));
  RowMatrix x(goldenTensor(rows * inputs, 1), rows, inputs, random),
      dz(goldenTensor(rows * units, 4), rows, units, random);
  PanelMatrix w(goldenTensor(inputs * units, 2), inputs, units, table.panel);
  std::vector<float> bias = goldenTensor(units, 3);
  bias.resize(round16(units), 0.0f);

  RowMatrix z(rows, units, random);
  table.forward(x.data(), x.ld, w.data(), bias.data(), inputs, units, rows, 0, units, false, z.data(), z.ld);
  check(hash(unpadded(z)) == field(line, "forward"), describe(table, "golden forward", {rows, inputs, units}));

  RowMatrix dx(rows, inputs, random);
  Guarded packed(round16(rows) * units);
  table.packRows(dz.data(), dz.ld, rows, units, packed.data());
  table.inputGradient(packed.data(), w.data(), inputs, units, rows, 0, inputs, nullptr, 0, dx.data(), dx.ld);
  check(hash(unpadded(dx)) == field(line, "inputGradient"),
        describe(table, "golden inputGradient", {rows, inputs, units}));

  const OwnedOrder owned = balancedOrder(rows, 64);
  const RowOrder order = owned.order();
  Update store = {};
  store.kind = UpdateKind::store;
  store.scale = 1;
  PanelMatrix g(std::vector<float>(inputs * units), inputs, units, table.panel),
      b(std::vector<float>(units), 1, units, table.panel);
  const ParameterSlots weightSlots = {g.data(), nullptr, nullptr, nullptr, nullptr, nullptr},
                       biasSlots = {b.data(), nullptr, nullptr, nullptr, nullptr, nullptr};
  Guarded scratch(std::min<size_t>(rows * table.scratchPerRow, table.mostScratch));
  table.weightGradient(x.data(), x.ld, dz.data(), dz.ld, &order, inputs, units, 0, inputs, 0, units, &store,
                       &weightSlots, scratch.data(), nullptr);
  table.biasGradient(dz.data(), dz.ld, &order, units, 0, units, &store, &biasSlots, nullptr);
  check(hash(unpacked(g)) == field(line, "weightGradient"),
        describe(table, "golden weightGradient", {rows, inputs, units}));
  check(hash(unpacked(b)) == field(line, "biasGradient"), describe(table, "golden biasGradient", {rows, units}));

  std::vector<float> rowSums;
  for (size_t r = 0; r < rows; ++r) {
    std::vector<float> leaves;
    for (size_t k = 0; k < inputs; k += kFeatureLeaf) {
      leaves.push_back(table.sumLeaf(x.row(r) + k, inputs - k < kFeatureLeaf ? inputs - k : kFeatureLeaf));
    }
    rowSums.push_back(reference::balancedTree(leaves.data(), leaves.size()));
  }
  check(hash(rowSums) == field(line, "rowSums"), describe(table, "golden rowSums", {rows, inputs}));
}

}  // namespace

void testGolden(const std::vector<const KernelTable*>& all, const char* path) {
  check(sha256("abc", 3) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "sha256 of abc");
  std::ifstream file(path);
  std::string line;
  size_t shapes = 0;
  Random random{7};
  while (std::getline(file, line)) {
    if (field(line, "rows").empty()) continue;
    ++shapes;
    for (const KernelTable* table : all) testShape(*table, line, random);
  }
  check(shapes == 8, std::string("eight golden shapes in ") + path);
}
