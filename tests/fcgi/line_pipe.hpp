// What a child writes on a descriptor, line by line.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "fcgi/unique_fd.hpp"

namespace masterkey2 {

class LinePipe {
 public:
  LinePipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    reader_.reset(ends[0]);
    writer_.reset(ends[1]);
  }

  [[nodiscard]] int writer() const { return writer_.get(); }
  /// So that the end of the child is the end of the pipe.
  void close_writer() { writer_.reset(); }

  /// The first line from here on that holds `part`; absent at the end of the pipe or after 20 s.
  std::optional<std::string> wait_for(const std::string& part) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (true) {
      const std::size_t end = pending_.find('\n');
      if (end == std::string::npos) {
        if (!read_more(deadline)) return std::nullopt;
        continue;
      }
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      all_ += line + "\n";
      if (line.find(part) != std::string::npos) return line;
    }
  }

  /// Everything up to the end of the pipe.
  std::string rest() {
    while (read_more(std::chrono::steady_clock::now() + std::chrono::seconds(20))) {
    }
    all_ += pending_;
    pending_.clear();
    return all_;
  }

 private:
  bool read_more(std::chrono::steady_clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd ready{.fd = reader_.get(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) <= 0) return false;
    std::array<char, 4'096> buffer{};
    const ssize_t count = read(reader_.get(), buffer.data(), buffer.size());
    if (count <= 0) return false;
    pending_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  UniqueFd reader_;
  UniqueFd writer_;
  std::string pending_;
  std::string all_;
};

}  // namespace masterkey2
