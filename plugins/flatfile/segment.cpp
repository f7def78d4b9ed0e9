#include "segment.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace masterkey2::flatfile {
namespace {

using Clock = std::chrono::steady_clock;

/// A sync takes as much CPU as a signature, for one record or for many. Where so many came into
/// the last one, the next one begins so much later than that; who comes alone never waits.
constexpr std::size_t kMany = 3;
constexpr std::chrono::microseconds kApart{2'000};

}  // namespace

Segment::Segment(std::shared_ptr<DataFile> file, const FileHeader& header,
                 std::uint64_t synced_up_to, std::function<void(std::uint64_t, bool)> after_sync)
    : file_(std::move(file)),
      header_(header),
      seed_(record_seed(header)),
      after_sync_(std::move(after_sync)),
      written_(synced_up_to),
      synced_(synced_up_to) {}

void Segment::note_written(std::uint64_t end) {
  const std::lock_guard lock(mutex_);
  written_ = std::max(written_, end);
}

std::uint64_t Segment::synced_up_to() const {
  const std::lock_guard lock(mutex_);
  return synced_;
}

bool Segment::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

StorageResult<void> Segment::wait_durable(std::uint64_t end) {
  Waiter waiter{.end = end};
  Verdict verdict = look_or_join(waiter);
  if (verdict == Verdict::kNone) {
    waiter.wake_up.wait();
    verdict = waiter.verdict;
  }
  if (verdict == Verdict::kSyncNext) verdict = sync(end);
  if (verdict == Verdict::kDurable) return {};
  return StorageError{StorageErrorCode::kOutcomeUnknown,
                      file_->name + ": could not be synced; it is not known what is on disk"};
}

Segment::Verdict Segment::look_or_join(Waiter& waiter) {
  const std::lock_guard lock(mutex_);
  if (synced_ >= waiter.end) return Verdict::kDurable;
  if (failed_) return Verdict::kFailed;
  if (!syncing_) {
    syncing_ = true;
    return Verdict::kSyncNext;
  }
  waiter.next = std::exchange(waiting_, &waiter);
  return Verdict::kNone;
}

void Segment::let_others_come() const {
  Clock::time_point not_before;
  {
    const std::lock_guard lock(mutex_);
    not_before = not_before_;
  }
  if (Clock::now() < not_before) std::this_thread::sleep_until(not_before);
}

Segment::Verdict Segment::sync(std::uint64_t end) {
  let_others_come();
  const auto began = Clock::now();
  std::uint64_t target = end;
  {
    const std::lock_guard lock(mutex_);
    target = std::max(written_, end);
  }
  const bool synced = sync_data(fd(), file_->name).has_value();
  after_sync_(target, synced);
  settle(target, synced, began);
  return synced ? Verdict::kDurable : Verdict::kFailed;
}

void Segment::settle(std::uint64_t target, bool synced, Clock::time_point began) {
  Waiter* told = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (synced) {
      synced_ = std::max(synced_, target);
    } else {
      failed_ = true;
    }
    told = take_settled(target, synced);
    std::size_t came = 1;
    for (const Waiter* one = told; one != nullptr; one = one->next) {
      if (one->verdict == Verdict::kDurable) ++came;
    }
    not_before_ = came < kMany ? Clock::time_point() : began + kApart;
    syncing_ = told != nullptr && told->verdict == Verdict::kSyncNext;
  }
  while (told != nullptr) {
    Waiter* const next = told->next;  // the waiter goes once it is woken
    told->wake_up.give();
    told = next;
  }
}

Segment::Waiter* Segment::take_settled(std::uint64_t target, bool synced) {
  Waiter* settled = nullptr;
  Waiter* kept = nullptr;
  for (Waiter* waiter = std::exchange(waiting_, nullptr); waiter != nullptr;) {
    Waiter* const next = waiter->next;
    if (synced && waiter->end > target) {
      waiter->next = std::exchange(kept, waiter);
    } else {
      waiter->verdict = synced ? Verdict::kDurable : Verdict::kFailed;
      waiter->next = std::exchange(settled, waiter);
    }
    waiter = next;
  }
  if (kept == nullptr) return settled;
  // The next sync begins while the others still wake.
  Waiter* const syncs = kept;
  waiting_ = syncs->next;
  syncs->verdict = Verdict::kSyncNext;
  syncs->next = settled;
  return syncs;
}

}  // namespace masterkey2::flatfile
