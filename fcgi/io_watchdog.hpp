// Ends the reading or writing of a worker that a slow peer would hold.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <mutex>

namespace masterkey2 {

/// One for each worker. The worker arms it around blocking calls on its connection; the gate's
/// thread calls `check`. SO_RCVTIMEO alone would start anew with every byte that drips in.
class IoWatchdog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `fd` must not be closed before `disarm`.
  void arm(int fd, TimePoint deadline) {
    const std::lock_guard lock(mutex_);
    fd_ = fd;
    deadline_ = deadline;
  }

  void disarm() {
    const std::lock_guard lock(mutex_);
    fd_ = -1;
  }

  /// Past the deadline: shuts the connection down, so that the worker's call returns.
  void check(TimePoint now) {
    const std::lock_guard lock(mutex_);
    if (fd_ < 0 || now < deadline_) return;
    shutdown(fd_, SHUT_RDWR);
    fd_ = -1;
  }

 private:
  std::mutex mutex_;
  int fd_ = -1;
  TimePoint deadline_;
};

}  // namespace masterkey2
