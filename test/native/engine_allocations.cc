// Steps allocate nothing: a call of many steps asks for memory exactly as often as a call of one.
#include <atomic>
#include <cstdlib>
#include <new>

#include "engine_test.h"

namespace {
std::atomic<uint64_t> allocations{0};
}  // namespace

// Every allocation of this executable through C++ is counted here, on any thread.
void* operator new(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace samebits;

namespace {

// Enough for an allocation of each step, or of each epoch, to show.
constexpr uint64_t kManySteps = 12;

uint64_t allocationsOf(Model* model, TrainOptions options, uint64_t steps, Team* team, uint64_t* made) {
  const std::atomic<bool> abort{false};
  options.maxSteps = steps;
  options.maxEpochs = UINT64_MAX;
  const uint64_t before = allocations.load();
  *made = model->train(options, team, &abort).steps;
  return allocations.load() - before;
}

void testOptions(const Problem& problem, const TrainOptions& options) {
  Model model(problem, tables().back());
  Team team(3);
  uint64_t made;
  allocationsOf(&model, options, 1, &team, &made);  // buffers that live between calls
  const uint64_t one = allocationsOf(&model, options, 1, &team, &made);
  const uint64_t many = allocationsOf(&model, options, kManySteps, &team, &made);
  check(one > 0 && made > 1 && one == many, problem.name + ": allocations of 1 step and of many");
}

}  // namespace

void testAllocations() {
  for (const Problem& problem : problems()) {
    for (const Reduction reduction : {Reduction::fixed, Reduction::free}) {
      for (const PlanForm form : {PlanForm::stored, PlanForm::fused}) {
        for (const bool marks : {false, true}) {
          TrainOptions options = optionsFor(problem);
          options.reduction = reduction;
          options.form = form;
          options.record = reduction == Reduction::free;
          options.marks = marks;
          testOptions(problem, options);
        }
      }
    }
  }
}
