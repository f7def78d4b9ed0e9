// How far long work has come, on stderr: a bar on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace masterkey2::ctl {

class Progress {
 public:
  /// `total` 0: not known.
  Progress(std::string what, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Ends the bar's line.
  ~Progress();

  void step();

 private:
  void show();

  std::string what_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace masterkey2::ctl
