// Store: transactions that write.
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include "small_files.hpp"
#include "snapshot.hpp"
#include "store.hpp"

namespace masterkey2::flatfile {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds kShortestPause{20};
constexpr std::chrono::microseconds kLongestPause{500};

/// The kernel lets go of the lock when a process dies.
StorageResult<void> lock_file(int fd, Clock::time_point deadline, const std::string& name) {
  auto pause = kShortestPause;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) {
      return system_error(StorageErrorCode::kUnavailable, name + ": cannot lock it");
    }
    if (Clock::now() >= deadline) {
      return StorageError{StorageErrorCode::kUnavailable, name + ": another process holds it"};
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
  return {};
}

}  // namespace

/// One thread of one process at a time. The order: mutex, lock file, view.
struct Store::WriteLock {
  std::unique_lock<DeadlineMutex> threads;
  int fd = -1;

  WriteLock(std::unique_lock<DeadlineMutex> mutex, int lock_fd)
      : threads(std::move(mutex)), fd(lock_fd) {}
  WriteLock(WriteLock&& other) noexcept
      : threads(std::move(other.threads)), fd(std::exchange(other.fd, -1)) {}
  WriteLock(const WriteLock&) = delete;
  WriteLock& operator=(const WriteLock&) = delete;
  WriteLock& operator=(WriteLock&&) = delete;
  ~WriteLock() {
    if (fd >= 0) ::flock(fd, LOCK_UN);
  }
};

/// On the stack of the thread that waits for it.
struct Store::Transaction : WriteLine::Place {
  Transaction(UnixMillis at, const Decide& decides, const Applied& then)
      : now(at), decide(decides), applied(then) {}

  const UnixMillis now;
  const Decide& decide;
  const Applied& applied;
  const Clock::time_point came = Clock::now();
  StorageResult<void> outcome;
  std::exception_ptr thrown;
  // What its answer rests on.
  std::shared_ptr<Segment> segment;
  std::uint64_t end = 0;

  /// Runs `step` if all went well so far.
  template <class Step>
  void go_on(Step&& step) {
    if (!outcome || thrown) return;
    try {
      outcome = step();
    } catch (...) {
      thrown = std::current_exception();
    }
  }
  [[nodiscard]] Transaction* behind() const { return static_cast<Transaction*>(next); }
};

StorageResult<Store::WriteLock> Store::lock_for_writing(Clock::time_point since) {
  const auto deadline = since + std::chrono::milliseconds(options_.lock_timeout_ms);
  std::unique_lock threads(write_mutex_, deadline);
  if (!threads.owns_lock()) {
    return StorageError{StorageErrorCode::kUnavailable,
                        options_.path + ": waited too long for other writers"};
  }
  auto locked = lock_file(lock_file_.get(), deadline, folder_.name_of(kLockName));
  if (!locked) return locked.error();
  return WriteLock(std::move(threads), lock_file_.get());
}

StorageResult<void> Store::run_write(UnixMillis now, const Decide& decide, const Applied& applied) {
  Transaction mine(now, decide, applied);
  if (line_.stand(mine)) {
    line_.let_others_come();
    write_group(mine);
    for (Transaction* one = &mine; one != nullptr; one = one->behind()) {
      // Also for an answer that changes nothing: what it rests on must not vanish.
      one->go_on([one] { return one->segment->make_durable(one->end); });
    }
    line_.leave(mine);
  }
  if (mine.thrown) std::rethrow_exception(mine.thrown);
  return mine.outcome;
}

void Store::write_group(Transaction& leader) {
  std::optional<WriteLock> writing;
  leader.go_on([&]() -> StorageResult<void> {
    auto locked = lock_for_writing(leader.came);
    if (!locked) return locked.error();
    writing.emplace(std::move(*locked));
    return {};
  });
  if (!writing) return;  // the others have come later, and may wait for longer
  const std::unique_lock lock(view_mutex_);
  line_.gather(leader);
  bool fresh = false;
  for (Transaction* one = &leader; one != nullptr; one = one->behind()) {
    one->go_on([&] { return write_one(*one, fresh); });
  }
}

StorageResult<void> Store::write_one(Transaction& one, bool& fresh) {
  if (!std::exchange(fresh, false)) {
    if (auto read = refresh(); !read) return read;
  }
  if (auto ready = prepare_append(); !ready) return ready;
  MutationList changes;
  if (one.decide(*view_.state, changes) && !changes.empty()) {
    if (auto appended = append(one.now, changes); !appended) return appended;
    if (one.applied) one.applied(*view_.state);
  }
  one.segment = view_.segment;
  one.end = view_.end;
  if (one.end < options_.segment_bytes) {
    fresh = true;
  } else if (auto rotated = rotate(one.now); !rotated) {
    host_.log(PluginLogLevel::kWarning,
              "flatfile: no new segment was started: " + rotated.error().detail);
  }
  return {};
}

