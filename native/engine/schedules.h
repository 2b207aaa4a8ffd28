// Learning rates, step by step (docs/numerics.md, section 5, "Learning rates"): the only place where they are decided.
#ifndef SAMEBITS_ENGINE_SCHEDULES_H
#define SAMEBITS_ENGINE_SCHEDULES_H

#include <cstdint>
#include <vector>

namespace samebits {

enum class ScheduleKind : uint8_t {
  constant,
  piecewiseConstantDecay,
  exponentialDecay,
  inverseTimeDecay,
  polynomialDecay,
  cosineDecay,
  cosineDecayRestarts,
  oneCycle,
  reduceOnPlateau,
};

// The names are those of the contract; what a kind does not have is not looked at.
struct Schedule {
  Schedule() = default;
  Schedule(double rate) : initialLearningRate(rate) {}  // constant

  ScheduleKind kind = ScheduleKind::constant;
  double initialLearningRate = 0.01;  // of oneCycle: maxLearningRate
  uint64_t steps = 1;                 // decaySteps, firstDecaySteps or totalSteps; at least 1
  double decayRate = 1;
  double endLearningRate = 0;
  double power = 1;  // at least 0, at most 2^53
  double alpha = 0;
  double tMul = 1, mMul = 1;  // tMul at least 1
  double pctStart = 0.3;      // from 0 to below 1
  double divFactor = 25, finalDivFactor = 1e4;
  bool staircase = false, cycle = false, linear = false;
  double factor = 0.1, minDelta = 1e-4, minLearningRate = 0;
  uint64_t patience = 10, cooldown = 0;  // epochs
  bool rises = false;                    // more of what is monitored is better
  std::vector<uint64_t> boundaries;
  std::vector<double> values;  // one more than boundaries

  uint64_t warmUpSteps = 0;  // before all of that; 0 is none
  double warmUpFrom = 0;
};

// What reduceOnPlateau remembers from one epoch to the next.
struct Plateau {
  double learningRate = 0;  // now
  double best = 0;          // infinite, the worst there is, before the first value
  uint64_t wait = 0;        // epochs without a better value
  uint64_t cooldown = 0;    // epochs in which none is counted
};

// Before the first epoch. Of another schedule only the rate says something: nothing reads it.
Plateau plateauOf(const Schedule& schedule);

// After an epoch that ended `step` steps after the schedule's first one, with the value that was monitored.
void observe(const Schedule& schedule, uint64_t step, double value, Plateau* plateau);

// base^exponent by squaring: from the exponent's lowest bit up, in binary64.
double power(double base, uint64_t exponent);
// The same for any exponent from 0 to 2^53: what is behind the point takes square roots. base: at least 0.
double power(double base, double exponent);

// The rate of the step after `step` others, below 2^53. Nothing but its arguments decides it.
double learningRateAt(const Schedule& schedule, uint64_t step, const Plateau& plateau);

}  // namespace samebits

#endif
