#include "environment.h"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

#include "arguments.h"

namespace samebits::binding {
namespace {

// Crews that are kept for the next call. More than this many different or simultaneous calls start threads again.
constexpr size_t kMostIdle = 4;

// Bytes of new models after which dropped ones are looked for, at least; and as a share of what was alive after the last
// look, so that many living models do not make collections frequent.
constexpr size_t kLeastBeforeCollection = 12 << 20;
constexpr size_t kLiveShareBeforeCollection = 2;

}  // namespace

void Environment::create(Napi::Env env) {
  Environment* self = new Environment(env);
  env.SetInstanceData<Environment>(self);
  // Hooks run last in, first out: this one was added after the thread-safe function's own, so that no thread is left when
  // that one ends.
  env.AddCleanupHook(&Environment::stop, self);
}

Environment& Environment::of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

Environment::Environment(Napi::Env env) {
  finished_ = Finished::New(env, "samebits", 0, 1, this);
  finished_.Unref(env);
}

Environment::~Environment() = default;

void Environment::stop(Environment* self) {
  for (Job* job : self->running_) job->abort.store(true, std::memory_order_relaxed);
  // Joins leaders and teams. The jobs themselves wait in the queue and are freed in onFinished().
  for (Job* job : self->running_) job->crew_.reset();
  self->idle_.clear();
}

std::unique_ptr<Crew> Environment::takeCrew(Napi::Env env, unsigned threads) {
  for (size_t i = idle_.size(); i-- > 0;) {
    if (idle_[i]->team.size() != threads) continue;
    std::unique_ptr<Crew> crew = std::move(idle_[i]);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    return crew;
  }
  try {
    return std::make_unique<Crew>(threads);
  } catch (const std::system_error& error) {
    throw errorOf(env, kResources, "Could not start " + std::to_string(threads) + " threads: " + error.what());
  }
}

void Environment::returnCrew(std::unique_ptr<Crew> crew) {
  idle_.push_back(std::move(crew));
  if (idle_.size() > kMostIdle) idle_.erase(idle_.begin());
}

Napi::Promise Environment::start(Napi::Env env, std::unique_ptr<Job> job, unsigned threads,
                                 std::vector<Napi::Value> kept) {
  job->crew_ = takeCrew(env, threads);
  Leader* leader;
  try {
    leader = &job->crew_->leader();
  } catch (const std::system_error& error) {
    throw errorOf(env, kResources, std::string("Could not start a leader thread: ") + error.what());
  }
  job->deferred_ = std::make_unique<Napi::Promise::Deferred>(Napi::Promise::Deferred::New(env));
  Napi::Array list = Napi::Array::New(env, kept.size());
  for (size_t i = 0; i < kept.size(); ++i) list.Set(static_cast<uint32_t>(i), kept[i]);
  job->keptAlive_ = Napi::Persistent(list.As<Napi::Object>());
  const Napi::Promise promise = job->deferred_->Promise();
  if (running_.empty()) finished_.Ref(env);
  running_.insert(job.get());
  // Taken here: an environment that ends takes the crew from the job before it waits for the leader.
  Team* const team = &job->crew_->team;
  Job* const started = job.release();
  leader->start([this, started, team] {
    try {
      started->execute(team);
    } catch (const std::bad_alloc&) {
      started->outOfMemory_ = true;
    }
    finished_.BlockingCall(started);
  });
  return promise;
}

void Environment::onFinished(Napi::Env env, Napi::Function, Environment* self, Job* job) {
  if (static_cast<napi_env>(env) == nullptr) {  // the environment is ending: nothing of JavaScript may be touched
    job->keptAlive_.SuppressDestruct();
    delete job;
    return;
  }
  self->finish(env, job);
}

void Environment::finish(Napi::Env env, Job* finished) {
  const std::unique_ptr<Job> job(finished);
  running_.erase(finished);
  if (running_.empty()) finished_.Unref(env);
  returnCrew(std::move(job->crew_));
  job->ended();
  try {
    try {
      if (job->outOfMemory_) throw errorOf(env, kResources, "Out of memory");
      job->deferred_->Resolve(job->settle(env));
    } catch (const Napi::Error& error) {
      job->deferred_->Reject(error.Value());
    }
  } catch (const Napi::Error&) {
    // A worker is being terminated: it runs no JavaScript any more, and nobody waits for the promise.
  }
}

void Environment::adopt(Napi::Env env, Collectable* owner, size_t bytes) {
  if (bytesSinceCollection_ + bytes > std::max(kLeastBeforeCollection, liveBytes_ / kLiveShareBeforeCollection)) {
    collect(env);
  }
  owners_.insert(owner);
  liveBytes_ += bytes;
  bytesSinceCollection_ += bytes;
  Napi::MemoryManagement::AdjustExternalMemory(env, static_cast<int64_t>(bytes));
}

void Environment::forget(Napi::Env env, size_t bytes) {
  liveBytes_ -= bytes;
  Napi::MemoryManagement::AdjustExternalMemory(env, -static_cast<int64_t>(bytes));
}

void Environment::collect(Napi::Env env) {
  // V8 lets 64 MiB of external memory pass before it starts to collect, and then takes its time. Memory far beyond any
  // limit, claimed for a moment, makes it collect at once.
  constexpr int64_t kFarTooMuch = int64_t{1} << 42;
  Napi::MemoryManagement::AdjustExternalMemory(env, kFarTooMuch);
  Napi::MemoryManagement::AdjustExternalMemory(env, -kFarTooMuch);
  for (Collectable* owner : owners_) {
    if (owner->isCollected()) owner->release();
  }
  bytesSinceCollection_ = 0;
}

void Environment::runHere(Napi::Env env, unsigned threads, const std::function<void(Team*)>& body) {
  std::unique_ptr<Crew> crew = takeCrew(env, threads);
  try {
    body(&crew->team);
  } catch (const std::bad_alloc&) {
    returnCrew(std::move(crew));
    throw errorOf(env, kResources, "Out of memory");
  }
  returnCrew(std::move(crew));
}

}  // namespace samebits::binding