StorageResult<void> Store::prepare_append() {
  if (view_.segment->failed() || view_.segment->header().number == suspect_) {
    return abandon_segment();
  }
  if (view_.sealed) {
    // No segment begins before the one that it follows is whole on disk.
    if (auto durable = view_.segment->make_durable(view_.end); !durable) return durable;
    return start_segment_after_sealed();
  }
  Segment& segment = *view_.segment;
  if (!segment.is_listed()) {
    // Whoever made the segment may have failed to sync the folder.
    if (auto synced = folder_.sync(); !synced) {
      suspect_ = segment.header().number;
      return synced;
    }
    segment.note_listed();
  }
  // The lock is ours: the size has not changed since refresh(), and whoever wrote more is dead.
  if (view_.size <= view_.end) return {};
  if (auto judged = judge_tail(view_, segment.synced_up_to()); !judged) return judged;
  if (::ftruncate(segment.fd(), static_cast<off_t>(view_.end)) != 0) {
    return system_error(StorageErrorCode::kUnavailable,
                        segment.file()->name + ": cannot cut its torn end");
  }
  return {};
}

StorageResult<void> Store::append_record(ByteView payload) {
  const std::shared_ptr<Segment> kept = view_.segment;
  Segment& segment = *kept;
  Bytes record;
  record.reserve(kRecordHeaderSize + payload.size());
  encode_record(record, segment.seed(), view_.end, segment.synced_up_to(), payload);
  auto written = write_at(segment.fd(), record, view_.end, segment.file()->name);
  if (!written) {
    // No valid record stands there. If this fails as well, the next writer cuts it off.
    if (::ftruncate(segment.fd(), static_cast<off_t>(view_.end)) != 0) {
      host_.log(PluginLogLevel::kWarning, "flatfile: the torn end of a segment stays for now");
    }
    return written;
  }
  try {
    if (apply_written(view_, record)) return {};
  } catch (const std::exception&) {  // out of memory
  }
  StorageError unknown{StorageErrorCode::kOutcomeUnknown,
                       segment.file()->name + ": a record was written and could not be applied"};
  view_ = View{};  // applied in part: read again from the start
  return unknown;
}

StorageResult<void> Store::append(UnixMillis now, const MutationList& changes) {
  const Bytes payload = encode_transaction(view_.state->next_sequence, now, changes);
  if (payload.size() > kMaxPayloadSize) {
    return StorageError{StorageErrorCode::kInvalidArgument, "the transaction is too large"};
  }
  return append_record(payload);
}

StorageResult<void> Store::rotate(UnixMillis now) {
  if (view_.state->has_expired(now)) {
    MutationList changes;
    changes.purge(now, UINT32_MAX);
    if (auto appended = append(now, changes); !appended) return appended;
  }
  if (auto sealed = seal_segment(); !sealed) return sealed;
  if (auto durable = view_.segment->make_durable(view_.end); !durable) return durable;
  return start_segment_after_sealed();
}

StorageResult<void> Store::seal_segment() {
  Bytes payload;
  Encoder out(payload);
  out.integer(static_cast<std::uint8_t>(RecordType::kSeal));
  out.integer(view_.state->next_sequence);
  return append_record(payload);
}

StorageResult<void> Store::start_segment_after_sealed() {
  // A snapshot that nothing follows is what an interrupted migration has left, or a writer that
  // gave the segment up before the power failed: it may hold what the segment does not. The next
  // segment would make it count.
  const std::string snapshot = numbered_name(FileKind::kSnapshot, view_.segment->header().number);
  if (folder_.exists(snapshot)) {
    folder_.remove(snapshot);
    if (folder_.exists(snapshot)) {
      return StorageError{StorageErrorCode::kUnavailable,
                          folder_.name_of(snapshot) + ": cannot remove it"};
    }
    if (auto synced = folder_.sync(); !synced) return synced;
  }
  return start_next_segment();
}

StorageResult<void> Store::start_next_segment() {
  FileHeader header = view_.segment->header();
  ++header.number;
  header.chain = view_.seal;
  header.first_sequence = view_.state->next_sequence;
  auto published =
      folder_.publish(numbered_name(FileKind::kLog, header.number), encode_header(header));
  if (!published) return published;
  {
    const std::lock_guard lock(background_mutex_);
    background_due_ = true;
  }
  wake_background_.notify_all();
  return refresh();
}

StorageResult<void> Store::abandon_segment() {
  const std::uint64_t number = view_.segment->header().number;
  write_suspect_segment(durable_file_.get(), number);
  // From here on nobody appends to it.
  if (!view_.sealed) {
    if (auto sealed = seal_segment(); !sealed) return sealed;
  }
  // In the place of one that another writer may have left, which knew other rows.
  auto written = write_snapshot(folder_, *view_.state, number, view_.seal, 0,
                                [this] { return stopping_.load(); });
  if (!written) return written;
  if (auto started = start_next_segment(); !started) return started;
  host_.log(PluginLogLevel::kWarning,
            "flatfile: a segment that could not be synced was replaced by a snapshot");
  return load();
}

StorageResult<std::uint64_t> Store::purge(UnixMillis before, std::uint32_t limit) {
  std::uint64_t forgotten = 0;
  auto done = run_write(
      before,
      [&](const State& state, MutationList& changes) {
        if (limit > 0 && state.has_expired(before)) changes.purge(before, limit);
        return true;
      },
      [&](const State& state) { forgotten = state.last_purge; });
  if (!done) return done.error();
  return forgotten;
}

StorageResult<void> Store::write_heartbeat(std::uint64_t heartbeat, UnixMillis at) {
  const auto writing = lock_for_writing(Clock::now());
  if (!writing) return writing.error();
  return flatfile::write_heartbeat(heartbeat_file_.get(), {heartbeat, at},
                                   folder_.name_of(kHeartbeatName));
}

}  // namespace masterkey2::flatfile
