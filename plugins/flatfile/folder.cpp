#include "folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>

namespace masterkey2::flatfile {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr std::string_view kUnfinishedEnding = ".new";
constexpr std::size_t kNumberDigits = 16;

StorageError refused(const std::string& path, const std::string& why) {
  return {StorageErrorCode::kUnavailable, path + ": " + why};
}

std::string octal(mode_t mode) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), mode & 07777U, 8).ptr;
  return "0" + std::string(digits.begin(), end);
}

std::optional<std::uint64_t> number_after(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || name.size() != prefix.size() + kNumberDigits) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(prefix.size());
  if (digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return number;
}

/// Locks and appends of several hosts do not meet on these (magic numbers of statfs(2)).
bool is_network_file_system(int fd) {
  struct statfs status {};
  if (::fstatfs(fd, &status) != 0) return false;
  constexpr std::array<std::uint32_t, 8> kNetwork = {
      0x6969 /* NFS */,     0x517B /* SMB */,      0xFF534D42 /* CIFS */, 0xFE534D42 /* SMB2 */,
      0x5346414F /* AFS */, 0x00C36400 /* Ceph */, 0x01021997 /* 9p */,   0x7461636F /* OCFS2 */};
  return std::ranges::find(kNetwork, static_cast<std::uint32_t>(status.f_type)) != kNetwork.end();
}

StorageResult<void> check_file(int folder, const std::string& path, const char* name) {
  struct stat status {};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return {};  // removed since it was listed
    return system_error(StorageErrorCode::kUnavailable, path + ": cannot look at it");
  }
  if (S_ISLNK(status.st_mode)) return refused(path, "is a symbolic link");
  if (!S_ISREG(status.st_mode)) return refused(path, "is not a regular file");
  if (status.st_nlink > 1) return refused(path, "has a second name (hard link)");
  if (status.st_uid != ::geteuid()) {
    return refused(path, "belongs to uid " + std::to_string(status.st_uid) +
                             ", this process runs as uid " + std::to_string(::geteuid()));
  }
  if ((status.st_mode & 07777U) != kFileMode) {
    return refused(path, "has mode " + octal(status.st_mode) + ", it must be " + octal(kFileMode));
  }
  return {};
}

StorageResult<void> check_folder(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    return system_error(StorageErrorCode::kUnavailable, path + ": cannot look at it");
  }
  if (status.st_uid != ::geteuid()) {
    return refused(path, "belongs to uid " + std::to_string(status.st_uid) +
                             ", this process runs as uid " + std::to_string(::geteuid()));
  }
  if ((status.st_mode & 07777U) != kFolderMode) {
    return refused(path,
                   "has mode " + octal(status.st_mode) + ", it must be " + octal(kFolderMode));
  }
  if (is_network_file_system(fd)) {
    return refused(path, "is on a network file system, the store needs a local one");
  }
  return {};
}

bool is_known_single(std::string_view name) {
  return name == kLockName || name == kCompactionLockName || name == kHeartbeatName ||
         name == kDurableName;
}

}  // namespace

std::string numbered_name(FileKind kind, std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += kDigits[(number >> shift) & 0xF];
  switch (kind) {
    case FileKind::kLog:
      return "log-" + digits;
    case FileKind::kSnapshot:
      return "snapshot-" + digits;
    case FileKind::kAuditRun:
      return "audit-" + digits;
    case FileKind::kMarkRun:
      return "marks-" + digits;
  }
  return digits;
}

StorageResult<Folder> Folder::open(const std::string& path) {
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.is_open()) {
    if (errno == ENOENT) {
      return StorageError{StorageErrorCode::kNotInitialized, path + ": there is no store here"};
    }
    if (errno == ELOOP || errno == ENOTDIR) {
      return refused(path, "is not a folder, or a link to one");
    }
    return system_error(StorageErrorCode::kUnavailable, path + ": cannot open it");
  }
  if (auto checked = check_folder(fd.get(), path); !checked) return checked.error();
  return Folder(std::move(fd), path);
}

