// The folder of a store: which files it holds, and that nobody else can touch them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "file.hpp"
#include "file_format.hpp"

namespace masterkey2::flatfile {

inline constexpr std::string_view kLockName = "lock";
inline constexpr std::string_view kCompactionLockName = "lock.compaction";
inline constexpr std::string_view kHeartbeatName = "heartbeat";
inline constexpr std::string_view kDurableName = "durable";

/// `log-<number>`, `snapshot-<number>`, `audit-<number>` or `marks-<number>`, 16 hexadecimal
/// digits.
[[nodiscard]] std::string numbered_name(FileKind kind, std::uint64_t number);

/// The numbered files, in ascending order, and what an interrupted write left behind.
struct FolderContent {
  std::vector<std::uint64_t> segments;
  std::vector<std::uint64_t> snapshots;
  std::vector<std::uint64_t> audit_runs;
  std::vector<std::uint64_t> mark_runs;
  std::vector<std::string> unfinished;  ///< `….new`

  [[nodiscard]] bool has_store() const { return !segments.empty() || !snapshots.empty(); }
};

class Folder {
 public:
  /// kNotInitialized if there is none; kUnavailable, with one sentence, if it is a link, not ours,
  /// open to others or on a network file system.
  [[nodiscard]] static StorageResult<Folder> open(const std::string& path);
  /// Makes the folder if need be, mode 0700; its parent must exist.
  [[nodiscard]] static StorageResult<Folder> make(const std::string& path);

  /// Refuses foreign names, links, hard links, anything but regular files, other owners and modes
  /// other than 0600.
  [[nodiscard]] StorageResult<FolderContent> list() const;

  [[nodiscard]] StorageResult<Descriptor> open_file(const std::string& name, bool writable) const;
  /// Mode 0600; fails if it exists unless `truncate`.
  [[nodiscard]] StorageResult<Descriptor> create_file(const std::string& name, bool truncate) const;
  /// Writes `name` whole or not at all: a new file beside it, synced, renamed, folder synced.
  [[nodiscard]] StorageResult<void> publish(const std::string& name, ByteView content) const;
  /// Gives a finished and synced file its name, and syncs the folder. kOutcomeUnknown: it has its
  /// name, but perhaps not for long.
  [[nodiscard]] StorageResult<void> rename_synced(const std::string& from,
                                                  const std::string& to) const;
  void remove(const std::string& name) const;
  [[nodiscard]] bool exists(const std::string& name) const;
  [[nodiscard]] StorageResult<void> sync() const;
  /// Formats of files that may be read: from this one on, up to ours.
  [[nodiscard]] std::uint32_t oldest_format() const { return oldest_format_; }
  void read_formats_from(std::uint32_t oldest) { oldest_format_ = oldest; }
  /// For messages.
  [[nodiscard]] std::string name_of(std::string_view file) const;
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  Folder(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Descriptor fd_;
  std::string path_;
  std::uint32_t oldest_format_ = kFormatNumber;
};

}  // namespace masterkey2::flatfile
