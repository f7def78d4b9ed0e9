// Writes down what the plugin changes in the folder of a store, call by call, so that a test can
// tell what a power failure may leave of it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "masterkey2/bytes.hpp"

namespace masterkey2::testing {

/// A file whatever its name is; numbered in the order in which they came.
using FileId = std::uint32_t;

struct Change {
  enum class Kind : std::uint8_t {
    kCreate,      ///< file, name
    kWrite,       ///< file, offset, data
    kTruncate,    ///< file, offset: its size from now on
    kRename,      ///< file, name, to
    kRemove,      ///< name
    kSync,        ///< file, began
    kFailedSync,  ///< file, began: the kernel may have dropped what was written before
    kSyncFolder,  ///< began
    kPromise,     ///< name: the caller was told that this operation is done
    kFault,       ///< a call was made to fail
  };
  Kind kind{};
  FileId file = 0;
  std::string name{};
  std::string to{};
  std::uint64_t offset = 0;
  Bytes data{};
  std::size_t began = 0;  ///< a sync covers the changes before this one
};

[[nodiscard]] std::string describe(const Change& change);

/// A folder that was on disk whole, and what was done to it then.
struct History {
  std::map<std::string, FileId> names;
  std::map<FileId, Bytes> contents;
  std::map<FileId, std::uint64_t> inodes;  ///< also of files that came later
  std::vector<Change> changes;
};

/// From its making until `finish`, of one folder; there is one at a time. Syncs cost nothing
/// meanwhile.
class ChangeRecorder {
 public:
  explicit ChangeRecorder(const std::string& folder);
  ChangeRecorder(const ChangeRecorder&) = delete;
  ChangeRecorder& operator=(const ChangeRecorder&) = delete;
  ~ChangeRecorder();

  /// An operation has just answered that it is done.
  static void promise(const std::string& name = {});
  /// Waits until there was such a change; false if there was none for long.
  [[nodiscard]] static bool wait_for(const std::function<bool(const Change&)>& wanted);
  /// Waits until the file was removed, or a call was made to fail.
  [[nodiscard]] static bool wait_for_removal(const std::string& name);
  [[nodiscard]] History finish();
};

/// Syncs answer that they are done, and do nothing.
void skip_syncs(bool skip);

// The system calls, written down if they are of the recorded folder.
[[nodiscard]] ssize_t recorded_pwrite(int fd, const void* bytes, std::size_t size, off_t offset);
[[nodiscard]] int recorded_ftruncate(int fd, off_t size);
[[nodiscard]] int recorded_sync(int fd, long number);
/// A call, a sync that is made to fail.
void note_fault();
void note_failed_sync(int fd);
[[nodiscard]] int recorded_rename(int from_folder, const char* from, int to_folder, const char* to);
[[nodiscard]] int recorded_unlink(int folder, const char* name, int flags);
[[nodiscard]] int recorded_create(int folder, const char* name, int flags, unsigned mode);

}  // namespace masterkey2::testing
