// The power fails: after every call of every write, whatever had not been synced is there, missing
// or torn. The store opens, holds all that was promised and nothing by halves, and goes on.
#include "plugins/flatfile/power_loss_test.hpp"

#include <cerrno>

namespace masterkey2::testing {
namespace {

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
  take_one_of(kOneStateOf, 10);
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

}  // namespace
}  // namespace masterkey2::testing
