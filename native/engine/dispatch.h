// Which kernel tables were compiled in, and which of them this CPU can run.
#ifndef SAMEBITS_ENGINE_DISPATCH_H
#define SAMEBITS_ENGINE_DISPATCH_H

#include <cstddef>
#include <string_view>

#include "../kernels/kernel_table.h"

namespace samebits {

struct InstructionSetEntry {
  const KernelTable* table;
  bool available;  // the CPU has it and the operating system keeps its registers
};

// All compiled tables, slowest first; `count` says how many. The array lives for ever and never changes.
const InstructionSetEntry* instructionSets(size_t* count);

// Other hardware, emulated (docs/numerics.md, "Emulated hardware"): a sum of these.
enum Emulation : unsigned { kNoFma = 1, kFlushSubnormals = 2, kOrdinaryExp = 4 };

// The table of a sum of emulations, 1 to 7. It is no instruction set: neither list nor name leads to it.
const KernelTable* emulatedTable(unsigned emulations);

// The fastest that is available.
const KernelTable* bestTable();

// The available table of that name, or null.
const KernelTable* findTable(std::string_view name);

}  // namespace samebits

#endif
