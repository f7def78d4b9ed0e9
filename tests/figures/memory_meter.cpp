#include "figures/memory_meter.hpp"

#include <malloc.h>

#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>

namespace masterkey2::figures {
namespace {

/// A row of /proc/self/status, in bytes.
std::size_t status_bytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(name)) return std::stoul(line.substr(name.size())) * 1024;
  }
  throw std::runtime_error("/proc/self/status has no " + name);
}

}  // namespace

std::size_t peak_growth(const std::function<void()>& work) {
  malloc_trim(0);                                 // what is free must be touched anew
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak starts from here
  const std::size_t before = status_bytes("VmRSS:");
  work();
  const std::size_t peak = status_bytes("VmHWM:");
  return peak > before ? peak - before : 0;
}

std::size_t heap_in_use() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace masterkey2::figures
