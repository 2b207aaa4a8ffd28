// Every kernel of every instruction set that this CPU has, against the reference, bit for bit.
//   kernels_test PRODUCTS_JSON
// Prints what ran and "N passed, N failed"; exit code 1 if anything failed.
#include "kernels_test.h"

#include <cstdio>

using samebits::KernelTable;

namespace {
size_t passed = 0, failed = 0;
}

void check(bool ok, const std::string& what) {
  if (ok) {
    ++passed;
  } else if (++failed <= 40) {
    std::printf("FAILED %s\n", what.c_str());
  }
}

std::string describe(const KernelTable& table, const char* what, std::initializer_list<size_t> shape) {
  std::string text = std::string(table.name) + ": " + what;
  for (size_t n : shape) text += " " + std::to_string(n);
  return text;
}

std::vector<const KernelTable*> tables() {
  std::vector<const KernelTable*> all = {samebits::scalarTable()};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) all.push_back(samebits::avx2Table());
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    all.push_back(samebits::avx512Table());
  }
#elif defined(__aarch64__)
  all.push_back(samebits::neonTable());
#endif
  return all;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: kernels_test PRODUCTS_JSON\n");
    return 2;
  }
  const std::vector<const KernelTable*> all = tables();
  std::printf("instruction sets:");
  for (const KernelTable* table : all) std::printf(" %s", table->name);
  std::printf("\n");
  testVectors(all);
  testProducts(all);
  testGradients(all);
  testLayers(all);
  testMarks(all);
  testMasks(all);
  testNormalization(all);
  testRegularization(all);
  testEmulated();
  testGolden(all, argv[1]);
  std::printf("%zu passed, %zu failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
