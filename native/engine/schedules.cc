#include "schedules.h"

#include <cmath>
#include <limits>

#include "dispatch.h"

namespace samebits {
namespace {

// cospi(fl32(x)), correctly rounded: the contract's, on emulated hardware too.
double cospi(double x) {
  size_t count;
  const KernelTable& scalar = *instructionSets(&count)[0].table;
  const float argument = static_cast<float>(x);
  float cosine;
  scalar.cospi(&argument, 1, &cosine);
  return cosine;
}

// What is left of a cosine's way down, from 1 at share 0 to 0 at share 1: ½(1 + cos(π·share)).
double cosineLeft(double share) {
  const double cosine = cospi(share / 2);
  return cosine * cosine;
}

double annealed(const Schedule& s, double from, double to, double share) {
  if (s.linear) return from + (to - from) * share;
  return to + (from - to) * cosineLeft(share);
}

double piecewise(const Schedule& s, uint64_t step) {
  size_t at = 0;
  while (at < s.boundaries.size() && s.boundaries[at] < step) ++at;
  return s.values[at];
}

double polynomial(const Schedule& s, uint64_t step) {
  uint64_t length = s.steps, at = step;
  if (s.cycle) {
    // Without overflow: as many lengths as hold the step, at least one.
    const uint64_t whole = step / s.steps, rest = step % s.steps;
    length = s.steps * (whole + (rest > 0 || whole == 0 ? 1 : 0));
  } else if (at > length) {
    at = length;
  }
  const double left = 1.0 - static_cast<double>(at) / static_cast<double>(length);
  return (s.initialLearningRate - s.endLearningRate) * power(left, s.power) + s.endLearningRate;
}

double restarted(const Schedule& s, uint64_t step) {
  double at = static_cast<double>(step), length = static_cast<double>(s.steps);
  uint64_t restarts = 0;
  if (s.tMul == 1) {
    restarts = step / s.steps;
    at = static_cast<double>(step % s.steps);
  } else {
    for (; at >= length; ++restarts) {
      at = at - length;
      length = length * s.tMul;
    }
  }
  const double left = power(s.mMul, restarts) * cosineLeft(at / length);
  return s.initialLearningRate * ((1.0 - s.alpha) * left + s.alpha);
}

double oneCycle(const Schedule& s, uint64_t step) {
  const double highest = s.initialLearningRate;
  const double first = highest / s.divFactor, last = first / s.finalDivFactor;
  const double at = static_cast<double>(step), total = static_cast<double>(s.steps);
  const double top = s.pctStart * total - 1.0;
  if (at < top) return annealed(s, first, highest, at / top);
  const double share = (at - top) / ((total - 1.0) - top);
  return annealed(s, highest, last, share < 1 ? share : 1.0);
}

double unwarmed(const Schedule& s, uint64_t step, const Plateau& plateau) {
  // Of the decays that go on for ever: whole lengths are counted exactly.
  const double lengths =
      s.staircase ? static_cast<double>(step / s.steps) : static_cast<double>(step) / static_cast<double>(s.steps);
  switch (s.kind) {
    case ScheduleKind::piecewiseConstantDecay:
      return piecewise(s, step);
    case ScheduleKind::exponentialDecay:
      return s.initialLearningRate * power(s.decayRate, lengths);
    case ScheduleKind::inverseTimeDecay:
      return s.initialLearningRate / (1.0 + s.decayRate * lengths);
    case ScheduleKind::polynomialDecay:
      return polynomial(s, step);
    case ScheduleKind::cosineDecay: {
      const double share = lengths < 1 ? lengths : 1.0;
      return s.initialLearningRate * ((1.0 - s.alpha) * cosineLeft(share) + s.alpha);
    }
    case ScheduleKind::cosineDecayRestarts:
      return restarted(s, step);
    case ScheduleKind::oneCycle:
      return oneCycle(s, step);
    case ScheduleKind::reduceOnPlateau:
      return plateau.learningRate;
    default:
      return s.initialLearningRate;
  }
}

}  // namespace

double power(double base, uint64_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result *= base;
    base *= base;
  }
  return result;
}

double power(double base, double exponent) {
  const double whole = std::floor(exponent);
  double result = power(base, static_cast<uint64_t>(whole));
  double root = base;
  for (double rest = exponent - whole; rest > 0;) {
    root = std::sqrt(root);
    rest = rest + rest;
    if (rest < 1) continue;
    result = result * root;
    rest = rest - 1;
  }
  return result;
}

Plateau plateauOf(const Schedule& schedule) {
  Plateau plateau;
  plateau.learningRate = schedule.initialLearningRate;
  plateau.best = schedule.rises ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  return plateau;
}

void observe(const Schedule& schedule, uint64_t step, double value, Plateau* plateau) {
  if (schedule.kind != ScheduleKind::reduceOnPlateau || step <= schedule.warmUpSteps) return;
  if (plateau->cooldown > 0) {
    --plateau->cooldown;
    plateau->wait = 0;
  }
  const double margin = schedule.minDelta;
  if (schedule.rises ? value > plateau->best + margin : value < plateau->best - margin) {
    plateau->best = value + 0.0;  // never -0, which JSON would not keep
    plateau->wait = 0;
    return;
  }
  if (plateau->cooldown > 0 || ++plateau->wait < schedule.patience) return;
  if (!(plateau->learningRate > schedule.minLearningRate)) return;
  const double reduced = plateau->learningRate * schedule.factor;
  plateau->learningRate = reduced > schedule.minLearningRate ? reduced : schedule.minLearningRate;
  plateau->cooldown = schedule.cooldown;
  plateau->wait = 0;
}

double learningRateAt(const Schedule& schedule, uint64_t step, const Plateau& plateau) {
  if (step >= schedule.warmUpSteps) return unwarmed(schedule, step - schedule.warmUpSteps, plateau);
  const double share = static_cast<double>(step) / static_cast<double>(schedule.warmUpSteps);
  return schedule.warmUpFrom + (unwarmed(schedule, 0, plateau) - schedule.warmUpFrom) * share;
}

}  // namespace samebits
