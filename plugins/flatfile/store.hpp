// An open store: transactions over the log, for many threads and processes.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>

#include "deadline_mutex.hpp"
#include "folder.hpp"
#include "masterkey2/plugin.hpp"
#include "mutation.hpp"
#include "state.hpp"
#include "view.hpp"
#include "write_line.hpp"
#include "writer_first_mutex.hpp"

namespace masterkey2::flatfile {

struct StoreOptions {
  std::string path;
  std::uint64_t segment_bytes = 64U << 20;
  std::uint32_t keep_superseded_s = 3600;
  std::uint32_t lock_timeout_ms = 3000;
};

/// A folder without a store yet, locked until this goes.
struct NewFolder {
  Folder folder;
  Descriptor lock;
  Descriptor heartbeat;  ///< empty
};

/// Of an import or initialisation; synced.
[[nodiscard]] StorageResult<void> write_first_heartbeat(const NewFolder& fresh,
                                                        const Installation& installation);

class Store {
 public:
  [[nodiscard]] static StorageResult<std::unique_ptr<Store>> open(const StoreOptions& options,
                                                                  HostServices& host);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Waits for what runs in the background, which stops soon.
  ~Store();

  /// Writes the first files of a store. kAlreadyExists if there is one.
  [[nodiscard]] static StorageResult<Outcome> initialize(const StoreOptions& options,
                                                         const Installation& installation);

  /// Makes a store with these rows. kAlreadyExists if there is one.
  [[nodiscard]] static StorageResult<Outcome> import_rows(const StoreOptions& options,
                                                          RowSource& rows);
  /// Leads a store of an older format to ours (FORMAT.md "Another format number").
  [[nodiscard]] static StorageResult<Storage::Migrated> migrate(const StoreOptions& options);
  /// From a view of its own: nobody waits.
  [[nodiscard]] StorageResult<void> export_rows(RowSink& sink);

  /// Runs `query(const State&)` on all that was acknowledged before the call (P4). `query` answers
  /// a StorageResult.
  template <class Query>
  auto read(Query&& query) {
    using Answer = std::invoke_result_t<Query, const State&>;
    std::optional<Answer> answer;
    auto done = run_read([&](const State& state) { answer.emplace(query(state)); });
    if (!done) return Answer(done.error());
    return std::move(*answer);
  }
  /// Runs `decide(const State&, MutationList&)`, alone among all processes and perhaps in another
  /// thread, and makes the mutations durable before its answer is given. `decide` answers a
  /// StorageResult; with an error, or an empty list, nothing is written.
  template <class Decide>
  auto transact(UnixMillis now, Decide&& decide) {
    using Answer = std::invoke_result_t<Decide, const State&, MutationList&>;
    std::optional<Answer> answer;
    auto done = run_write(now, [&](const State& state, MutationList& changes) {
      answer.emplace(decide(state, changes));
      return answer->has_value();
    });
    if (!done) return Answer(done.error());
    return std::move(*answer);
  }

  /// Forgets expired rows; answers how many.
  [[nodiscard]] StorageResult<std::uint64_t> purge(UnixMillis before, std::uint32_t limit);

  [[nodiscard]] StorageResult<Installation> read_installation();
  [[nodiscard]] StorageResult<void> write_heartbeat(std::uint64_t heartbeat, UnixMillis at);
  [[nodiscard]] StorageResult<void> check();

 private:
  struct WriteLock;
  struct Transaction;
  using Decide = std::function<bool(const State&, MutationList&)>;
  using Applied = std::function<void(const State&)>;

  /// Makes the folder and the files beside the log if need be, and takes the lock. Absent if there
  /// is a store.
  [[nodiscard]] static StorageResult<std::optional<NewFolder>> claim_folder(
      const StoreOptions& options);

  Store(StoreOptions options, HostServices& host, Folder folder);

  [[nodiscard]] StorageResult<void> run_read(const std::function<void(const State&)>& query);
  [[nodiscard]] StorageResult<void> run_write(UnixMillis now, const Decide& decide,
                                              const Applied& applied = {});
  /// Writes what `leader` and all behind it have decided, and leaves it to be synced.
  void write_group(Transaction& leader);
  /// `fresh`: the view is as new as the log, and the lock was not let go since.
  [[nodiscard]] StorageResult<void> write_one(Transaction& one, bool& fresh);

  /// Waits until lock_timeout_ms after `since` at most.
  [[nodiscard]] StorageResult<WriteLock> lock_for_writing(
      std::chrono::steady_clock::time_point since);
  /// The view is as new as the log. Under view_mutex_.
  [[nodiscard]] StorageResult<void> refresh();
  [[nodiscard]] StorageResult<void> load();
  [[nodiscard]] StorageResult<View> load_judged();
  /// Files of the store that are newer than the view, which so must be stale.
  [[nodiscard]] StorageResult<bool> is_left_behind() const;
  [[nodiscard]] StorageResult<std::shared_ptr<Segment>> open_segment(std::uint64_t number);

  // Under the write lock and view_mutex_.
  [[nodiscard]] StorageResult<void> prepare_append();
  [[nodiscard]] StorageResult<void> append(UnixMillis now, const MutationList& changes);
  [[nodiscard]] StorageResult<void> append_record(ByteView payload);
  [[nodiscard]] StorageResult<void> seal_segment();
  /// The last one holds everything itself.
  [[nodiscard]] StorageResult<void> start_segment_after_sealed();
  [[nodiscard]] StorageResult<void> start_next_segment();
  [[nodiscard]] StorageResult<void> rotate(UnixMillis now);
  /// After a failed sync: a snapshot of what is known takes the place of the segment.
  [[nodiscard]] StorageResult<void> abandon_segment();

  // In the background.
  void run_background();
  /// Snapshots the sealed segments when they have grown enough, and reads the newest snapshot.
  [[nodiscard]] StorageResult<void> compact();
  [[nodiscard]] StorageResult<void> write_due_snapshot();
  [[nodiscard]] StorageResult<void> adopt_newest_snapshot();
  void remove_superseded();

  StoreOptions options_;
  HostServices& host_;
  Folder folder_;
  std::uint64_t secret_;  ///< seeds hash tables
  Descriptor lock_file_;
  Descriptor durable_file_;
  Descriptor heartbeat_file_;

  WriteLine line_;
  DeadlineMutex write_mutex_;  ///< taken before the lock file and view_mutex_
  mutable WriterFirstMutex view_mutex_;
  View view_;
  std::optional<StorageError> load_error_;  ///< not tried again before `load_again_`
  std::chrono::steady_clock::time_point load_again_;
  std::mutex segments_mutex_;
  std::map<std::uint64_t, std::weak_ptr<Segment>> segments_;
  /// A segment of which some process could not sync; 0: none. Under view_mutex_.
  std::uint64_t suspect_ = 0;

  std::mutex background_mutex_;
  std::condition_variable wake_background_;
  bool background_due_ = true;  ///< a process before may have ended in the middle of it
  std::atomic<bool> stopping_ = false;
  std::thread background_;
};

}  // namespace masterkey2::flatfile
