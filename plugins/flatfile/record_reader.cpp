#include "record_reader.hpp"

#include <algorithm>

namespace masterkey2::flatfile {
namespace {

constexpr std::size_t kChunkSize = 1U << 20;

}  // namespace

StorageResult<void> RecordReader::fill(std::size_t size) {
  if (available().size() >= size) return {};
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ = 0;
  const std::uint64_t from = offset_ + buffer_.size();
  if (from >= limit_) return {};
  const std::size_t wanted =
      std::min<std::uint64_t>(std::max(kChunkSize, size - buffer_.size()), limit_ - from);
  const auto more = read_at(file_.fd.get(), from, wanted, file_.name);
  if (!more) return more.error();
  buffer_.insert(buffer_.end(), more->begin(), more->end());
  return {};
}

StorageResult<std::optional<Record>> RecordReader::next() {
  if (auto filled = fill(kRecordHeaderSize); !filled) return filled.error();
  const std::optional<std::size_t> size = record_size(available());
  if (!size) return std::optional<Record>();
  if (auto filled = fill(*size); !filled) return filled.error();
  std::optional<Record> record = decode_record(available(), seed_, offset_);
  if (!record) return record;
  used_ += record->size;
  offset_ += record->size;
  return record;
}

}  // namespace masterkey2::flatfile
