#include "segment.hpp"

#include <algorithm>
#include <utility>

namespace masterkey2::flatfile {
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

StorageResult<void> Segment::make_durable(std::uint64_t end) {
  std::uint64_t target = end;
  bool failed = false;
  {
    const std::lock_guard lock(mutex_);
    if (synced_ >= end) return {};
    failed = failed_;
    target = std::max(written_, end);
  }
  if (!failed) {
    failed = !sync_data(fd(), file_->name);
    after_sync_(target, !failed);
    const std::lock_guard lock(mutex_);
    failed_ = failed;
    if (!failed) synced_ = std::max(synced_, target);
  }
  if (!failed) return {};
  return StorageError{StorageErrorCode::kOutcomeUnknown,
                      file_->name + ": could not be synced; it is not known what is on disk"};
}

}  // namespace masterkey2::flatfile
