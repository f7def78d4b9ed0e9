// The power fails: after every call of every write, whatever had not been synced is there, missing
// or torn. The store opens, holds all that was promised and nothing by halves, and goes on.
#include "plugins/flatfile/power_loss.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <random>

#include "plugins/flatfile/start_state.hpp"
#include "plugins/flatfile/store_files.hpp"
#include "plugins/stored_rows.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::uint32_t kSeed = 20'240'601;
/// A sample takes one of so many states and, of the states of a start, so many writes.
constexpr std::uint32_t kOneStateOf = 30;
/// After failed syncs, which are many, the whole campaign does so as well.
constexpr std::uint32_t kOneStateAfterAFailureOf = 10;
constexpr std::size_t kWritesOfASample = 2;
/// Of so many states one has its recovery recorded, and the power fail in that as well.
constexpr std::uint32_t kOneRecoveryOf = 100;
/// What the recovered store is made to write.
constexpr std::uint64_t kNextAudit = 990;

/// Looks at a store that has come back; `promises` were made before the power failed.
using Verify = std::function<void(const TemporaryFolder&, std::size_t promises)>;

class FlatfilePowerLoss : public ::testing::Test {
 protected:
  void SetUp() override { skip_syncs(true); }
  void TearDown() override {
    skip_syncs(false);
    if (histories_ == 0) return;
    std::printf("power loss: %zu recordings, %zu calls, %zu states, %zu looked at\n", histories_,
                calls_, states_, looked_at_);
  }

  void expect_all_states(const History& history, const Verify& verify) {
    ++histories_;
    calls_ += history.changes.size();
    const LookAtState look = [&](const DiskState& disk, std::size_t promises,
                                 const std::function<std::string()>& describe) {
      if (HasFatalFailure() || HasNonfatalFailure()) return;
      if (!is_drawn(one_state_of_)) return;
      ++looked_at_;
      const TemporaryFolder folder;
      std::filesystem::create_directory(folder / "store");
      std::filesystem::permissions(folder / "store", std::filesystem::perms::owner_all);
      disk.write_to(folder / "store", history.inodes);
      verify(folder, promises);
      if (HasFatalFailure() || HasNonfatalFailure()) ADD_FAILURE() << describe();
    };
    states_ += for_each_state_after_power_loss(history, is_whole_campaign() ? 16 : 4, kSeed, look);
  }

  /// Opens a store that the power has left, has it write, and opens it again. `next` says which
  /// entry it writes; those before are there if they were promised.
  void expect_recovery(const StartState& start, const WriteScenario& scenario,
                       const TemporaryFolder& folder, bool promised, std::uint64_t next) {
    const PluginRequest request = start.request(folder);
    Seen seen{};
    {
      const LoadedStorage loaded = load(request);
      const auto checked = loaded.storage().check();
      ASSERT_TRUE(checked) << checked.error().detail;
      seen = scenario.look(loaded.storage());
      ASSERT_NE(seen, Seen::kHalf);
      if (promised && scenario.name != "purge_expired") {
        ASSERT_EQ(seen, Seen::kThere);
      }
      ASSERT_TRUE(start.is_intact(loaded.storage(), scenario));
      for (std::uint64_t earlier = kNextAudit; earlier < next; ++earlier) {
        ASSERT_TRUE(has_audit(loaded.storage(), earlier));
      }
      const auto written = loaded.storage().append_audit({make_audit(1, next)});
      ASSERT_TRUE(written) << written.error().detail;
    }
    const LoadedStorage again = load(request);
    const auto checked = again.storage().check();
    ASSERT_TRUE(checked) << checked.error().detail;
    ASSERT_EQ(scenario.look(again.storage()), seen);
    ASSERT_TRUE(has_audit(again.storage(), next));
    ASSERT_TRUE(start.is_intact(again.storage(), scenario));
  }

  /// All of them are looked at in any case.
  void expect_few_states() { one_state_of_ = 1; }
  void expect_many_states() {
    if (is_whole_campaign()) one_state_of_ = kOneStateAfterAFailureOf;
  }
  [[nodiscard]] bool is_drawn(std::uint32_t one_of) { return random_() % one_of == 0; }

 private:
  std::mt19937 random_{kSeed};
  std::uint32_t one_state_of_ = is_whole_campaign() ? 1 : kOneStateOf;
  std::size_t histories_ = 0;
  std::size_t calls_ = 0;
  std::size_t states_ = 0;
  std::size_t looked_at_ = 0;
};

