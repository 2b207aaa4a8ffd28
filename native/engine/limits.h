// What the machine can do at most, measured: arithmetic, memory, and threads that wait for each other.
#ifndef SAMEBITS_ENGINE_LIMITS_H
#define SAMEBITS_ENGINE_LIMITS_H

#include <cstddef>
#include <vector>

#include "../kernels/kernel_table.h"
#include "team.h"

namespace samebits {

// Each gives the seconds of every repetition.

// Every member runs `rounds` rounds of the table's fma chains, in registers or fed from its first-level cache:
// rounds * team size * table.fmaFlopsPerRound FLOPs.
std::vector<double> timeFmaChains(Team* team, const KernelTable& table, bool fed, size_t rounds, size_t repetitions);

// a = b + s * c over three arrays of `floats` floats, divided among the members: 12 * floats bytes, since stores go past
// the caches where the architecture has such stores (elsewhere a store first reads its line, which is not counted).
// Throws std::bad_alloc.
std::vector<double> timeTriad(Team* team, size_t floats, size_t repetitions);

// `barriers` barriers in a row.
std::vector<double> timeBarriers(Team* team, size_t barriers, size_t repetitions);

// Two members write to each other by turns, `trips` times there and back; the others wait. The team has at least two
// members.
std::vector<double> timePingPong(Team* team, size_t trips, size_t repetitions);

}  // namespace samebits

#endif
