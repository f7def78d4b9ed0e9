// Connections whose request has arrived, on their way to a worker.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "fcgi/unique_fd.hpp"

namespace masterkey2 {

struct ReadyConnection {
  UniqueFd fd;
  std::chrono::steady_clock::time_point ready_at;
  /// More bytes than this request's arrived: libfcgi would read and lose them, so the connection
  /// ends after the answer.
  bool close_after = false;
};

/// Bounded; any thread.
class ReadyQueue {
 public:
  explicit ReadyQueue(std::size_t capacity) : capacity_(capacity) {}

  /// False if it is full or closed; `connection` is untouched then.
  [[nodiscard]] bool push(ReadyConnection& connection) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || connections_.size() >= capacity_) return false;
      connections_.push_back(std::move(connection));
    }
    changed_.notify_one();
    return true;
  }

  /// Waits for a connection. Absent once the queue is closed and empty.
  [[nodiscard]] std::optional<ReadyConnection> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !connections_.empty(); });
    if (connections_.empty()) return std::nullopt;
    ReadyConnection first = std::move(connections_.front());
    connections_.pop_front();
    return first;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ReadyConnection> connections_;
  bool closed_ = false;
};

}  // namespace masterkey2
