// One segment of the log, open in this process.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "file_format.hpp"
#include "state.hpp"

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
  /// Syncs unless all below `end` is on disk; one thread at a time. kOutcomeUnknown if that failed,
  /// or any sync before.
  [[nodiscard]] StorageResult<void> make_durable(std::uint64_t end);

 private:
  std::shared_ptr<DataFile> file_;
  FileHeader header_;
  std::uint32_t seed_;
  std::function<void(std::uint64_t, bool)> after_sync_;

  mutable std::mutex mutex_;
  std::uint64_t written_ = 0;
  std::uint64_t synced_ = 0;
  bool failed_ = false;
  std::atomic<bool> listed_ = false;
};

}  // namespace masterkey2::flatfile
