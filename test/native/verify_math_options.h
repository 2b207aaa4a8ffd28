// The command line of verify_math; verify_math.cc explains the options.
#ifndef SAMEBITS_TEST_VERIFY_MATH_OPTIONS_H
#define SAMEBITS_TEST_VERIFY_MATH_OPTIONS_H

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "math_under_test.h"

struct Options {
  std::vector<FunctionId> functions;
  std::vector<const MathUnderTest*> isas;
  int sampleBits = 20;
  bool cases = false;
  bool answer = false;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  size_t nearest = 0;
};

// These end the program with exit code 2 and a message on standard error.
[[noreturn]] void usage(const char* expected, const char* received);
FunctionId functionNamed(const std::string& name);
// argv of main.
Options parseOptions(char** argument);

#endif
