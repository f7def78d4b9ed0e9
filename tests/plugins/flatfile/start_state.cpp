#include "plugins/flatfile/start_state.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string_view>

#include "plugins/flatfile/store_files.hpp"
#include "plugins/stored_rows.hpp"

namespace masterkey2::testing {
namespace {

constexpr const char* kRoomy = "67108864";
constexpr const char* kSmallest = "4096";
constexpr std::uint64_t kMostCalls = 200;
const std::string kLog1 = "log-0000000000000001";
const std::string kLog2 = "log-0000000000000002";
const std::string kSnapshot1 = "snapshot-0000000000000001";

template <class T>
void must(const StorageResult<T>& result) {
  if (!result) throw std::runtime_error(result.error().detail);
}

class Maker {
 public:
  explicit Maker(StartState& state) : state_(state) {
    state_.plugin_dir = Backend::chosen().plugin_dir;
    state_.options = {{"segment_bytes", kRoomy}, {"keep_superseded_s", "0"}};
  }

  void tenant_only() {
    state_.has_users = false;
    const LoadedStorage loaded = open();
    must(loaded.storage().initialize(make_installation()));
    must(loaded.storage().insert_tenant(make_insert_tenant(1)));
  }
  void roomy() { prepare_scenarios(open().storage()); }
  void one_record_short_of_sealing() {
    roomy();
    seal_at(size_of_log() + 1);
  }
  void full() {
    roomy();
    seal_at(size_of_log());
  }
  void expired_rows() {
    roomy();
    const LoadedStorage loaded = open();
    for (std::uint8_t i = 0; i < 200; ++i) {
      const Bytes key = {9, i};
      must(loaded.storage().put_ephemeral(make_guard(1), key, 0, key, kNow - 1));
    }
    seal_at(size_of_log() + 1);
  }

  void sealed() {
    roomy();
    state_.options["segment_bytes"] = kSmallest;
    die_once(kLog2 + ".new", [this] { write(open()); });
    state_.options["segment_bytes"] = kRoomy;
  }
  void next_segment_not_synced() {
    roomy();
    state_.options["segment_bytes"] = kSmallest;
    die_once(kLog2, [this] { write(open()); });
    state_.options["segment_bytes"] = kRoomy;
    state_.take_back_unsynced = [](History& history) { take_back_name(history, kLog2); };
  }

  void snapshot() {
    roomy();
    compact(kSnapshot1, "3600");
  }
  void superseded_files() {
    snapshot();
    state_.options["keep_superseded_s"] = "0";
    state_.removed_at_opening = kLog1;
  }
  void snapshot_not_synced() {
    roomy();
    state_.options["segment_bytes"] = kSmallest;
    die_once(kSnapshot1, [this] {
      const LoadedStorage loaded = open();
      ChangeRecorder recorder(store());
      write(loaded);
      (void)ChangeRecorder::wait_for_removal(kLog1);
    });
    state_.options["segment_bytes"] = kRoomy;
    state_.removed_at_opening = kLog1;
    state_.take_back_unsynced = [](History& history) { take_back_name(history, kSnapshot1); };
  }
  void two_audit_runs() {
    roomy();
    compact(kLog1, "0");
    {
      const LoadedStorage loaded = open();
      must(loaded.storage().append_audit({make_audit(1, 50)}));
    }
    compact(kLog2, "0");
    fill(open(), 9000);
    state_.options["segment_bytes"] = kSmallest;
    state_.removed_after_write = log_name(3).substr(1);
  }

  void torn_tail() {
    roomy();
    const std::uint64_t size = size_of_log();
    die(
        Fault::kKillInside, [&] { return size_of_log() > size; }, [this] { write(open()); });
  }
  void record_not_synced() {
    roomy();
    const std::uint64_t size = size_of_log();
    die(
        Fault::kKill, [&] { return size_of_log() > size; }, [this] { write(open()); });
    state_.take_back_unsynced = [end = durable_end(store())](History& history) {
      take_back_end(history, end, Change::Kind::kPromise);
    };
  }
  void suspect_segment() {
    roomy();
    {
      const LoadedStorage loaded = open();
      arm_sync_fault(1, EIO);
      if (loaded.storage().put_user(make_put_user(1, 9))) throw std::logic_error("it was synced");
      disarm_fault();
    }
    state_.take_back_unsynced = [end = durable_end(store())](History& history) {
      take_back_end(history, end, Change::Kind::kFailedSync);
    };
  }
  void suspect_segment_half_replaced() {
    suspect_segment();
    const std::uint64_t end = durable_end(store());
    die_once(kSnapshot1, [this] { write(open()); });
    state_.take_back_unsynced = [end](History& history) {
      take_back_end(history, end, Change::Kind::kFailedSync);
      take_back_name(history, kSnapshot1);
    };
  }

