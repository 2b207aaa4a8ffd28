// The engine without JavaScript, as a plain executable, so that sanitizers can watch it: the same bits from teams of 1 to 8
// members, both forms of the plan, and every kernel table of this CPU; with --widest, and under the thread sanitizer, which take
// twenty times as long, the widest alone: threads meet in the engine, whatever the kernels are.
// Prints what ran and "N passed, N failed"; exit code 1 if anything failed.
#include "engine_test.h"

#include <atomic>
#include <cstdio>
#include <cstring>

#include "../../native/engine/dispatch.h"

using namespace samebits;

namespace {
std::atomic<size_t> passed{0}, failed{0};
#ifdef __SANITIZE_THREAD__
bool widestOnly = true;
#else
bool widestOnly = false;
#endif
}  // namespace

void check(bool ok, const std::string& what) {
  if (ok) {
    ++passed;
  } else if (++failed <= 40) {
    std::printf("FAILED %s\n", what.c_str());
  }
}

std::vector<const KernelTable*> tables() {
  size_t count;
  const InstructionSetEntry* entries = instructionSets(&count);
  std::vector<const KernelTable*> all;
  for (size_t i = 0; i < count; ++i) {
    if (entries[i].available) all.push_back(entries[i].table);
  }
  if (widestOnly) all.erase(all.begin(), all.end() - 1);
  return all;
}

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) widestOnly = widestOnly || std::strcmp(arguments[i], "--widest") == 0;
  std::printf("instruction sets:");
  for (const KernelTable* table : tables()) std::printf(" %s", table->name);
  std::printf("\n");
  testAnatomy();
  testMarks();
  testOrders();
  testRandom();
  testTables();
  testTeams();
  testTraining();
  testFreeOrder();
  testPrediction();
  testProducts();
  testControlWord();
  testAllocations();
  std::printf("%zu passed, %zu failed\n", passed.load(), failed.load());
  return failed == 0 && passed > 0 ? 0 : 1;
}
