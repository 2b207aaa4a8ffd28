#include "team.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>

#include "control_word.h"

namespace samebits {
namespace {

// Long enough for the barriers of a step in a team that has a core each. With fewer cores than members somebody who
// should work is waiting for ours: giving it away costs less than sleeping and being woken, and takes more turns.
constexpr unsigned kSpinMicroseconds = 50;
constexpr unsigned kCrowdedSpinMicroseconds = 200;
// In between whoever wants the core may have it, so that a busy neighbor (or a member that shares our core) is not held
// up.
constexpr int kPausesPerLook = 32;

void pauseBriefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  asm volatile("yield");
#endif
}

// What debuggers and process lists show.
void nameThisThread() {
#if defined(__linux__)
  pthread_setname_np(pthread_self(), "samebits");
#elif defined(__APPLE__)
  pthread_setname_np("samebits");
#endif
}

}  // namespace

unsigned availableCores() { return std::max(1u, std::thread::hardware_concurrency()); }

void Doorbell::ring() {
  rings_.fetch_add(1, std::memory_order_seq_cst);
  // Either the sleeper's increment is seen here, or the new count is seen there: both are sequentially consistent.
  if (sleepers_.load(std::memory_order_seq_cst) == 0) return;
  { std::lock_guard<std::mutex> lock(mutex_); }
  woken_.notify_all();
}

void Doorbell::wait(uint32_t seen, unsigned spinMicroseconds) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  for (Clock::duration waited{}; waited < std::chrono::microseconds(spinMicroseconds); waited = Clock::now() - start) {
    for (int i = 0; i < kPausesPerLook; ++i) {
      if (rings() != seen) return;
      pauseBriefly();
    }
    std::this_thread::yield();
  }
  std::unique_lock<std::mutex> lock(mutex_);
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  while (rings_.load(std::memory_order_seq_cst) == seen) woken_.wait(lock);
  sleepers_.fetch_sub(1, std::memory_order_relaxed);
}

Team::Team(unsigned size)
    : size_(size), spinMicroseconds_(size <= availableCores() ? kSpinMicroseconds : kCrowdedSpinMicroseconds) {
  threads_.reserve(size - 1);
  try {
    for (unsigned member = 1; member < size; ++member) {
      threads_.emplace_back([this, member] { work(member); });
    }
  } catch (...) {
    stop();
    throw;
  }
}

Team::~Team() { stop(); }

void Team::stop() {
  body_ = nullptr;
  start_.ring();
  for (std::thread& thread : threads_) thread.join();
}

void Team::runErased(Erased body, void* context) {
  const ControlWord control;
  body_ = body;
  context_ = context;
  if (size_ > 1) start_.ring();
  body(context, 0);
  barrier();
}

void Team::work(unsigned member) {
  const ControlWord control;
  nameThisThread();
  for (uint32_t seen = 0;; ++seen) {
    start_.wait(seen, spinMicroseconds_);
    if (body_ == nullptr) return;
    body_(context_, member);
    barrier();
  }
}

Leader::Leader() : thread_([this] { work(); }) {}

Leader::~Leader() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Leader::start(std::function<void()> job) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    job_ = std::move(job);
  }
  changed_.notify_one();
}

void Leader::work() {
  nameThisThread();
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return job_ || ending_; });
    if (!job_) return;
    std::function<void()> job = std::move(job_);
    job_ = nullptr;
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace samebits