  void migrated() {
    roomy();
    state_.plugin_dir = MASTERKEY2_NEXT_PLUGIN_DIR;
    must(open().storage().migrate());
  }
  void migration_interrupted() {
    roomy();
    state_.plugin_dir = MASTERKEY2_NEXT_PLUGIN_DIR;
    die_once(kSnapshot1, [this] { (void)open().storage().migrate(); });
    state_.plugin_dir = Backend::chosen().plugin_dir;
    state_.take_back_unsynced = [](History& history) { take_back_name(history, kSnapshot1); };
  }
  /// Each locks, and reads what the other has written, as two processes do.
  void two_writers() {
    roomy();
    const LoadedStorage first = open();
    const LoadedStorage second = open();
    for (std::size_t i = 0; i < 3; ++i) {
      fill(first, 100);
      fill(second, 200);
    }
  }
  void imported() {
    CollectedRows rows;
    {
      StartState other;
      Maker(other).roomy();
      must(Maker(other).open().storage().export_rows(rows));
    }
    GivenRows source(rows.rows);
    must(open().storage().import_rows(source));
  }

 private:
  [[nodiscard]] std::string store() const { return state_.made_in / "store"; }
  [[nodiscard]] LoadedStorage open() const { return load(state_.request(state_.made_in)); }
  [[nodiscard]] std::uint64_t size_of_log() const {
    return std::filesystem::file_size(store() + "/" + kLog1);
  }
  void seal_at(std::uint64_t size) {
    state_.options["segment_bytes"] = std::to_string(size);
    state_.removed_after_write = kLog1;
  }

  static void fill(const LoadedStorage& loaded, std::size_t size) {
    static std::uint8_t number = 0;
    const Bytes key = {8, ++number};
    must(loaded.storage().put_ephemeral(make_guard(1), key, 0, Bytes(size, number), kLater));
  }
  /// What nobody looks for, and nobody is told of.
  static void write(const LoadedStorage& loaded) {
    (void)loaded.storage().append_audit({make_audit(1, 60)});
  }

  /// Has the current segment sealed and a snapshot made; `last` tells that it is done.
  void compact(const std::string& last, const std::string& keep_superseded_s) {
    state_.options["segment_bytes"] = kSmallest;
    state_.options["keep_superseded_s"] = keep_superseded_s;
    {
      ChangeRecorder recorder(store());
      const LoadedStorage loaded = open();
      fill(loaded, 4200);
      const bool done = ChangeRecorder::wait_for([&](const Change& change) {
        const bool removed = change.kind == Change::Kind::kRemove && change.name == last;
        return removed || change.to == last;
      });
      if (!done) throw std::runtime_error("no snapshot was made");
    }
    state_.options["segment_bytes"] = kRoomy;
  }

  /// A process dies at its first call at which `file` is there.
  void die_once(const std::string& file, const std::function<void()>& work) {
    die(
        Fault::kKill, [&] { return std::filesystem::exists(store() + "/" + file); }, work);
  }
  /// A process dies at its first call that leaves the store so.
  void die(Fault fault, const std::function<bool()>& wanted, const std::function<void()>& work) {
    const TemporaryFolder kept;
    move_store(store(), kept / "store");
    for (std::uint64_t nth = 1; nth < kMostCalls; ++nth) {
      if (run_and_die(fault, nth, work) == 99 && wanted()) return;
      std::filesystem::remove_all(store());
      move_store(kept / "store", store());
    }
    throw std::runtime_error("no call leaves the store so");
  }

