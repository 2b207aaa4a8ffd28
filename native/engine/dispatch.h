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

// The available table of that name, or null.
const KernelTable* findTable(std::string_view name);

}  // namespace samebits

#endif
