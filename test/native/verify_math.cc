// Checks the elementary functions against MPFR, on each instruction set that this machine has.
//
//   verify_math [--function NAME,…] [--isa NAME,…] [--sample N | --full | --cases | --answer]
//               [--threads N] [--nearest N]
//
//   --sample N   2^N arguments (default 20): one from each of 2^N equal runs of bit patterns, at a hashed place
//   --full       all 2^32
//   --cases      those on standard input, a line each: FUNCTION ARGUMENT RESULT, bits in hexadecimal; the result is
//                checked against MPFR too
//   --answer     reads lines FUNCTION ARGUMENT and writes them with MPFR's results; checks nothing
//   --nearest N  also prints, as such lines, the N arguments whose results lie nearest to a rounding boundary, at most
//                two of one significand
//
// The C library's binary64 functions decide what they safely can (math_oracle.h), MPFR the rest and one argument in
// 1,024 whatever they say. Of those that MPFR decides, the single-value form is checked as well.
// Exit code: 0 no misrounding, 1 misrounding, 2 wrong usage.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "math_oracle.h"
#include "verify_math_options.h"

namespace {

constexpr uint64_t kChunk = 1 << 14;
constexpr uint64_t kMpfrStride = 1024;
constexpr int kPrinted = 10;  // misrounded arguments per function and instruction set

struct HardCase {
  double distance;
  uint32_t argument;
  float result;
};

float fromBits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
uint32_t toBits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

double seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

// Everything that the threads find out about one function.
struct Findings {
  std::mutex mutex;
  std::vector<uint64_t> misrounded;  // by instruction set
  std::vector<uint64_t> open;        // left to the exact path, among those that MPFR decided and that are finite
  std::vector<double> time;          // seconds in the array form, summed over threads
  uint64_t arguments = 0;
  uint64_t byMpfr = 0;
  uint64_t oracleErrors = 0;
  std::vector<HardCase> hard;