  static void put_first(History& history, std::vector<Change> changes) {
    for (Change& change : history.changes) change.began += changes.size();
    history.changes.insert(history.changes.begin(), changes.begin(), changes.end());
  }
  /// The file was renamed, and the folder not synced since.
  static void take_back_name(History& history, const std::string& name) {
    const auto file = history.names.at(name);
    history.names.erase(name);
    history.names[name + ".new"] = file;
    Change rename;
    rename.kind = Change::Kind::kRename;
    rename.file = file;
    rename.name = name + ".new";
    rename.to = name;
    put_first(history, {rename});
  }
  /// Segment 1 was written past `end`; what came of that is told by `sync`.
  static void take_back_end(History& history, std::uint64_t end, Change::Kind sync) {
    const auto file = history.names.at(kLog1);
    Bytes& content = history.contents.at(file);
    Change written;
    written.kind = Change::Kind::kWrite;
    written.file = file;
    written.offset = end;
    written.data.assign(content.begin() + static_cast<std::ptrdiff_t>(end), content.end());
    content.resize(end);
    if (sync != Change::Kind::kFailedSync) return put_first(history, {written});
    Change failed;
    failed.kind = sync;
    failed.file = file;
    failed.began = 0;  // put_first() counts what it puts
    put_first(history, {written, failed});
    history.changes[1].began = 1;
  }

  StartState& state_;
};

struct Kind {
  const char* name;
  void (Maker::*make)();
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"tenant_only", &Maker::tenant_only},
      {"roomy", &Maker::roomy},
      {"one_record_short_of_sealing", &Maker::one_record_short_of_sealing},
      {"full", &Maker::full},
      {"expired_rows", &Maker::expired_rows},
      {"sealed", &Maker::sealed},
      {"next_segment_not_synced", &Maker::next_segment_not_synced},
      {"snapshot", &Maker::snapshot},
      {"superseded_files", &Maker::superseded_files},
      {"snapshot_not_synced", &Maker::snapshot_not_synced},
      {"two_audit_runs", &Maker::two_audit_runs},
      {"torn_tail", &Maker::torn_tail},
      {"record_not_synced", &Maker::record_not_synced},
      {"suspect_segment", &Maker::suspect_segment},
      {"suspect_segment_half_replaced", &Maker::suspect_segment_half_replaced},
      {"migrated", &Maker::migrated},
      {"migration_interrupted", &Maker::migration_interrupted},
      {"two_writers", &Maker::two_writers},
      {"imported", &Maker::imported},
  };
  return all;
}

}  // namespace

void StartState::copy_to(const TemporaryFolder& folder) const {
  move_store(made_in / "store", folder / "store");
}

PluginRequest StartState::request(const TemporaryFolder& folder) const {
  PluginRequest request = Backend::chosen().request("");
  request.plugin_dir = plugin_dir;
  request.options = options;
  request.options["path"] = folder / "store";
  return request;
}

bool StartState::suits(const WriteScenario& scenario) const {
  static const std::set<std::string_view> kWithoutUsers = {
      "insert_tenant", "update_tenant", "insert_api_key", "replace_api_key",
      "put_user",      "revoke_token",  "put_ephemeral",  "append_audit",
      "raise_epoch",   "purge_expired", "erase_tenant",   "write_heartbeat"};
  return has_users || kWithoutUsers.contains(scenario.name);
}

bool StartState::is_intact(Storage& storage, const WriteScenario& scenario) const {
  if (has_users) return is_prepared_state_there(storage, scenario.name);
  if (!has_audit(storage, 1)) return false;
  return scenario.name == "erase_tenant" || storage.find_tenant(id_of<TenantId>(1))->has_value();
}

const std::string& StartState::removed_by(const WriteScenario& scenario) const {
  static const std::string kNone;
  if (!removed_at_opening.empty()) return removed_at_opening;
  return scenario.name == "write_heartbeat" ? kNone : removed_after_write;
}

const std::vector<std::string>& start_state_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Kind& kind : kinds()) all.emplace_back(kind.name);
    return all;
  }();
  return names;
}

const StartState& start_state(const std::string& name) {
  static std::map<std::string, std::unique_ptr<StartState>> made;
  std::unique_ptr<StartState>& state = made[name];
  if (state) return *state;
  for (const Kind& kind : kinds()) {
    if (name != kind.name) continue;
    state = std::make_unique<StartState>();
    state->name = name;
    Maker maker(*state);
    (maker.*kind.make)();
    return *state;
  }
  throw std::logic_error("no start state " + name);
}

int run_and_die(Fault fault, std::uint64_t nth, const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    arm_fault(fault, nth);
    work();
    if (fault_happened()) ::pause();  // another thread is at its call and ends us
    ::_exit(0);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
    throw std::runtime_error("a child ended otherwise");
  }
  return WEXITSTATUS(status);
}

bool is_whole_campaign() {
  const char* wanted = std::getenv("MK2_CAMPAIGNS");
  return wanted != nullptr && std::string_view(wanted) == "all";
}

}  // namespace masterkey2::testing
