// Watches the calls into storage: how long they take, how they end, and whether too many are stuck.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "masterkey2/storage_error.hpp"

namespace masterkey2 {

/// Upper bounds of the histogram of latencies, in microseconds; one more bucket has no bound.
inline constexpr std::array<std::int64_t, 10> kLatencyBounds = {
    100, 250, 1'000, 2'500, 10'000, 25'000, 100'000, 250'000, 1'000'000, 5'000'000};

struct LatencyHistogram {
  std::array<std::uint64_t, kLatencyBounds.size() + 1> buckets{};
  std::int64_t total_us = 0;

  void add(std::int64_t us);
  [[nodiscard]] std::uint64_t count() const;
};

/// Thread-safe.
class StorageMeter {
 public:
  using Clock = std::chrono::steady_clock;

  /// A call that has not come back for this long is stuck. A disk on which others write much may
  /// take half a second for a sync.
  static constexpr std::chrono::milliseconds kStuckAfter{1'000};

  /// At most `stuck_threads` threads may be stuck; further calls are refused until one comes back,
  /// so that the other threads can answer what needs no storage. 0: no bound.
  explicit StorageMeter(std::size_t stuck_threads = 0) : stuck_threads_(stuck_threads) {}

  struct Call {
    std::size_t slot = 0;
    Clock::time_point start;
  };
  /// Absent: too many are stuck.
  [[nodiscard]] std::optional<Call> begin();
  /// `operation`: of static storage duration; `error`: absent for success.
  void end(const Call& call, const char* operation, std::optional<StorageErrorCode> error);

  struct Snapshot {
    std::map<std::string, LatencyHistogram> latency;                           ///< by operation
    std::map<std::pair<std::string, StorageErrorCode>, std::uint64_t> errors;  ///< by operation
    std::uint64_t refused = 0;
    std::size_t under_way = 0;
  };
  [[nodiscard]] Snapshot snapshot() const;

 private:
  const std::size_t stuck_threads_;
  mutable std::mutex mutex_;
  std::vector<std::optional<Clock::time_point>> under_way_;  ///< by slot
  std::size_t under_way_count_ = 0;
  std::map<std::string_view, LatencyHistogram> latency_;
  std::map<std::pair<std::string_view, StorageErrorCode>, std::uint64_t> errors_;
  std::uint64_t refused_ = 0;
};

}  // namespace masterkey2