  explicit Findings(size_t isas) : misrounded(isas), open(isas), time(isas) {}
};

void report(Findings* findings, size_t isa, const char* isaName, const char* form, FunctionId function, float x,
            float got, float expected) {
  std::lock_guard<std::mutex> lock(findings->mutex);
  if (findings->misrounded[isa]++ >= kPrinted) return;
  printf("MISROUNDED %s %s %s(%a = 0x%08x): expected %a = 0x%08x, received %a = 0x%08x\n", isaName, form,
         kFunctionNames[function], double(x), toBits(x), double(expected), toBits(expected), double(got), toBits(got));
}

uint32_t sampledArgument(uint64_t index, int sampleBits) {
  const int rest = 32 - sampleBits;
  uint64_t hash = (index + 1) * 0x9e3779b97f4a7c15u;
  hash ^= hash >> 29;
  return uint32_t(index << rest | (rest == 0 ? 0 : (hash * 0xbf58476d1ce4e5b9u) >> (64 - rest)));
}

void checkArguments(const Options& options, FunctionId function, const std::vector<float>& x, uint64_t first,
                    Findings* findings) {
  std::vector<float> expected(x.size()), got(x.size());
  std::vector<size_t> decidedByMpfr;
  std::vector<HardCase> hard;
  uint64_t oracleErrors = 0;
  for (size_t i = 0; i < x.size(); i++) {
    const bool safe = libraryResult(function, x[i], &expected[i]);
    if (safe && (first + i) % kMpfrStride != 0) continue;
    decidedByMpfr.push_back(i);
    const float exact = mpfrResult(function, x[i]);
    if (safe && toBits(exact) != toBits(expected[i])) oracleErrors++;
    expected[i] = exact;
    if (!safe && options.nearest > 0) {
      hard.push_back({distanceToBoundary(function, x[i]), toBits(x[i]), exact});
    }
  }
  for (size_t k = 0; k < options.isas.size(); k++) {
    const MathUnderTest& isa = *options.isas[k];
    const double start = seconds();
    isa.array[function](x.data(), x.size(), got.data());
    const double time = seconds() - start;
    for (size_t i = 0; i < x.size(); i++) {
      if (toBits(got[i]) != toBits(expected[i])) {
        report(findings, k, isa.isa, "array", function, x[i], got[i], expected[i]);
      }
    }
    uint64_t open = 0;
    for (const size_t i : decidedByMpfr) {
      const float value = isa.value[function](x[i]);
      if (toBits(value) != toBits(expected[i])) {
        report(findings, k, isa.isa, "value", function, x[i], value, expected[i]);
      }
      if (isfinite(expected[i]) && isa.open[function](x[i])) open++;
    }
    std::lock_guard<std::mutex> lock(findings->mutex);
    findings->time[k] += time;
    findings->open[k] += open;
  }
  std::lock_guard<std::mutex> lock(findings->mutex);
  findings->arguments += x.size();
  findings->byMpfr += decidedByMpfr.size();
  findings->oracleErrors += oracleErrors;
  findings->hard.insert(findings->hard.end(), hard.begin(), hard.end());
}

void checkSample(const Options& options, FunctionId function, Findings* findings) {
  const uint64_t total = uint64_t(1) << options.sampleBits;
  std::atomic<uint64_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < options.threads; t++) {
    threads.emplace_back([&] {
      std::vector<float> x;
      for (;;) {
        const uint64_t first = next.fetch_add(kChunk);
        if (first >= total) break;
        x.resize(size_t(std::min(kChunk, total - first)));
        for (size_t i = 0; i < x.size(); i++) x[i] = fromBits(sampledArgument(first + i, options.sampleBits));
        checkArguments(options, function, x, first, findings);
      }
      releaseOracle();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void printNearest(FunctionId function, size_t wanted, std::vector<HardCase> hard) {
  std::sort(hard.begin(), hard.end(), [](const HardCase& a, const HardCase& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.argument < b.argument;
  });
  std::map<uint32_t, int> ofSignificand;
  for (const HardCase& c : hard) {
    if (wanted == 0) break;
    if (ofSignificand[c.argument & 0x7fffff]++ >= 2) continue;
    printf("nearest %s %08x %08x %.1f\n", kFunctionNames[function], c.argument, toBits(c.result), log2(c.distance));
    wanted--;
  }
}

// Returns whether all went well.
bool summarize(const Options& options, FunctionId function, const Findings& findings) {
  bool good = findings.oracleErrors == 0;
  if (!good) {
    printf("ORACLE %s: the C library was wrong %llu times where it was thought safe\n", kFunctionNames[function],
           (unsigned long long)findings.oracleErrors);
  }
  for (size_t k = 0; k < options.isas.size(); k++) {
    good = good && findings.misrounded[k] == 0;
    printf("%-7s %-6s %10llu arguments, %7llu by MPFR, of which %6llu open; %llu misrounded; %.0f million a second\n",
           kFunctionNames[function], options.isas[k]->isa, (unsigned long long)findings.arguments,
           (unsigned long long)findings.byMpfr, (unsigned long long)findings.open[k],
           (unsigned long long)findings.misrounded[k], 1e-6 * double(findings.arguments) / findings.time[k]);
  }
  fflush(stdout);
  return good;
}

bool checkCases(const Options& options) {
  std::vector<std::vector<float>> arguments(kFunctions);
  bool good = true;
  char name[16];
  unsigned argument, result;
  while (scanf("%15s %x %x", name, &argument, &result) == 3) {
    const FunctionId function = functionNamed(name);
    const float x = fromBits(argument), exact = mpfrResult(function, x);
    if (toBits(exact) != result) {
      printf("WRONG CASE %s 0x%08x: MPFR gives 0x%08x, the file 0x%08x\n", name, argument, toBits(exact), result);
      good = false;
    }
    arguments[function].push_back(x);
  }
  if (!feof(stdin)) usage("lines of FUNCTION ARGUMENT RESULT", "something else on standard input");
  for (const FunctionId function : options.functions) {
    if (arguments[function].empty()) continue;
    Findings findings(options.isas.size());
    checkArguments(options, function, arguments[function], 0, &findings);
    good = summarize(options, function, findings) && good;
  }
  return good;
}

void answer() {
  char name[16];
  unsigned argument;
  while (scanf("%15s %x", name, &argument) == 2) {
    const float result = mpfrResult(functionNamed(name), fromBits(argument));
    printf("%s 0x%08x 0x%08x\n", name, argument, toBits(result));
  }
  if (!feof(stdin)) usage("lines of FUNCTION ARGUMENT", "something else on standard input");
}

}  // namespace

int main(int, char** argv) {
  const Options options = parseOptions(argv);
  if (options.answer) {
    answer();
    return 0;
  }
  if (options.cases) return checkCases(options) ? 0 : 1;
  bool good = true;
  for (const FunctionId function : options.functions) {
    Findings findings(options.isas.size());
    checkSample(options, function, &findings);
    good = summarize(options, function, findings) && good;
    printNearest(function, options.nearest, std::move(findings.hard));
  }
  return good ? 0 : 1;
}
