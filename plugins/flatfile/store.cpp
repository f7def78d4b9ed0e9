// Store: opening, reading and the small files.
#include "store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <utility>

#include "small_files.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::chrono::seconds kLoadAgainAfter{1};
constexpr int kLoadAttempts = 10;

std::uint64_t random_number() {
  std::uint64_t number = 0;
  // Short of entropy at boot the kernel blocks; it fails for no other reason here.
  if (::getrandom(&number, sizeof number, 0) != sizeof number) number = 0x5851F42D4C957F2DULL;
  return number;
}

}  // namespace

Store::Store(StoreOptions options, HostServices& host, Folder folder)
    : options_(std::move(options)),
      host_(host),
      folder_(std::move(folder)),
      secret_(random_number()) {}

StorageResult<std::unique_ptr<Store>> Store::open(const StoreOptions& options, HostServices& host) {
  auto folder = Folder::open(options.path);
  if (!folder) return folder.error();
  const auto content = folder->list();
  if (!content) return content.error();
  if (!content->has_store()) {
    return StorageError{StorageErrorCode::kNotInitialized,
                        options.path + ": there is no store here"};
  }
  std::unique_ptr<Store> store(new Store(options, host, std::move(*folder)));
  for (const auto& [name, file] :
       {std::pair{kLockName, &store->lock_file_}, std::pair{kDurableName, &store->durable_file_},
        std::pair{kHeartbeatName, &store->heartbeat_file_}}) {
    auto opened = store->folder_.open_file(std::string(name), true);
    if (!opened) return opened.error();
    *file = std::move(*opened);
  }
  {
    const std::unique_lock lock(store->view_mutex_);
    if (auto loaded = store->load(); !loaded) return loaded.error();
  }
  store->background_ = std::thread([raw = store.get()] { raw->run_background(); });
  return store;
}

Store::~Store() {
  {
    const std::lock_guard lock(background_mutex_);
    stopping_ = true;
  }
  wake_background_.notify_all();
  if (background_.joinable()) background_.join();
}

StorageResult<std::optional<NewFolder>> Store::claim_folder(const StoreOptions& options) {
  auto folder = Folder::make(options.path);
  if (!folder) return folder.error();
  const auto content = folder->list();
  if (!content) return content.error();
  if (content->has_store()) return std::optional<NewFolder>();
  for (const std::string_view name : {kLockName, kCompactionLockName, kDurableName}) {
    auto made = folder->create_file(std::string(name), false);
    if (!made && !folder->exists(std::string(name))) return made.error();
  }
  // One of several that are here at once goes on; the others find its store.
  auto lock = folder->open_file(std::string(kLockName), true);
  if (!lock) return lock.error();
  if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0) {
    return StorageError{StorageErrorCode::kUnavailable,
                        options.path + ": another process is at work on it"};
  }
  const auto again = folder->list();
  if (!again) return again.error();
  if (again->has_store()) return std::optional<NewFolder>();
  auto heartbeat = folder->create_file(std::string(kHeartbeatName), true);
  if (!heartbeat) return heartbeat.error();
  // Before the name that makes it a store: a store without one of these does not open.
  if (auto synced = folder->sync(); !synced) return synced.error();
  return std::optional(NewFolder{std::move(*folder), std::move(*lock), std::move(*heartbeat)});
}

StorageResult<void> write_first_heartbeat(const NewFolder& fresh,
                                          const Installation& installation) {
  const std::string name = fresh.folder.name_of(kHeartbeatName);
  if (installation.heartbeat > 0) {
    auto written = flatfile::write_heartbeat(
        fresh.heartbeat.get(), {installation.heartbeat, installation.heartbeat_at}, name);
    if (!written) return written;
  }
  return sync_all(fresh.heartbeat.get(), name);
}

StorageResult<Outcome> Store::initialize(const StoreOptions& options,
                                         const Installation& installation) {
  const auto fresh = claim_folder(options);
  if (!fresh) return fresh.error();
  if (!*fresh) return Outcome::kAlreadyExists;
  if (auto ok = write_first_heartbeat(**fresh, installation); !ok) return ok.error();

  FileHeader header;
  header.kind = FileKind::kLog;
  header.number = 1;
  header.installation = installation.id;
  header.first_sequence = 1;
  MutationList changes;
  changes.put_installation(installation);
  Bytes content = encode_header(header);
  encode_record(content, record_seed(header), kHeaderSize, 0,
                encode_transaction(1, installation.created_at, changes));
  auto published = (*fresh)->folder.publish(numbered_name(FileKind::kLog, 1), content);
  if (!published) return published.error();
  return Outcome::kDone;
}

