#include "bench/bare_meter.hpp"

#include <chrono>
#include <cstdlib>

#include "figures/memory_meter.hpp"

namespace masterkey2::bench {
namespace {

using namespace std::chrono_literals;

void verify(const figures::AssertionSample& sample, int times) {
  for (int i = 0; i < times; ++i) {
    if (!sample.bare()) std::abort();
  }
}

double seconds_of(const figures::AssertionSample& sample, int times) {
  const double start = figures::thread_seconds();
  verify(sample, times);
  return figures::thread_seconds() - start;
}

}  // namespace

BareMeter::BareMeter(const figures::AssertionSample& sample)
    : sample_(sample), thread_([this](const std::stop_token& stop) { run(stop); }) {}

double BareMeter::end() {
  thread_.request_stop();
  thread_.join();
  return seconds_ / times_;
}

void BareMeter::run(const std::stop_token& stop) {
  constexpr int kUntilWarm = 4;  // the first find their code and data again, after 50 ms without
  constexpr int kTimes = 24;
  std::unique_lock lock(mutex_);
  do {
    verify(sample_, kUntilWarm);
    seconds_ += seconds_of(sample_, kTimes);
    times_ += kTimes;
    wake_.wait_for(lock, stop, 50ms, [] { return false; });
  } while (!stop.stop_requested());
}

double bare_verification(const figures::AssertionSample& sample) {
  constexpr int kTimes = 1'600;
  return seconds_of(sample, kTimes) / kTimes;
}

}  // namespace masterkey2::bench
