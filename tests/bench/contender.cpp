#include "bench/contender.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "bench/bare_meter.hpp"
#include "bench/usage.hpp"

namespace masterkey2::bench {
namespace {

struct Usage {
  double server = 0;
  double web = 0;
  double database = 0;
  double visitors = 0;
  double machine = 0;
  std::chrono::steady_clock::time_point at;
};

Usage usage_of(const Contender& contender) {
  return {.server = cpu_seconds(contender.server),
          .web = cpu_seconds(contender.web),
          .database = cpu_seconds(contender.database),
          .visitors = cpu_seconds({getpid()}),
          .machine = machine_busy_seconds(),
          .at = std::chrono::steady_clock::now()};
}

}  // namespace

Round measure(const Contender& contender, const figures::AssertionSample& sample,
              const std::string& work, std::size_t calls,
              const std::function<std::vector<double>()>& load) {
  Round round;
  round.work = work;
  round.calls = calls;
  const double bare_before = bare_verification(sample);
  BareMeter meter(sample);
  const Usage before = usage_of(contender);
  round.durations = load();
  const Usage after = usage_of(contender);
  round.bare = meter.end();
  round.bare_alone = (bare_before + bare_verification(sample)) / 2;
  std::sort(round.durations.begin(), round.durations.end());
  round.wall = std::chrono::duration<double>(after.at - before.at).count();
  round.server_cpu = after.server - before.server;
  round.web_cpu = after.web - before.web;
  round.database_cpu = after.database - before.database;
  round.visitors_cpu = after.visitors - before.visitors;
  const double ours = round.server_cpu + round.web_cpu + round.database_cpu + round.visitors_cpu;
  round.foreign_cores = (after.machine - before.machine - ours) / round.wall;
  return round;
}

double percentile(const std::vector<double>& sorted, std::size_t percent) {
  return sorted.empty() ? 0.0 : sorted[(sorted.size() - 1) * percent / 100];
}

Json as_json(const Round& round) {
  return {{"work", round.work},
          {"calls", round.calls},
          {"wall_s", round.wall},
          {"server_cpu_s", round.server_cpu},
          {"web_cpu_s", round.web_cpu},
          {"database_cpu_s", round.database_cpu},
          {"visitors_cpu_s", round.visitors_cpu},
          {"foreign_cores", round.foreign_cores},
          {"bare_verification_s", round.bare},
          {"bare_alone_s", round.bare_alone},
          {"p50_s", percentile(round.durations, 50)},
          {"p90_s", percentile(round.durations, 90)},
          {"p99_s", percentile(round.durations, 99)},
          {"slowest_s", percentile(round.durations, 100)}};
}

}  // namespace masterkey2::bench
