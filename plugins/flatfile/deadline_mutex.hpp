// A mutex that is waited for until a moment at most.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace masterkey2::flatfile {

/// What std::timed_mutex is, made of parts that the thread sanitizer knows: libstdc++ waits for a
/// moment of the steady clock by pthread_mutex_clocklock(), which gcc 12's sanitizer takes for
/// nothing, so that it would miss what the mutex orders. To be used by std::unique_lock.
class DeadlineMutex {
 public:
  /// False when the moment has come and another thread still holds it.
  [[nodiscard]] bool try_lock_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (!free_again_.wait_until(lock, deadline, [this] { return !held_; })) return false;
    held_ = true;
    return true;
  }
  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    free_again_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_again_;
  bool held_ = false;
};

}  // namespace masterkey2::flatfile
