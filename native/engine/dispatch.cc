#include "dispatch.h"

namespace samebits {
namespace {

#if defined(__x86_64__)
// GCC's and Clang's built-in reads CPUID and XGETBV: it also asks whether the operating system saves the registers.
constexpr size_t kCount = 3;
struct Entries {
  InstructionSetEntry entry[kCount];
  Entries() {
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    entry[0] = {scalarTable(), true};
    entry[1] = {avx2Table(), avx2};
    entry[2] = {avx512Table(), avx512};
  }
};
#elif defined(__aarch64__)
constexpr size_t kCount = 2;
struct Entries {
  InstructionSetEntry entry[kCount];
  Entries() {
    entry[0] = {scalarTable(), true};
    entry[1] = {neonTable(), true};  // part of every AArch64 CPU
  }
};
#else
#error "No kernel tables are compiled for this architecture."
#endif

}  // namespace

const InstructionSetEntry* instructionSets(size_t* count) {
  static const Entries entries;
  *count = kCount;
  return entries.entry;
}

const KernelTable* bestTable() {
  size_t count;
  const InstructionSetEntry* entries = instructionSets(&count);
  while (!entries[count - 1].available) --count;  // the scalar one always is
  return entries[count - 1].table;
}

const KernelTable* findTable(std::string_view name) {
  size_t count;
  const InstructionSetEntry* entries = instructionSets(&count);
  for (size_t i = 0; i < count; ++i) {
    if (entries[i].available && name == entries[i].table->name) return entries[i].table;
  }
  return nullptr;
}

const KernelTable* emulatedTable(unsigned emulations) {
  static constexpr const KernelTable* (*kTables[])() = {emulatedTable1, emulatedTable2, emulatedTable3, emulatedTable4,
                                                        emulatedTable5, emulatedTable6, emulatedTable7};
  return kTables[emulations - 1]();
}

}  // namespace samebits
