#include "record_reader.hpp"

#include <algorithm>

namespace masterkey2::flatfile {
namespace {

constexpr std::size_t kChunkSize = 1U << 20;

}  // namespace

StorageResult<void> RecordReader::fill(std::size_t size) {
  if (available().size() >= size) return {};
  const std::size_t kept = available().size();
  const std::uint64_t from = offset_ + kept;
  if (from >= limit_) return {};
  if (used_ > 0) std::ranges::copy(available(), buffer_.begin());
  used_ = 0;
  filled_ = kept;
  const std::size_t room = std::min<std::uint64_t>(std::max(kChunkSize, size), limit_ - offset_);
  // It does not shrink, so that its bytes are made once.
  if (buffer_.size() < room) buffer_.resize(room);
  const std::size_t wanted = std::min<std::uint64_t>(buffer_.size() - kept, limit_ - from);
  const auto more =
      read_into(file_.fd.get(), from, std::span(buffer_).subspan(kept, wanted), file_.name);
  if (!more) return more.error();
  filled_ += *more;
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