StorageResult<Folder> Folder::make(const std::string& path) {
  if (::mkdir(path.c_str(), kFolderMode) != 0) {
    if (errno != EEXIST) {
      return system_error(StorageErrorCode::kUnavailable, path + ": cannot make the folder");
    }
    return open(path);
  }
  // The umask may have taken bits away.
  if (::chmod(path.c_str(), kFolderMode) != 0) {
    return system_error(StorageErrorCode::kUnavailable, path + ": cannot set its mode");
  }
  const std::string::size_type end = path.find_last_not_of('/');
  const std::string::size_type slash = path.find_last_of('/', end);
  const std::string parent = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : path.substr(0, slash);
  const Descriptor parent_fd(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent_fd.is_open()) {
    return system_error(StorageErrorCode::kUnavailable, parent + ": cannot open it");
  }
  if (auto synced = sync_all(parent_fd.get(), parent); !synced) return synced.error();
  return open(path);
}

StorageResult<FolderContent> Folder::list() const {
  const int copy = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return system_error(StorageErrorCode::kUnavailable, path_ + ": cannot list it");
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(copy), ::closedir);
  if (!entries) {
    ::close(copy);
    return system_error(StorageErrorCode::kUnavailable, path_ + ": cannot list it");
  }
  FolderContent content;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());
    if (entry == nullptr) break;
    const std::string_view name(entry->d_name);
    if (name == "." || name == "..") continue;
    if (name.ends_with(kUnfinishedEnding)) {
      content.unfinished.emplace_back(name);
    } else if (const auto segment = number_after(name, "log-")) {
      content.segments.push_back(*segment);
    } else if (const auto snapshot = number_after(name, "snapshot-")) {
      content.snapshots.push_back(*snapshot);
    } else if (const auto audit_run = number_after(name, "audit-")) {
      content.audit_runs.push_back(*audit_run);
    } else if (const auto mark_run = number_after(name, "marks-")) {
      content.mark_runs.push_back(*mark_run);
    } else if (!is_known_single(name)) {
      return refused(name_of(name), "does not belong to the store; move it elsewhere");
    }
    auto checked = check_file(fd_.get(), name_of(name), entry->d_name);
    if (!checked) return checked.error();
  }
  if (errno != 0) return system_error(StorageErrorCode::kUnavailable, path_ + ": cannot list it");
  std::ranges::sort(content.segments);
  std::ranges::sort(content.snapshots);
  std::ranges::sort(content.audit_runs);
  std::ranges::sort(content.mark_runs);
  return content;
}

StorageResult<Descriptor> Folder::open_file(const std::string& name, bool writable) const {
  Descriptor fd(::openat(fd_.get(), name.c_str(),
                         (writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!fd.is_open()) {
    return system_error(StorageErrorCode::kUnavailable, name_of(name) + ": cannot open it");
  }
  if (auto checked = check_file(fd_.get(), name_of(name), name.c_str()); !checked) {
    return checked.error();
  }
  return fd;
}

StorageResult<Descriptor> Folder::create_file(const std::string& name, bool truncate) const {
  Descriptor fd(::openat(fd_.get(), name.c_str(),
                         O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (truncate ? O_TRUNC : O_EXCL),
                         kFileMode));
  if (!fd.is_open()) {
    return system_error(StorageErrorCode::kUnavailable, name_of(name) + ": cannot make it");
  }
  if (::fchmod(fd.get(), kFileMode) != 0) {
    return system_error(StorageErrorCode::kUnavailable, name_of(name) + ": cannot set its mode");
  }
  return fd;
}

StorageResult<void> Folder::publish(const std::string& name, ByteView content) const {
  const std::string unfinished = name + std::string(kUnfinishedEnding);
  const auto fd = create_file(unfinished, true);
  if (!fd) return fd.error();
  if (auto ok = write_at(fd->get(), content, 0, name_of(unfinished)); !ok) return ok;
  if (auto ok = sync_all(fd->get(), name_of(unfinished)); !ok) return ok;
  return rename_synced(unfinished, name);
}

StorageResult<void> Folder::rename_synced(const std::string& from, const std::string& to) const {
  if (::renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) != 0) {
    return system_error(StorageErrorCode::kUnavailable, name_of(to) + ": cannot rename to it");
  }
  const auto synced = sync();
  if (synced) return {};
  return StorageError{StorageErrorCode::kOutcomeUnknown, synced.error().detail};
}

void Folder::remove(const std::string& name) const { ::unlinkat(fd_.get(), name.c_str(), 0); }

bool Folder::exists(const std::string& name) const {
  return ::faccessat(fd_.get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

StorageResult<void> Folder::sync() const { return sync_all(fd_.get(), path_); }

std::string Folder::name_of(std::string_view file) const { return path_ + "/" + std::string(file); }

}  // namespace masterkey2::flatfile