StorageResult<std::shared_ptr<Segment>> Store::open_segment(std::uint64_t number) {
  const std::lock_guard lock(segments_mutex_);
  if (auto known = segments_[number].lock()) return known;
  auto opened = open_numbered(folder_, FileKind::kLog, number, true);
  if (!opened) return opened.error();
  const std::uint64_t inode = inode_of(opened->file->fd.get());
  auto segment = std::make_shared<Segment>(
      opened->file, opened->header, 0, [this, number, inode](std::uint64_t end, bool synced) {
        if (synced) {
          write_durable_mark(durable_file_.get(), {number, inode, end});
        } else {
          write_suspect_segment(durable_file_.get(), number);
        }
      });
  segments_[number] = segment;
  return segment;
}

StorageResult<View> Store::load_judged() {
  // First: what is synced from now on is not to be judged by what is read from now on.
  const DurableMark mark = read_durable_mark(durable_file_.get());
  const auto open = [this](std::uint64_t number) { return open_segment(number); };
  auto view = load_view(folder_, open, secret_);
  for (int again = 0; again < kLoadAttempts && !view; ++again) {
    // A snapshot may have taken the place of files that were just listed.
    if (view.error().code != StorageErrorCode::kUnavailable) break;
    view = load_view(folder_, open, secret_);
  }
  if (!view) return view;
  for (;;) {
    const bool about_this = mark.segment == view->segment->header().number &&
                            mark.inode == inode_of(view->segment->fd());
    const auto judged = judge_tail(*view, about_this ? mark.end : 0);
    if (judged) return view;
    // What stood there may have been half written, and whole by the time it was looked at again.
    const std::uint64_t end = view->end;
    const std::uint64_t number = view->segment->header().number;
    if (auto read = catch_up(*view, folder_, open); !read) return read.error();
    if (view->end == end && view->segment->header().number == number) return judged.error();
  }
}

StorageResult<void> Store::load() {
  if (load_error_ && std::chrono::steady_clock::now() < load_again_) return *load_error_;
  view_ = View{};
  auto view = load_judged();
  if (!view) {
    load_error_ = view.error();
    load_again_ = std::chrono::steady_clock::now() + kLoadAgainAfter;
    return view.error();
  }
  load_error_.reset();
  view_ = std::move(*view);
  suspect_ = read_suspect_segment(durable_file_.get());
  return {};
}

StorageResult<bool> Store::is_left_behind() const {
  const auto content = folder_.list();
  if (!content) return content.error();
  const std::uint64_t current = view_.segment->header().number;
  return (!content->segments.empty() && content->segments.back() > current) ||
         (!content->snapshots.empty() && content->snapshots.back() > current);
}

StorageResult<void> Store::refresh() {
  if (!view_.state) return load();
  auto read =
      catch_up(view_, folder_, [this](std::uint64_t number) { return open_segment(number); });
  if (!read) {
    if (read.error().code != StorageErrorCode::kUnavailable) view_ = View{};
    return read;
  }
  if (!view_.sealed) return {};
  // Either nobody has begun the next segment yet, or this process has slept past its removal.
  const auto left_behind = is_left_behind();
  if (!left_behind) return left_behind.error();
  return *left_behind ? load() : StorageResult<void>();
}

StorageResult<void> Store::run_read(const std::function<void(const State&)>& query) {
  {
    const std::shared_lock lock(view_mutex_);
    if (view_.state && !view_.sealed) {
      const auto size = size_of(view_.segment->fd(), view_.segment->file()->name);
      if (!size) return size.error();
      if (*size == view_.end) {
        query(*view_.state);
        return {};
      }
    }
  }
  const std::unique_lock lock(view_mutex_);
  if (auto fresh = refresh(); !fresh) return fresh;
  query(*view_.state);
  return {};
}

StorageResult<Installation> Store::read_installation() {
  const auto heartbeat =
      flatfile::read_heartbeat(heartbeat_file_.get(), folder_.name_of(kHeartbeatName));
  if (!heartbeat) return heartbeat.error();
  return read([&](const State& state) -> StorageResult<Installation> {
    Installation installation = state.installation;
    installation.heartbeat = heartbeat->count;
    installation.heartbeat_at = heartbeat->at;
    return installation;
  });
}

StorageResult<void> Store::check() {
  if (auto fresh = run_read([](const State&) {}); !fresh) return fresh;
  const std::shared_lock lock(view_mutex_);
  if (view_.segment && view_.segment->failed()) {
    return StorageError{StorageErrorCode::kUnavailable,
                        view_.segment->file()->name + ": could not be synced"};
  }
  struct statvfs status {};
  if (::fstatvfs(folder_.fd(), &status) != 0) {
    return system_error(StorageErrorCode::kUnavailable, options_.path + ": cannot look at it");
  }
  if ((status.f_flag & ST_RDONLY) != 0) {
    return StorageError{StorageErrorCode::kUnavailable, options_.path + ": is read-only"};
  }
  if (status.f_bavail == 0) {
    return StorageError{StorageErrorCode::kUnavailable, options_.path + ": the disk is full"};
  }
  return {};
}

}  // namespace masterkey2::flatfile
