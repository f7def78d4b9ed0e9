// One of those that are compared, and what a round of load on it takes of the machine.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "bench/visitors.hpp"
#include "encoding/json.hpp"
#include "figures/assertion_sample.hpp"

namespace masterkey2::bench {

/// A running server with its web server and database.
struct Contender {
  std::string name;
  Door door;
  std::vector<pid_t> server;
  std::vector<pid_t> web;
  std::vector<pid_t> database;
  Members members;
};

/// Seconds, but for counts; CPU is that of all calls together.
struct Round {
  std::string work;
  std::size_t calls = 0;
  double wall = 0;
  double server_cpu = 0;
  double web_cpu = 0;
  double database_cpu = 0;
  double visitors_cpu = 0;
  double foreign_cores = 0;       ///< that others kept busy meanwhile
  double bare = 0;                ///< CPU of one bare verification, of many meanwhile
  double bare_alone = 0;          ///< ... just before and just after, with the machine for itself
  std::vector<double> durations;  ///< of each call, sorted
};

/// Of durations that are sorted; 0 if there are none.
[[nodiscard]] double percentile(const std::vector<double>& sorted, std::size_t percent);

/// As report.py reads it: durations by their percentiles.
[[nodiscard]] Json as_json(const Round& round);

/// What `calls` calls take that `load` makes; it answers how long each took, or nothing.
[[nodiscard]] Round measure(const Contender& contender, const figures::AssertionSample& sample,
                            const std::string& work, std::size_t calls,
                            const std::function<std::vector<double>()>& load);

}  // namespace masterkey2::bench
