#include "plugins/flatfile/change_recorder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "plugins/flatfile/store_files.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::chrono::seconds kLong{60};

/// Held over each call, so that changes are in the order in which they came to the kernel.
std::mutex mutex;
std::condition_variable changed;
std::atomic<bool> recording = false;
std::atomic<bool> syncs_skipped = false;
History history;
dev_t device = 0;
ino_t folder_inode = 0;
std::map<ino_t, FileId> files;
FileId next_file = 0;

FileId add_file(ino_t inode) {
  const FileId file = next_file++;
  files[inode] = file;
  history.inodes[file] = inode;
  return file;
}

void note(Change change) {
  history.changes.push_back(std::move(change));
  changed.notify_all();
}

bool is_folder(const struct stat& status) {
  return status.st_dev == device && status.st_ino == folder_inode;
}

bool is_folder(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && is_folder(status);
}

/// False if it is of no file in the folder.
bool find_file(int fd, FileId& file) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_dev != device) return false;
  const auto found = files.find(status.st_ino);
  if (found == files.end()) return false;
  file = found->second;
  return true;
}

Change change_of(Change::Kind kind, FileId file) {
  Change change;
  change.kind = kind;
  change.file = file;
  return change;
}

/// Does `call` and writes down `note_done(file, answer)` if it went well.
template <class Call, class NoteDone>
long recorded(int fd, Call&& call, NoteDone&& note_done) {
  if (!recording) return call();
  const std::lock_guard lock(mutex);
  FileId file = 0;
  const bool ours = recording && find_file(fd, file);
  const long answer = call();
  if (ours && answer >= 0) note_done(file, answer);
  return answer;
}

}  // namespace

ChangeRecorder::ChangeRecorder(const std::string& folder) {
  const std::lock_guard lock(mutex);
  if (recording) throw std::logic_error("two recorders at once");
  history = {};
  files.clear();
  next_file = 0;
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) throw std::runtime_error(folder + " is not there");
  device = status.st_dev;
  folder_inode = status.st_ino;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (::stat(entry.path().c_str(), &status) != 0) throw std::runtime_error("a file is gone");
    const FileId file = add_file(status.st_ino);
    history.names[entry.path().filename()] = file;
    history.contents[file] = read_file(entry.path());
  }
  recording = true;
}

ChangeRecorder::~ChangeRecorder() {
  const std::lock_guard lock(mutex);
  recording = false;
}

void ChangeRecorder::promise(const std::string& name) {
  Change change = change_of(Change::Kind::kPromise, 0);
  change.name = name;
  const std::lock_guard lock(mutex);
  note(std::move(change));
}

bool ChangeRecorder::wait_for(const std::function<bool(const Change&)>& wanted) {
  std::unique_lock lock(mutex);
  std::size_t looked_at = 0;
  return changed.wait_for(lock, kLong, [&] {
    for (; looked_at < history.changes.size(); ++looked_at) {
      if (wanted(history.changes[looked_at])) return true;
    }
    return false;
  });
}

bool ChangeRecorder::wait_for_removal(const std::string& name) {
  return wait_for([&](const Change& change) {
    return change.kind == Change::Kind::kFault ||
           (change.kind == Change::Kind::kRemove && change.name == name);
  });
}

History ChangeRecorder::finish() {
  const std::lock_guard lock(mutex);
  recording = false;
  return std::move(history);
}

void skip_syncs(bool skip) { syncs_skipped = skip; }

ssize_t recorded_pwrite(int fd, const void* bytes, std::size_t size, off_t offset) {
  return recorded(
      fd, [&] { return ::syscall(SYS_pwrite64, fd, bytes, size, offset); },
      [&](FileId file, long count) {
        Change change = change_of(Change::Kind::kWrite, file);
        change.offset = static_cast<std::uint64_t>(offset);
        const auto* first = static_cast<const std::uint8_t*>(bytes);
        change.data.assign(first, first + count);
        note(std::move(change));
      });
}

int recorded_ftruncate(int fd, off_t size) {
  return static_cast<int>(recorded(
      fd, [&] { return ::syscall(SYS_ftruncate, fd, size); },
      [&](FileId file, long) {
        Change change = change_of(Change::Kind::kTruncate, file);
        change.offset = static_cast<std::uint64_t>(size);
        note(std::move(change));
      }));
}

