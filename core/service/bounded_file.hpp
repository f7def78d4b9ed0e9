// Files of the operator that are read while the server runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "masterkey2/result.hpp"

namespace masterkey2 {

/// Tells one state of a file from another: a file that was replaced, or written to, has another.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  bool exists = false;

  bool operator==(const FileStamp&) const = default;
};

/// Follows links; `exists` is false for whatever is no regular file.
[[nodiscard]] FileStamp stamp_of(const std::string& path);

struct FileFault {
  std::string clause;  ///< begins with the path
};

/// The whole of a regular file of at most `max_size` bytes. Never waits, as for a FIFO.
[[nodiscard]] Result<std::string, FileFault> read_bounded_file(const std::string& path,
                                                               std::size_t max_size);

}  // namespace masterkey2