class FlatfilePowerLossOf : public FlatfilePowerLoss,
                            public ::testing::WithParamInterface<std::string> {
 protected:
  /// The recovery itself and its next write, cut short by another power failure.
  void expect_second_loss(const StartState& start, const WriteScenario& scenario,
                          const TemporaryFolder& folder, bool promised) {
    History history;
    {
      ChangeRecorder recorder(folder / "store");
      {
        const LoadedStorage loaded = load(start.request(folder));
        ASSERT_TRUE(loaded.storage().append_audit({make_audit(1, kNextAudit)}));
        ChangeRecorder::promise();
      }
      history = recorder.finish();
    }
    expect_all_states(history, [&](const TemporaryFolder& left, std::size_t promises) {
      expect_recovery(start, scenario, left, promised, kNextAudit + promises);
    });
  }

  /// Records the write and looks at all that a power failure can leave of it.
  void expect_write_survives(const StartState& start, const WriteScenario& scenario) {
    const TemporaryFolder folder;
    start.copy_to(folder);
    History history;
    {
      ChangeRecorder recorder(folder / "store");
      {
        const LoadedStorage loaded = load(start.request(folder));
        StorageErrorCode code{};
        ASSERT_TRUE(scenario.write(loaded.storage(), code)) << static_cast<int>(code);
        ChangeRecorder::promise();
        const std::string& last = start.removed_by(scenario);
        ASSERT_TRUE(last.empty() || ChangeRecorder::wait_for_removal(last));
      }
      history = recorder.finish();
    }
    start.take_back_unsynced(history);
    expect_all_states(history, [&](const TemporaryFolder& left, std::size_t promises) {
      if (!is_drawn(kOneRecoveryOf)) {
        return expect_recovery(start, scenario, left, promises > 0, kNextAudit);
      }
      expect_second_loss(start, scenario, left, promises > 0);
    });
  }

  /// The `nth` sync fails: the write is promised only if it was done all the same; one after it is.
  bool expect_failed_sync_survives(const StartState& start, const WriteScenario& scenario,
                                   std::uint64_t nth) {
    const TemporaryFolder folder;
    start.copy_to(folder);
    History history;
    bool happened = false;
    bool done = false;
    {
      ChangeRecorder recorder(folder / "store");
      {
        const LoadedStorage loaded = load(start.request(folder));
        StorageErrorCode code{};
        arm_sync_fault(nth, EIO);
        done = scenario.write(loaded.storage(), code);
        happened = fault_happened();
        disarm_fault();
        if (done) ChangeRecorder::promise();
        const auto written = loaded.storage().append_audit({make_audit(1, kNextAudit)});
        EXPECT_TRUE(written) << written.error().detail;
        ChangeRecorder::promise();
      }
      history = recorder.finish();
    }
    start.take_back_unsynced(history);
    expect_all_states(history, [&](const TemporaryFolder& left, std::size_t promises) {
      const bool all = promises == (done ? 2 : 1);
      expect_recovery(start, scenario, left, done && promises > 0, kNextAudit + (all ? 1 : 0));
    });
    return happened;
  }
};

TEST_P(FlatfilePowerLossOf, KeepsEveryPromiseOfEveryWrite) {
  const StartState& start = start_state(GetParam());
  const auto& scenarios = write_scenarios();
  // Samples of the starts take different writes.
  std::size_t turn = start.name.size() * 7;
  for (std::size_t i = 0; i < scenarios.size(); ++i, ++turn) {
    const WriteScenario& scenario =
        is_whole_campaign() ? scenarios[i] : scenarios[turn % scenarios.size()];
    if (!is_whole_campaign() && i == kWritesOfASample) break;
    if (!start.suits(scenario)) continue;
    SCOPED_TRACE(scenario.name);
    expect_write_survives(start, scenario);
    if (HasFailure()) return;
  }
}

