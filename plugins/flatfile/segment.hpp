// One segment of the log, open in this process, and its group commit.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "file_format.hpp"
#include "state.hpp"
#include "wake_up.hpp"

namespace masterkey2::flatfile {

class Segment {
 public:
  /// `file` is shared with the states that hold locations in it. `synced_up_to`: what is known to
  /// be on disk. `after_sync` is told what was tried
  /// and whether it went well, by one thread at a time.
  Segment(std::shared_ptr<DataFile> file, const FileHeader& header, std::uint64_t synced_up_to,
          std::function<void(std::uint64_t, bool)> after_sync);

  [[nodiscard]] const FileHeader& header() const { return header_; }
  [[nodiscard]] std::uint32_t seed() const { return seed_; }
  [[nodiscard]] const std::shared_ptr<DataFile>& file() const { return file_; }
  [[nodiscard]] int fd() const { return file_->fd.get(); }

  /// The file was seen, or written, up to `end`.
  void note_written(std::uint64_t end);
  [[nodiscard]] std::uint64_t synced_up_to() const;
  /// A sync has failed: what was written since the last good one may be lost, whatever later syncs
  /// say.
  [[nodiscard]] bool failed() const;
  /// Its name in the folder was synced, by this process.
  [[nodiscard]] bool is_listed() const { return listed_; }
  void note_listed() { listed_ = true; }
  /// Waits until all below `end` is on disk. One waiting thread syncs for all, and wakes those
  /// whose records it has synced and one that syncs next. kOutcomeUnknown if the sync failed.
  [[nodiscard]] StorageResult<void> wait_durable(std::uint64_t end);

 private:
  enum class Verdict : std::uint8_t { kNone, kDurable, kFailed, kSyncNext };
  /// On the stack of a thread that waits. It is woken without the mutex, for which all would queue
  /// up again.
  struct Waiter {
    std::uint64_t end = 0;
    Verdict verdict = Verdict::kNone;
    WakeUp wake_up{};
    Waiter* next = nullptr;
  };

  /// What is known about `waiter.end`; kNone: it will be told.
  [[nodiscard]] Verdict look_or_join(Waiter& waiter);
  [[nodiscard]] Verdict sync(std::uint64_t end);
  /// Where many come, lets some more of them come into the next sync.
  void let_others_come() const;
  /// Tells those who wait for what was synced, or can no longer be.
  void settle(std::uint64_t target, bool synced, std::chrono::steady_clock::time_point began);
  /// Takes those out of waiting_ to whom there is something to tell, the next one to sync first.
  [[nodiscard]] Waiter* take_settled(std::uint64_t target, bool synced);

  std::shared_ptr<DataFile> file_;
  FileHeader header_;
  std::uint32_t seed_;
  std::function<void(std::uint64_t, bool)> after_sync_;

  mutable std::mutex mutex_;
  Waiter* waiting_ = nullptr;  ///< the latest first
  std::uint64_t written_ = 0;
  std::uint64_t synced_ = 0;
  bool syncing_ = false;  ///< some thread does, or was told to
  bool failed_ = false;
  std::chrono::steady_clock::time_point not_before_;  ///< the next sync
  std::atomic<bool> listed_ = false;
};

}  // namespace masterkey2::flatfile
