#include "verify_math_options.h"

#include <stdio.h>
#include <stdlib.h>

#include <algorithm>

namespace {

std::vector<const MathUnderTest*> machineIsas() {
#if defined(__x86_64__)
  std::vector<const MathUnderTest*> isas = {&mathUnderTest_scalar};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) isas.push_back(&mathUnderTest_avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    isas.push_back(&mathUnderTest_avx512);
  }
  return isas;
#else
  return {&mathUnderTest_neon};
#endif
}

std::vector<std::string> split(const char* list) {
  std::vector<std::string> parts(1);
  for (; *list; list++) {
    if (*list == ',') {
      parts.emplace_back();
    } else {
      parts.back() += *list;
    }
  }
  return parts;
}

long number(const char* text, long low, long high, const char* expected) {
  char* end = nullptr;
  const long value = text ? strtol(text, &end, 10) : low - 1;
  if (!text || *end || value < low || value > high) usage(expected, text ? text : "nothing");
  return value;
}

}  // namespace

void usage(const char* expected, const char* received) {
  fprintf(stderr, "verify_math: expected %s, received %s\n", expected, received);
  exit(2);
}

FunctionId functionNamed(const std::string& name) {
  for (size_t f = 0; f < kFunctions; f++) {
    if (name == kFunctionNames[f]) return FunctionId(f);
  }
  usage("the name of a function", name.c_str());
}

Options parseOptions(char** argument) {
  Options options;
  std::vector<std::string> isas;
  while (*++argument) {
    const std::string name = *argument;
    if (name == "--full") {
      options.sampleBits = 32;
    } else if (name == "--cases") {
      options.cases = true;
    } else if (name == "--answer") {
      options.answer = true;
    } else if (!argument[1]) {
      usage("an option with a value", name.c_str());
    } else if (name == "--sample") {
      options.sampleBits = int(number(*++argument, 8, 32, "--sample from 8 to 32"));
    } else if (name == "--threads") {
      options.threads = unsigned(number(*++argument, 1, 1024, "--threads from 1 to 1024"));
    } else if (name == "--nearest") {
      options.nearest = size_t(number(*++argument, 0, 100000, "--nearest from 0 to 100000"));
    } else if (name == "--function") {
      for (const std::string& part : split(*++argument)) options.functions.push_back(functionNamed(part));
    } else if (name == "--isa") {
      isas = split(*++argument);
    } else {
      usage("a known option", name.c_str());
    }
  }
  if (options.functions.empty()) {
    for (size_t f = 0; f < kFunctions; f++) options.functions.push_back(FunctionId(f));
  }
  const std::vector<const MathUnderTest*> machine = machineIsas();
  if (isas.empty()) options.isas = machine;
  for (const std::string& isa : isas) {
    const auto found = std::find_if(machine.begin(), machine.end(), [&](auto* t) { return isa == t->isa; });
    if (found == machine.end()) usage("an instruction set that this machine has", isa.c_str());
    options.isas.push_back(*found);
  }
  return options;
}
