#include "storage/storage_meter.hpp"

#include <algorithm>
#include <numeric>

namespace masterkey2 {

void LatencyHistogram::add(std::int64_t us) {
  const auto* const bound = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), us);
  ++buckets.at(static_cast<std::size_t>(bound - kLatencyBounds.begin()));
  total_us += us;
}

std::uint64_t LatencyHistogram::count() const {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

std::optional<StorageMeter::Call> StorageMeter::begin() {
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  if (stuck_threads_ > 0 && under_way_count_ >= stuck_threads_) {
    const auto stuck = static_cast<std::size_t>(
        std::count_if(under_way_.begin(), under_way_.end(),
                      [&](const auto& start) { return start && now - *start >= kStuckAfter; }));
    if (stuck >= stuck_threads_) {
      ++refused_;
      return std::nullopt;
    }
  }
  auto slot = std::find(under_way_.begin(), under_way_.end(), std::nullopt);
  if (slot == under_way_.end()) slot = under_way_.insert(slot, std::nullopt);
  *slot = now;
  ++under_way_count_;
  return Call{static_cast<std::size_t>(slot - under_way_.begin()), now};
}

void StorageMeter::end(const Call& call, const char* operation,
                       std::optional<StorageErrorCode> error) {
  const auto us =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - call.start).count();
  const std::lock_guard lock(mutex_);
  under_way_.at(call.slot).reset();
  --under_way_count_;
  latency_[operation].add(us);
  if (error) ++errors_[{operation, *error}];
}

StorageMeter::Snapshot StorageMeter::snapshot() const {
  Snapshot snapshot;
  const std::lock_guard lock(mutex_);
  for (const auto& [operation, histogram] : latency_) {
    snapshot.latency.emplace(operation, histogram);
  }
  for (const auto& [key, count] : errors_) {
    snapshot.errors.emplace(std::pair(std::string(key.first), key.second), count);
  }
  snapshot.refused = refused_;
  snapshot.under_way = under_way_count_;
  return snapshot;
}

}  // namespace masterkey2
