#include "file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace masterkey2::flatfile {

StorageError system_error(StorageErrorCode code, std::string_view what) {
  const int error = errno;
  return {code, std::string(what) + ": " + std::generic_category().message(error)};
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

StorageResult<void> write_at(int fd, ByteView bytes, std::uint64_t offset, std::string_view name) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0) {
      if (errno == EINTR) continue;
      return system_error(StorageErrorCode::kUnavailable, std::string(name) + ": cannot write");
    }
    if (count == 0) {
      return StorageError{StorageErrorCode::kUnavailable, std::string(name) + ": writes nothing"};
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

StorageResult<std::size_t> read_into(int fd, std::uint64_t offset, std::span<std::uint8_t> bytes,
                                     std::string_view name) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t count =
        ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
    if (count < 0) {
      if (errno == EINTR) continue;
      return system_error(StorageErrorCode::kUnavailable, std::string(name) + ": cannot read");
    }
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  return have;
}

StorageResult<Bytes> read_at(int fd, std::uint64_t offset, std::size_t size,
                             std::string_view name) {
  Bytes bytes(size);
  const auto have = read_into(fd, offset, bytes, name);
  if (!have) return have.error();
  bytes.resize(*have);
  return bytes;
}

StorageResult<std::uint64_t> size_of(int fd, std::string_view name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    return system_error(StorageErrorCode::kUnavailable, std::string(name) + ": cannot look at it");
  }
  return static_cast<std::uint64_t>(status.st_size);
}

StorageResult<void> sync_data(int fd, std::string_view name) {
  if (::fdatasync(fd) == 0) return {};
  return system_error(StorageErrorCode::kUnavailable, std::string(name) + ": cannot sync");
}

StorageResult<void> sync_all(int fd, std::string_view name) {
  if (::fsync(fd) == 0) return {};
  return system_error(StorageErrorCode::kUnavailable, std::string(name) + ": cannot sync");
}

}  // namespace masterkey2::flatfile