TEST_P(FlatfilePowerLossOf, KeepsEveryPromiseMadeAfterAFailedSync) {
  expect_many_states();
  const StartState& start = start_state(GetParam());
  for (const WriteScenario& scenario : write_scenarios()) {
    if (!start.suits(scenario) || scenario.name == "write_heartbeat") continue;
    if (!is_whole_campaign() && scenario.name != "put_user") continue;
    SCOPED_TRACE(scenario.name);
    for (std::uint64_t nth = 1; expect_failed_sync_survives(start, scenario, nth); ++nth) {
      SCOPED_TRACE(nth);
      if (HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, FlatfilePowerLossOf, ::testing::ValuesIn(start_state_names()),
                         [](const auto& instance) { return instance.param; });

TEST_F(FlatfilePowerLoss, InitializeCanBeRepeatedOrIsDone) {
  expect_few_states();
  const TemporaryFolder folder;
  const PluginRequest request = flatfile_request(folder / "store");
  std::filesystem::create_directory(folder / "store");
  std::filesystem::permissions(folder / "store", std::filesystem::perms::owner_all);
  History history;
  {
    ChangeRecorder recorder(folder / "store");
    ASSERT_TRUE(load(request).storage().initialize(make_installation()));
    ChangeRecorder::promise();
    history = recorder.finish();
  }
  expect_all_states(history, [](const TemporaryFolder& left, std::size_t promises) {
    const LoadedStorage loaded = load(flatfile_request(left / "store"));
    const auto again = loaded.storage().initialize(make_installation());
    ASSERT_TRUE(again) << again.error().detail;
    if (promises > 0) {
      ASSERT_EQ(*again, Outcome::kAlreadyExists);
    }
    const auto checked = loaded.storage().check();
    ASSERT_TRUE(checked) << checked.error().detail;
    ASSERT_EQ(loaded.storage().read_installation()->id, make_installation().id);
    ASSERT_TRUE(loaded.storage().insert_tenant(make_insert_tenant(1)));
  });
}

std::vector<StoredRow> exported(Storage& storage) {
  CollectedRows sink;
  const auto done = storage.export_rows(sink);
  EXPECT_TRUE(done) << done.error().detail;
  return sink.rows;
}

class FlatfilePowerLossOfTransfers : public FlatfilePowerLoss {
 protected:
  void SetUp() override {
    FlatfilePowerLoss::SetUp();
    expect_few_states();
    const LoadedStorage loaded = load(flatfile_request(filled_ / "store"));
    ASSERT_TRUE(loaded.storage().initialize(make_installation()));
    ASSERT_EQ(fill_store(loaded.storage()), "");
    rows_ = exported(loaded.storage());
  }

  [[nodiscard]] static PluginRequest next_request(const TemporaryFolder& folder) {
    PluginRequest request = flatfile_request(folder / "store");
    request.plugin_dir = MASTERKEY2_NEXT_PLUGIN_DIR;
    return request;
  }

  const TemporaryFolder filled_;
  std::vector<StoredRow> rows_;
};

TEST_F(FlatfilePowerLossOfTransfers, ImportCanBeRepeatedOrIsDone) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "store");
  std::filesystem::permissions(folder / "store", std::filesystem::perms::owner_all);
  History history;
  {
    ChangeRecorder recorder(folder / "store");
    GivenRows source(rows_);
    ASSERT_TRUE(load(flatfile_request(folder / "store")).storage().import_rows(source));
    ChangeRecorder::promise();
    history = recorder.finish();
  }
  expect_all_states(history, [&](const TemporaryFolder& left, std::size_t promises) {
    const LoadedStorage loaded = load(flatfile_request(left / "store"));
    GivenRows source(rows_);
    const auto again = loaded.storage().import_rows(source);
    ASSERT_TRUE(again) << again.error().detail;
    if (promises > 0) {
      ASSERT_EQ(*again, Outcome::kAlreadyExists);
    }
    ASSERT_EQ(exported(loaded.storage()), rows_);
  });
}

TEST_F(FlatfilePowerLossOfTransfers, MigrationCanBeRepeatedOrIsDone) {
  const TemporaryFolder folder;
  move_store(filled_ / "store", folder / "store");
  History history;
  {
    ChangeRecorder recorder(folder / "store");
    ASSERT_TRUE(load(next_request(folder)).storage().migrate());
    ChangeRecorder::promise();
    history = recorder.finish();
  }
  expect_all_states(history, [&](const TemporaryFolder& left, std::size_t promises) {
    {
      // The old program goes on, or refuses what it does not know.
      const LoadedStorage old = load(flatfile_request(left / "store"));
      const auto read = old.storage().read_installation();
      if (read) {
        ASSERT_EQ(promises, 0U);
        ASSERT_EQ(exported(old.storage()), rows_);
      } else {
        ASSERT_EQ(read.error().code, StorageErrorCode::kIncompatible) << read.error().detail;
      }
    }
    const LoadedStorage next = load(next_request(left));
    const auto migrated = next.storage().migrate();
    ASSERT_TRUE(migrated) << migrated.error().detail;
    ASSERT_EQ(exported(next.storage()), rows_);
    ASSERT_TRUE(next.storage().check());
  });
}

}  // namespace
}  // namespace masterkey2::testing
