// What `samebits doctor` asks about this binary, this thread and the threads of a team; and a way to call the addon from a
// thread whose control word is not the contract's.
#include <memory>

#include "../engine/control_word.h"
#include "arguments.h"
#include "environment.h"
#include "kernel_functions.h"

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#else
#include <pthread.h>
#endif

namespace samebits::binding {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "Clang " __clang_version__;
#else
constexpr const char* kCompiler = "GCC " __VERSION__;
#endif
#if defined(__OPTIMIZE__)
constexpr bool kOptimized = true;
#else
constexpr bool kOptimized = false;
#endif
#if defined(__FAST_MATH__)
constexpr bool kFastMath = true;
#else
constexpr bool kFastMath = false;
#endif

// The operating system's number of the calling thread; on Linux the name of a folder in /proc/self/task.
double threadNumber() {
#if defined(__linux__)
  return static_cast<double>(syscall(SYS_gettid));
#elif defined(__APPLE__)
  uint64_t number = 0;
  pthread_threadid_np(nullptr, &number);
  return static_cast<double>(number);
#else
  return static_cast<double>(reinterpret_cast<uintptr_t>(pthread_self()));
#endif
}

double controlWord() { return static_cast<double>(ControlWord::read()); }

Napi::Object describeBuild(Napi::Env env) {
  Napi::Object build = Napi::Object::New(env);
  build.Set("compiler", kCompiler);
  build.Set("optimized", kOptimized);
  build.Set("fastMath", kFastMath);
  return build;
}

Napi::Value readControlWord(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), controlWord()); }

// Puts a control word on this thread while JavaScript's `body` runs, and takes it off again whatever `body` does.
Napi::Value withControlWord(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto word = static_cast<ControlWord::Word>(integer(info[0], "word", 0, UINT32_MAX));
#if defined(__x86_64__)
  // A word with unknown bits faults, and one with an exception unmasked could end the process at any division.
  if (word > 0xffff || (word & 0x1f80) != 0x1f80) throw expected(env, "an MXCSR that masks all exceptions", "word");
#else
  if ((word & 0x9f00) != 0) throw expected(env, "an FPCR that traps nothing", "word");
#endif
  if (!info[1].IsFunction()) throw expected(env, "a function", "body");
  const ControlWord restored;
  ControlWord::write(word);
  return info[1].As<Napi::Function>().Call({});
}

// All members stay in the job until the last has come: as many threads at once as the team has members.
Napi::Value teamThreads(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const unsigned size = threads(info[0]);
  struct Member {
    double controlWord, thread;
  };
  const std::unique_ptr<Member[]> members(new Member[size]);
  Environment::of(env).runHere(env, size, [&](Team* team) {
    team->run([&](unsigned member) {
      members[member] = {controlWord(), threadNumber()};
      team->barrier();
    });
  });
  Napi::Array result = Napi::Array::New(env, size);
  for (unsigned i = 0; i < size; ++i) {
    Napi::Object member = Napi::Object::New(env);
    member.Set("controlWord", members[i].controlWord);
    member.Set("thread", members[i].thread);
    result.Set(i, member);
  }
  return result;
}

}  // namespace

void exportDiagnosticFunctions(Napi::Env env, Napi::Object exports) {
  Napi::Object diagnostics = Napi::Object::New(env);
  diagnostics.Set("build", describeBuild(env));
  diagnostics.Set("contractWord", static_cast<double>(ControlWord::kContract));
  diagnostics.Set("controlWord", Napi::Function::New<readControlWord>(env, "controlWord"));
  diagnostics.Set("withControlWord", Napi::Function::New<withControlWord>(env, "withControlWord"));
  diagnostics.Set("teamThreads", Napi::Function::New<teamThreads>(env, "teamThreads"));
  exports.Set("diagnostics", diagnostics);
}

}  // namespace samebits::binding
