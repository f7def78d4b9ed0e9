#include "bench/cores.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <exception>
#include <system_error>
#include <thread>

namespace masterkey2::bench {
namespace {

constexpr int kLast = 19;  // nice(1)

}  // namespace

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

void give_way(const std::function<void()>& work) {
  std::exception_ptr thrown;
  std::thread([&] {
    try {
      if (setpriority(PRIO_PROCESS, 0, kLast) != 0) {  // of this thread alone
        throw std::system_error(errno, std::generic_category(), "setpriority");
      }
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace masterkey2::bench
