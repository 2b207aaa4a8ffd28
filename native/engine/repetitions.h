// Timing of one piece of work that a team repeats in step, without JavaScript and without waking threads in between.
#ifndef SAMEBITS_ENGINE_REPETITIONS_H
#define SAMEBITS_ENGINE_REPETITIONS_H

#include <chrono>
#include <cstddef>
#include <vector>

#include "team.h"

namespace samebits {

// Monotonic, in seconds.
inline double monotonicSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Calls body(member) `repetitions` times on every member of the team. A repetition lasts from the last member's arrival
// to the next such arrival: it has one barrier in it, as every phase of a training step has.
template <typename Body>
std::vector<double> timeRepetitions(Team* team, size_t repetitions, Body&& body) {
  std::vector<double> seconds(repetitions);
  size_t arrivals = 0;
  double last = 0;
  const auto look = [&] {  // by one member at a time
    const double now = monotonicSeconds();
    if (arrivals > 0) seconds[arrivals - 1] = now - last;
    last = now;
    ++arrivals;
  };
  team->run([&](unsigned member) {
    for (size_t i = 0; i < repetitions; ++i) {
      team->barrier(look);
      body(member);
    }
    team->barrier(look);
  });
  return seconds;
}

}  // namespace samebits

#endif
