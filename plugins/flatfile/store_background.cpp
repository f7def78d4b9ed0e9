// Store: snapshots in the background, and the end of what they replace.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "snapshot.hpp"
#include "store.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::chrono::seconds kLookAround{30};

/// Held while one process of all writes snapshots and removes files.
class CompactionLock {
 public:
  explicit CompactionLock(Descriptor file)
      : file_(std::move(file)), held_(::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) {}
  [[nodiscard]] bool held() const { return held_; }

 private:
  Descriptor file_;  ///< closing it lets go
  bool held_;
};

struct FileTimes {
  std::uint64_t size = 0;
  std::time_t modified = 0;
};

FileTimes look_at(const Folder& folder, const std::string& name) {
  struct stat status {};
  if (::fstatat(folder.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
  return {static_cast<std::uint64_t>(status.st_size), status.st_mtime};
}

/// Segments are begun by writers; and after a failed sync a writer makes a snapshot of the
/// `current` segment itself, without the compaction lock.
bool belongs_to_a_writer(const std::string& unfinished, std::uint64_t current) {
  if (unfinished.starts_with("log-")) return true;
  for (const FileKind kind : {FileKind::kSnapshot, FileKind::kAuditRun, FileKind::kMarkRun}) {
    const std::string first = numbered_name(kind, current);
    // Numbers have leading zeros: later names are greater.
    if (unfinished.starts_with(first.substr(0, first.find('-') + 1))) return unfinished >= first;
  }
  return false;
}

}  // namespace

void Store::run_background() {
  std::unique_lock lock(background_mutex_);
  while (!stopping_) {
    wake_background_.wait_for(lock, kLookAround,
                              [this] { return stopping_.load() || background_due_; });
    background_due_ = false;
    if (stopping_) return;
    lock.unlock();
    try {
      if (auto done = compact(); !done && !stopping_) {
        host_.log(PluginLogLevel::kWarning, "flatfile: no snapshot: " + done.error().detail);
      }
    } catch (const std::exception& error) {
      host_.log(PluginLogLevel::kError, std::string("flatfile: no snapshot: ") + error.what());
    }
    lock.lock();
  }
}

StorageResult<void> Store::compact() {
  auto lock_file = folder_.open_file(std::string(kCompactionLockName), true);
  if (!lock_file) return lock_file.error();
  const CompactionLock lock(std::move(*lock_file));
  if (lock.held()) {
    if (auto written = write_due_snapshot(); !written) return written;
  }
  if (auto adopted = adopt_newest_snapshot(); !adopted) return adopted;
  if (lock.held()) remove_superseded();
  return {};
}

StorageResult<void> Store::write_due_snapshot() {
  const auto content = folder_.list();
  if (!content) return content.error();
  const std::uint64_t newest = content->snapshots.empty() ? 0 : content->snapshots.back();
  std::uint64_t last = 0;
  {
    const std::shared_lock lock(view_mutex_);
    if (!view_.segment) return {};
    last = view_.segment->header().number - 1;  // all before the current one are sealed
  }
  if (last <= newest) return {};
  std::uint64_t grown = 0;
  for (const std::uint64_t segment : content->segments) {
    if (segment <= newest || segment > last) continue;
    grown += look_at(folder_, numbered_name(FileKind::kLog, segment)).size;
  }
  // Half of what it replaces: then writing snapshots costs no more than the log itself, twice.
  if (newest > 0 && grown * 2 < look_at(folder_, numbered_name(FileKind::kSnapshot, newest)).size) {
    return {};
  }
  // From files alone, which do not change any more: nobody waits.
  const auto view = load_view(
      folder_, [this](std::uint64_t number) { return open_segment(number); }, secret_, last);
  if (!view) return view.error();
  const UnixMillis clock = static_cast<UnixMillis>(std::time(nullptr)) * 1000;
  return write_snapshot(folder_, *view->state, last, view->seal,
                        std::min(clock, view->state->latest_now),
                        [this] { return stopping_.load(); });
}

StorageResult<void> Store::adopt_newest_snapshot() {
  const auto content = folder_.list();
  if (!content) return content.error();
  const std::uint64_t newest = content->snapshots.empty() ? 0 : content->snapshots.back();
  {
    const std::shared_lock lock(view_mutex_);
    if (!view_.state || view_.base >= newest) return {};
  }
  auto view = load_judged();
  if (!view) return view.error();
  const std::unique_lock lock(view_mutex_);
  auto read =
      catch_up(*view, folder_, [this](std::uint64_t number) { return open_segment(number); });
  if (!read) return read;
  // Never back: the old view may have been read further while the new one was loaded.
  if (view_.state && (view->state->next_sequence < view_.state->next_sequence)) return {};
  std::swap(view_, *view);
  return {};
}

void Store::remove_superseded() {
  const auto content = folder_.list();
  if (!content) return;
  std::uint64_t base = 0;
  std::uint64_t current = 0;
  std::vector<std::uint64_t> audit_runs;
  std::vector<std::uint64_t> mark_runs;
  {
    const std::shared_lock lock(view_mutex_);
    base = view_.base;
    if (view_.segment) current = view_.segment->header().number;
    if (view_.state) {
      audit_runs = view_.state->named_audit_runs;
      mark_runs = view_.state->named_mark_runs;
    }
  }
  for (const std::string& name : content->unfinished) {
    if (!belongs_to_a_writer(name, current)) folder_.remove(name);
  }
  // This snapshot was read whole. A copy that was begun before it was there needs the files that it
  // replaces for as long as the copying takes.
  const std::time_t made = look_at(folder_, numbered_name(FileKind::kSnapshot, base)).modified;
  // Not time(), which is a few milliseconds late at each new second, and the file then of the
  // future.
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (base == 0 || made == 0 || now - made < options_.keep_superseded_s) return;
  if (!folder_.sync()) return;
  for (const std::uint64_t number : content->snapshots) {
    if (number < base) folder_.remove(numbered_name(FileKind::kSnapshot, number));
  }
  for (const std::uint64_t number : content->segments) {
    if (number <= base) folder_.remove(numbered_name(FileKind::kLog, number));
  }
  const auto remove_runs = [&](FileKind kind, const std::vector<std::uint64_t>& there,
                               const std::vector<std::uint64_t>& named) {
    for (const std::uint64_t number : there) {
      if (number > base || std::ranges::find(named, number) != named.end()) continue;
      folder_.remove(numbered_name(kind, number));
    }
  };
  remove_runs(FileKind::kAuditRun, content->audit_runs, audit_runs);
  remove_runs(FileKind::kMarkRun, content->mark_runs, mark_runs);
}

}  // namespace masterkey2::flatfile
