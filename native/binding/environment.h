// What an environment (the main thread, or a worker thread) has of its own: idle teams, jobs under way, and the way
// back from a leader's thread to JavaScript. There are no process globals.
#ifndef SAMEBITS_BINDING_ENVIRONMENT_H
#define SAMEBITS_BINDING_ENVIRONMENT_H

#include <napi.h>

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_set>
#include <vector>

#include "../engine/team.h"

namespace samebits::binding {

// A team, and the thread that leads it in asynchronous calls. (A synchronous call is led by JavaScript's own thread.)
struct Crew {
  explicit Crew(unsigned size) : team(size) {}
  Leader& leader() {
    if (!leader_) leader_ = std::make_unique<Leader>();
    return *leader_;
  }
  Team team;

 private:
  std::unique_ptr<Leader> leader_;
};

// One asynchronous call.
class Job {
 public:
  virtual ~Job() = default;
  // On the leader's thread, without JavaScript; nothing may escape but std::bad_alloc.
  virtual void execute(Team* team) = 0;
  // On JavaScript's thread: what the promise resolves to. May throw a Napi::Error: then it rejects.
  virtual Napi::Value settle(Napi::Env env) = 0;
  // On JavaScript's thread, before settle() or instead of it.
  virtual void ended() {}

  std::atomic<bool> abort{false};

 private:
  friend class Environment;
  std::unique_ptr<Crew> crew_;
  std::unique_ptr<Napi::Promise::Deferred> deferred_;
  Napi::ObjectReference keptAlive_;
  bool outOfMemory_ = false;
};

// An object whose memory should not wait for its finalizer: Node runs finalizers from the event loop only, and a loop that
// builds and drops models may not come back to it for long.
class Collectable {
 public:
  virtual ~Collectable() = default;
  // The JavaScript object has been collected, its finalizer has not run yet.
  virtual bool isCollected() = 0;
  virtual void release() = 0;
};

class Environment {
 public:
  // The environment's state, made with the first call and ended with the environment: running jobs are aborted, threads
  // joined.
  static void create(Napi::Env env);
  static Environment& of(Napi::Env env);
  ~Environment();

  // Starts `job` on a crew of `threads`. `kept` (typed arrays, objects) stays alive until the job has ended. Throws a
  // Napi::Error with ERR_SAMEBITS_RESOURCES if threads cannot be had.
  Napi::Promise start(Napi::Env env, std::unique_ptr<Job> job, unsigned threads, std::vector<Napi::Value> kept);

  // Calls body(team) on this thread, as its team's member 0.
  void runHere(Napi::Env env, unsigned threads, const std::function<void(Team*)>& body);

  // `owner` has allocated `bytes` for JavaScript's object: tells V8, and now and then has it collect, so that dropped
  // models do not pile up. forget() when they are freed, drop() when the owner ends.
  void adopt(Napi::Env env, Collectable* owner, size_t bytes);
  void forget(Napi::Env env, size_t bytes);
  void drop(Collectable* owner) { owners_.erase(owner); }

  // SamebitsError(code, message), once TypeScript has handed it over.
  Napi::FunctionReference errorClass;

 private:
  explicit Environment(Napi::Env env);
  void collect(Napi::Env env);
  std::unique_ptr<Crew> takeCrew(Napi::Env env, unsigned threads);
  void returnCrew(std::unique_ptr<Crew> crew);
  static void stop(Environment* self);
  void finish(Napi::Env env, Job* job);
  static void onFinished(Napi::Env env, Napi::Function, Environment* self, Job* job);

  using Finished = Napi::TypedThreadSafeFunction<Environment, Job, &Environment::onFinished>;
  Finished finished_;
  std::vector<std::unique_ptr<Crew>> idle_;  // most recently used last
  std::unordered_set<Job*> running_;
  std::unordered_set<Collectable*> owners_;
  size_t liveBytes_ = 0;
  size_t bytesSinceCollection_ = 0;
};

}  // namespace samebits::binding

#endif
