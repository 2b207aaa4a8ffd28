#include "limits.h"

#include <atomic>
#include <thread>

#include "arena.h"
#include "repetitions.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace samebits {
namespace {

constexpr float kTriadFactor = 3;

// Floats of a cache line: shares are cut there, so that no line is written by two members.
constexpr size_t kLineFloats = kAlignment / sizeof(float);

// Four floats at a time keep up with memory on every CPU known. All pointers 16-byte aligned, count a multiple of 4.
void triad(const float* b, const float* c, size_t count, float* a) {
#if defined(__x86_64__)
  const __m128 factor = _mm_set1_ps(kTriadFactor);
  for (size_t i = 0; i < count; i += 4) {
    _mm_stream_ps(a + i, _mm_add_ps(_mm_load_ps(b + i), _mm_mul_ps(factor, _mm_load_ps(c + i))));
  }
  _mm_sfence();  // streamed lines are in flight until then
#else
  for (size_t i = 0; i < count; ++i) a[i] = b[i] + kTriadFactor * c[i];
#endif
}

// Two members that share nothing else must not share a line.
struct alignas(kAlignment) Ball {
  std::atomic<size_t> turn{0};
};

// Where both have to share a core, the one that waits gives it up now and then; apart, neither ever waits that long.
constexpr unsigned kLooksBeforeYielding = 4096;

void await(const std::atomic<size_t>& turn, size_t wanted) {
  for (unsigned looks = 1; turn.load(std::memory_order_acquire) != wanted; ++looks) {
    if (looks % kLooksBeforeYielding == 0) std::this_thread::yield();
  }
}

}  // namespace

std::vector<double> timeFmaChains(Team* team, const KernelTable& table, bool fed, size_t rounds, size_t repetitions) {
  struct alignas(kAlignment) Sink {
    float values[kLanes] = {};
  };
  std::vector<Sink> sinks(team->size());
  const std::vector<float> operands(table.fedFloats, 0.5f);
  return timeRepetitions(team, repetitions, [&](unsigned member) {
    for (float& value : sinks[member].values) value = 1;
    if (fed) {
      table.fedFmaChains(rounds, operands.data(), sinks[member].values);
    } else {
      table.fmaChains(rounds, sinks[member].values);
    }
  });
}

std::vector<double> timeTriad(Team* team, size_t floats, size_t repetitions) {
  const size_t lines = (floats + kLineFloats - 1) / kLineFloats;
  Block a(lines * kAlignment), b(lines * kAlignment), c(lines * kAlignment);
  const auto pass = [&](unsigned member) {
    const size_t begin = lines * member / team->size() * kLineFloats;
    const size_t end = lines * (member + 1) / team->size() * kLineFloats;
    triad(static_cast<float*>(b.data()) + begin, static_cast<float*>(c.data()) + begin, end - begin,
          static_cast<float*>(a.data()) + begin);
  };
  // Pages that were never written are all the same one, in cache: each member writes its own, and so has them near.
  team->run([&](unsigned member) {
    for (const Block* block : {&a, &b, &c}) {
      const size_t end = lines * (member + 1) / team->size() * kLineFloats;
      for (size_t i = lines * member / team->size() * kLineFloats; i < end; ++i)
        static_cast<float*>(block->data())[i] = 1;
    }
  });
  return timeRepetitions(team, repetitions, pass);
}

std::vector<double> timeBarriers(Team* team, size_t barriers, size_t repetitions) {
  // The repetition's own barrier is one of them.
  return timeRepetitions(team, repetitions, [&](unsigned) {
    for (size_t i = 1; i < barriers; ++i) team->barrier();
  });
}

std::vector<double> timePingPong(Team* team, size_t trips, size_t repetitions) {
  Ball there, back;
  return timeRepetitions(team, repetitions, [&](unsigned member) {
    // Turns are counted from the last repetition's end, which every member has seen behind the barrier.
    if (member == 0) {
      const size_t first = there.turn.load(std::memory_order_relaxed);
      for (size_t i = 1; i <= trips; ++i) {
        there.turn.store(first + i, std::memory_order_release);
        await(back.turn, first + i);
      }
    } else if (member == 1) {
      const size_t first = back.turn.load(std::memory_order_relaxed);
      for (size_t i = 1; i <= trips; ++i) {
        await(there.turn, first + i);
        back.turn.store(first + i, std::memory_order_release);
      }
    }
  });
}

}  // namespace samebits
