#include "bench/usage.hpp"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace masterkey2::bench {

std::vector<pid_t> family_of(pid_t process) {
  const std::string number = std::to_string(process);
  std::ifstream children("/proc/" + number + "/task/" + number + "/children");
  std::vector<pid_t> family = {process};
  for (pid_t child = 0; children >> child;) family.push_back(child);
  return family;
}

double cpu_seconds(const std::vector<pid_t>& processes) {
  double sum = 0;
  for (const pid_t process : processes) {
    // The scheduler's own count in nanoseconds; utime and stime of /proc/PID/stat are made from it.
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) {
      throw std::runtime_error("process " + std::to_string(process) + " is gone");
    }
    sum += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }
  return sum;
}

double machine_busy_seconds() {
  // cpu user nice system idle iowait irq softirq steal …
  std::ifstream stat("/proc/stat");
  std::string word;
  stat >> word;
  double busy = 0;
  for (int column = 0; column < 8; ++column) {
    double ticks = 0;
    stat >> ticks;
    if (column != 3 && column != 4) busy += ticks;
  }
  return busy / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double resident_megabytes(pid_t process) {
  std::ifstream statm("/proc/" + std::to_string(process) + "/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

namespace {

std::size_t entries(pid_t process, const char* folder) {
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(process) + folder);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

std::size_t thread_count(pid_t process) { return entries(process, "/task"); }
std::size_t descriptor_count(pid_t process) { return entries(process, "/fd"); }

}  // namespace masterkey2::bench
