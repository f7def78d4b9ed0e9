// Open files and the few system calls that the store makes on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "masterkey2/bytes.hpp"
#include "masterkey2/storage_error.hpp"

namespace masterkey2::flatfile {

/// `what` with the text of the current errno.
[[nodiscard]] StorageError system_error(StorageErrorCode code, std::string_view what);

/// Owns a descriptor; -1: none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_ = -1;
};

/// An open file, and its name for messages.
struct DataFile {
  Descriptor fd;
  std::string name;
};

/// Writes all of `bytes` at `offset`. On kUnavailable a part of them may have been written.
[[nodiscard]] StorageResult<void> write_at(int fd, ByteView bytes, std::uint64_t offset,
                                           std::string_view name);
/// Reads up to bytes.size() bytes at `offset` and answers how many; fewer only at the end of the
/// file.
[[nodiscard]] StorageResult<std::size_t> read_into(int fd, std::uint64_t offset,
                                                   std::span<std::uint8_t> bytes,
                                                   std::string_view name);
/// The same, up to `size` bytes.
[[nodiscard]] StorageResult<Bytes> read_at(int fd, std::uint64_t offset, std::size_t size,
                                           std::string_view name);
[[nodiscard]] StorageResult<std::uint64_t> size_of(int fd, std::string_view name);
/// Data, and the metadata that is needed to read it. Never retried: after an error the kernel may
/// have dropped what it could not write.
[[nodiscard]] StorageResult<void> sync_data(int fd, std::string_view name);
/// Everything, for a new file and for a folder.
[[nodiscard]] StorageResult<void> sync_all(int fd, std::string_view name);

}  // namespace masterkey2::flatfile
