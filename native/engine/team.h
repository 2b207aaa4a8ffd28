// A team of native threads that works on one job at a time, in step.
//
// The thread that calls run() is member 0 and works too; a team of n has started n - 1 threads of its own. Waiting
// members spin for a few tens of microseconds (a step's barrier is usually shorter), then sleep. Nothing here
// influences bits: which member does what is decided by the plan, or recorded.
#ifndef SAMEBITS_ENGINE_TEAM_H
#define SAMEBITS_ENGINE_TEAM_H

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace samebits {

constexpr unsigned kMaxThreads = 256;

// Counts rings; waits for the next one. Any number of waiters.
class Doorbell {
 public:
  uint32_t rings() const { return rings_.load(std::memory_order_acquire); }
  // Everything written before ring() is seen by whoever returns from wait() for it.
  void ring();
  // Returns as soon as rings() differs from `seen`. Spins for `spinMicroseconds` first.
  void wait(uint32_t seen, unsigned spinMicroseconds);

 private:
  std::atomic<uint32_t> rings_{0};
  std::atomic<uint32_t> sleepers_{0};
  std::mutex mutex_;
  std::condition_variable woken_;
};

// Where a fixed number of threads wait for each other, again and again.
class Gate {
 public:
  // The last of `members` to arrive calls `last()` before the others go on: what it writes, they see.
  template <typename Last>
  void pass(unsigned members, unsigned spinMicroseconds, Last&& last) {
    if (members == 1) {
      last();
      return;
    }
    const uint32_t seen = bell_.rings();
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == members) {
      arrived_.store(0, std::memory_order_relaxed);
      last();
      bell_.ring();
    } else {
      bell_.wait(seen, spinMicroseconds);
    }
  }

 private:
  Doorbell bell_;
  std::atomic<unsigned> arrived_{0};
};

// Cores that the operating system gives this process, at least 1.
unsigned availableCores();

class Team {
 public:
  // 1 <= size <= kMaxThreads. Throws std::system_error if the operating system refuses a thread (those already started
  // are joined).
  explicit Team(unsigned size);
  // Joins the threads. Not while run() is under way.
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  unsigned size() const { return size_; }

  // Calls body(member) once on every member, 0 on the calling thread, each with the contract's control word; returns
  // when all have returned. One run at a time. body must not throw.
  template <typename Body>
  void run(Body&& body) {
    using Plain = std::remove_reference_t<Body>;
    runErased([](void* context, unsigned member) { (*static_cast<Plain*>(context))(member); }, &body);
  }

  // Called by every member, from inside a body: waits until all have arrived. The last to arrive calls `last()` before
  // the others go on: what it writes, they see.
  template <typename Last>
  void barrier(Last&& last) {
    all_.pass(size_, spinMicroseconds_, last);
  }
  void barrier() {
    barrier([] {});
  }
  // The same among members 0 … count - 1, and called by those only. `count` stays the same from one barrier() of all to
  // the next.
  void barrierAmong(unsigned count) {
    some_.pass(count, spinMicroseconds_, [] {});
  }

 private:
  using Erased = void (*)(void* context, unsigned member);
  void runErased(Erased body, void* context);
  void work(unsigned member);
  void stop();

  const unsigned size_;
  const unsigned spinMicroseconds_;
  Erased body_ = nullptr;  // null: the threads end
  void* context_ = nullptr;
  Doorbell start_;
  Gate all_, some_;
  std::vector<std::thread> threads_;
};

// The thread on which a long call runs, so that neither the event loop nor libuv's pool waits for it.
class Leader {
 public:
  // Throws std::system_error if the operating system refuses the thread.
  Leader();
  // Waits for a job under way, then joins.
  ~Leader();
  Leader(const Leader&) = delete;
  Leader& operator=(const Leader&) = delete;

  // Runs `job` on the leader's thread. Only when no job is under way; the job must not throw.
  void start(std::function<void()> job);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace samebits

#endif