int recorded_sync(int fd, long number) {
  if (!recording) return syncs_skipped ? 0 : static_cast<int>(::syscall(number, fd));
  // What is written while it runs is not covered.
  std::size_t began = 0;
  {
    const std::lock_guard lock(mutex);
    began = history.changes.size();
  }
  std::this_thread::yield();
  const std::lock_guard lock(mutex);
  FileId file = 0;
  if (recording && (is_folder(fd) || find_file(fd, file))) {
    Change change =
        change_of(is_folder(fd) ? Change::Kind::kSyncFolder : Change::Kind::kSync, file);
    change.began = began;
    note(std::move(change));
  }
  return 0;
}

void note_fault() {
  const std::lock_guard lock(mutex);
  if (recording) note(change_of(Change::Kind::kFault, 0));
}

void note_failed_sync(int fd) {
  const std::lock_guard lock(mutex);
  FileId file = 0;
  if (!recording || !find_file(fd, file)) return;
  Change change = change_of(Change::Kind::kFailedSync, file);
  change.began = history.changes.size();
  note(std::move(change));
}

int recorded_rename(int from_folder, const char* from, int to_folder, const char* to) {
  const auto call = [&] {
    return static_cast<int>(::syscall(SYS_renameat, from_folder, from, to_folder, to));
  };
  if (!recording) return call();
  const std::lock_guard lock(mutex);
  struct stat status {};
  const bool ours = recording && is_folder(from_folder) && is_folder(to_folder) &&
                    ::fstatat(from_folder, from, &status, AT_SYMLINK_NOFOLLOW) == 0;
  const int answer = call();
  if (ours && answer == 0) {
    Change change = change_of(Change::Kind::kRename, files.at(status.st_ino));
    change.name = from;
    change.to = to;
    note(std::move(change));
  }
  return answer;
}

int recorded_unlink(int folder, const char* name, int flags) {
  const auto call = [&] { return static_cast<int>(::syscall(SYS_unlinkat, folder, name, flags)); };
  if (!recording) return call();
  const std::lock_guard lock(mutex);
  const bool ours = recording && is_folder(folder);
  const int answer = call();
  if (ours && answer == 0) {
    Change change = change_of(Change::Kind::kRemove, 0);
    change.name = name;
    note(std::move(change));
  }
  return answer;
}

int recorded_create(int folder, const char* name, int flags, unsigned mode) {
  const auto call = [&] {
    return static_cast<int>(::syscall(SYS_openat, folder, name, flags, mode));
  };
  if (!recording) return call();
  const std::lock_guard lock(mutex);
  struct stat status {};
  const bool ours = recording && is_folder(folder);
  const bool existed = ::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  const int fd = call();
  if (!ours || fd < 0) return fd;
  if (existed && (flags & O_TRUNC) == 0) return fd;
  if (::fstat(fd, &status) != 0) return fd;
  Change change = change_of(existed ? Change::Kind::kTruncate : Change::Kind::kCreate,
                            existed ? files.at(status.st_ino) : add_file(status.st_ino));
  change.name = name;
  note(std::move(change));
  return fd;
}

std::string describe(const Change& change) {
  const std::string file = " file " + std::to_string(change.file);
  switch (change.kind) {
    case Change::Kind::kCreate:
      return "create " + change.name + file;
    case Change::Kind::kWrite:
      return "write" + file + " at " + std::to_string(change.offset) + ", " +
             std::to_string(change.data.size()) + " B";
    case Change::Kind::kTruncate:
      return "truncate" + file + " to " + std::to_string(change.offset);
    case Change::Kind::kRename:
      return "rename " + change.name + " to " + change.to + file;
    case Change::Kind::kRemove:
      return "remove " + change.name;
    case Change::Kind::kSync:
      return "sync" + file;
    case Change::Kind::kFailedSync:
      return "sync fails" + file;
    case Change::Kind::kSyncFolder:
      return "sync the folder";
    case Change::Kind::kPromise:
      return "promise " + change.name;
    case Change::Kind::kFault:
      return "fault";
  }
  return {};
}

}  // namespace masterkey2::testing
