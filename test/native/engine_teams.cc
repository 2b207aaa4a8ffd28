// Teams, barriers and doorbells. The arrays here are plain on purpose: a thread sanitizer sees a missing happens-before.
#include <thread>

#include "../../native/engine/team.h"
#include "engine_test.h"

using namespace samebits;

namespace {

void testStarts() {
  for (unsigned size = 1; size <= 17; ++size) {
    const Team unused(size);  // ends without ever having run
  }
  for (int i = 0; i < 50; ++i) {
    Team team(3);
    std::vector<int> runs(3);
    team.run([&](unsigned member) { ++runs[member]; });
    check(runs == std::vector<int>({1, 1, 1}), "a team runs a body once on each member, and can be ended at once");
  }
}

void testBarriers(unsigned size) {
  const std::string what = "a team of " + std::to_string(size);
  constexpr int kRuns = 60, kPhases = 5;
  Team team(size);
  std::vector<int> written(size), seen(size);
  int lasts = 0;
  bool inStep = true;
  for (int run = 0; run < kRuns; ++run) {
    const std::thread::id caller = std::this_thread::get_id();
    bool callerIsFirst = false;
    team.run([&](unsigned member) {
      if (member == 0) callerIsFirst = std::this_thread::get_id() == caller;
      for (int phase = 0; phase < kPhases; ++phase) {
        written[member] = run * kPhases + phase;
        team.barrier([&] {
          ++lasts;
          for (const int value : written) inStep = inStep && value == run * kPhases + phase;
        });
        seen[member] = lasts;
        team.barrier();
        for (const int value : seen) {
          if (value != run * kPhases + phase + 1) check(false, what + ": what a barrier's last wrote is seen by all");
        }
        team.barrier();
      }
    });
    check(callerIsFirst, what + ": the caller is member 0");
    // Long enough for its threads to go to sleep.
    if (run % 20 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  check(lasts == kRuns * kPhases && inStep, what + ": one last a barrier, after all have arrived");
}

// Two threads wait for each other in turn, spinning or asleep.
void testDoorbell(unsigned spinMicroseconds) {
  constexpr uint32_t kTurns = 300;
  Doorbell there, back;
  uint32_t ball = 0;
  std::thread other([&] {
    for (uint32_t turn = 0; turn < kTurns; ++turn) {
      there.wait(turn, spinMicroseconds);
      ++ball;
      back.ring();
    }
  });
  bool inTurn = true;
  for (uint32_t turn = 0; turn < kTurns; ++turn) {
    ball = 2 * turn;
    there.ring();
    back.wait(turn, spinMicroseconds);
    inTurn = inTurn && ball == 2 * turn + 1;
  }
  other.join();
  check(inTurn && there.rings() == kTurns, "a doorbell, spinning " + std::to_string(spinMicroseconds) + " µs");
}

void testLeader() {
  int done = 0;
  Doorbell finished;
  {
    Leader leader;
    for (uint32_t i = 0; i < 20; ++i) {
      leader.start([&] {
        ++done;
        finished.ring();
      });
      finished.wait(i, 0);
    }
    leader.start([&] { ++done; });
  }
  check(done == 21, "a leader runs its jobs one by one, and ends after the last");
}

}  // namespace

void testTeams() {
  testStarts();
  for (const unsigned size : kTeamSizes) testBarriers(size);
  testDoorbell(0);
  testDoorbell(50);
  testLeader();
}
