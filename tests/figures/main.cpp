// Prints what verification costs, and whether that is within its bounds.
//
//   masterkey2-figures [VERIFICATIONS]     how many for the growth of the heap; default 1,000,000
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "figures/assertion_sample.hpp"
#include "figures/hostile_inputs.hpp"
#include "figures/memory_meter.hpp"

namespace masterkey2::figures {
namespace {

constexpr double kFromBytes = 1.15;
constexpr double kFromJson = 1.40;
constexpr std::size_t kInputBytes = 8 << 20;
constexpr double kInputSeconds = 0.1;

int passed = 0;
int failed = 0;

void judge(bool good) {
  std::printf("%s\n", good ? "yes" : "NO");
  std::fflush(stdout);
  ++(good ? passed : failed);
}

template <class Verify>
double seconds_for(int times, const Verify& verify) {
  const double start = thread_seconds();
  for (int i = 0; i < times; ++i) {
    if (!verify()) std::abort();
  }
  return thread_seconds() - start;
}

/// The median of the quieter half.
double quiet_median(std::vector<double> values) {
  const auto place = static_cast<std::ptrdiff_t>(values.size() / 4);
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<std::size_t>(place)];
}

/// Rounds of all three, one behind the other, so that all meet the same moments of the machine.
void compare_costs(const AssertionSample& sample) {
  constexpr int kRounds = 400;
  constexpr int kTimes = 20;
  std::vector<double> bare;
  std::vector<double> from_bytes;
  std::vector<double> from_json;
  for (int i = 0; i < kRounds; ++i) {
    bare.push_back(seconds_for(kTimes, [&] { return sample.bare(); }));
    from_bytes.push_back(seconds_for(kTimes, [&] { return sample.from_bytes(); }));
    from_json.push_back(seconds_for(kTimes, [&] { return sample.from_json(); }));
  }
  const double unit = quiet_median(bare);
  std::printf("bare P-256 verification: %.1f us of CPU\n", unit / kTimes * 1e6);
  const double bytes = quiet_median(from_bytes) / unit;
  std::printf("assertion from decoded bytes and a parsed key: %.3f of it, at most %.2f: ", bytes,
              kFromBytes);
  judge(bytes <= kFromBytes);
  const double json = quiet_median(from_json) / unit;
  std::printf("assertion from JSON and stored key bytes: %.3f of it, at most %.2f: ", json,
              kFromJson);
  judge(json <= kFromJson);
}

void watch_heap(const AssertionSample& sample, long times) {
  for (int i = 0; i < 1000; ++i) {
    if (!sample.from_json()) std::abort();
  }
  const std::size_t before = heap_in_use();
  for (long i = 0; i < times; ++i) {
    if (!sample.from_json()) std::abort();
  }
  const auto growth = static_cast<long>(heap_in_use()) - static_cast<long>(before);
  std::printf("heap after %ld verifications: %+ld bytes, at most 0: ", times, growth);
  judge(growth <= 0);
}

void try_hostile_inputs() {
  for (const HostileInput& input : hostile_inputs()) {
    input.run();  // what is made once, is made
    const std::size_t bytes = peak_growth(input.run);
    double seconds = 1e9;
    for (int i = 0; i < 3; ++i) {
      const double start = thread_seconds();
      input.run();
      seconds = std::min(seconds, thread_seconds() - start);
    }
    std::printf("%-55s %6zu KiB %8.2f ms: ", input.name.c_str(), bytes / 1024, seconds * 1e3);
    judge(bytes <= kInputBytes && seconds <= kInputSeconds);
  }
}

int run(long verifications) {
  const AssertionSample sample;
  compare_costs(sample);
  watch_heap(sample, verifications);
  std::printf("bodies of up to 64 KiB, each at most 8,192 KiB and 100 ms of CPU\n");
  try_hostile_inputs();
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace masterkey2::figures

int main(int argc, char** argv) {
  const long verifications = argc > 1 ? std::atol(argv[1]) : 1'000'000;
  if (verifications <= 0) {
    std::fprintf(stderr, "masterkey2-figures [VERIFICATIONS]\n");
    return 64;
  }
  return masterkey2::figures::run(verifications);
}
