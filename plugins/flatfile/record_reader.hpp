// Reads the records of a numbered file one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "file_format.hpp"
#include "state.hpp"

namespace masterkey2::flatfile {

class RecordReader {
 public:
  /// Borrows `file`. Nothing at or past `limit` is read.
  RecordReader(const DataFile& file, std::uint32_t seed, std::uint64_t offset, std::uint64_t limit)
      : file_(file), seed_(seed), offset_(offset), limit_(limit) {}

  /// The record at offset(), which moves past it; absent if no whole and valid one stands there.
  /// Its payload lives until the next call.
  [[nodiscard]] StorageResult<std::optional<Record>> next();
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  /// Makes `size` bytes from offset() on available, fewer only at the limit.
  [[nodiscard]] StorageResult<void> fill(std::size_t size);
  [[nodiscard]] ByteView available() const {
    return ByteView(buffer_).subspan(used_, filled_ - used_);
  }

  const DataFile& file_;
  std::uint32_t seed_;
  std::uint64_t offset_;
  std::uint64_t limit_;
  Bytes buffer_;
  std::size_t used_ = 0;    ///< buffer_[used_] stands at offset_
  std::size_t filled_ = 0;  ///< end of what was read
};

}  // namespace masterkey2::flatfile
