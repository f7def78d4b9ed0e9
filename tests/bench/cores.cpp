#include "bench/cores.hpp"

#include <cerrno>
#include <system_error>

namespace masterkey2::bench {

std::vector<int> usable_cores() {
  cpu_set_t set{};
  sched_getaffinity(0, sizeof set, &set);
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

OnCores::OnCores(const std::vector<int>& cores) {
  sched_getaffinity(0, sizeof before_, &before_);
  cpu_set_t set{};
  for (const int core : cores) CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) {
    throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
  }
}

}  // namespace masterkey2::bench
