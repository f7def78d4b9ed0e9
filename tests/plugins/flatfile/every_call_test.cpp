// Every kind of write, from every state of a store, when any one of its system calls fails or the
// process dies at it.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "plugins/flatfile/start_state.hpp"
#include "plugins/flatfile/store_files.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::uint64_t kMostCalls = 200;
constexpr std::uint64_t kNextAudit = 990;

class EveryCall : public ::testing::TestWithParam<std::string> {
 protected:
  static void TearDownTestSuite() {
    std::printf("every call: %zu kill points, %zu failing calls\n", kill_points, failing_calls);
  }

  [[nodiscard]] static const StartState& start() { return start_state(GetParam()); }

  void SetUp() override { skip_syncs(true); }
  void TearDown() override { skip_syncs(false); }

  /// Without MK2_CAMPAIGNS=all one write; `many`: all of them where the segment has room, some
  /// where it is full, for then each makes many calls.
  [[nodiscard]] static std::vector<WriteScenario> scenarios(bool many) {
    std::vector<WriteScenario> suitable;
    for (const WriteScenario& scenario : write_scenarios()) {
      if (start().suits(scenario)) suitable.push_back(scenario);
    }
    if (is_whole_campaign() || (many && GetParam() == "roomy")) return suitable;
    const std::size_t first = GetParam().size() % suitable.size();
    if (!many || GetParam() != "full") return {suitable[first]};
    std::vector<WriteScenario> some;
    for (std::size_t i = first; i < suitable.size(); i += 4) some.push_back(suitable[i]);
    return some;
  }

  /// After the fault: the store opens, has what it had, takes a write and makes up for what was to
  /// be done in the background. `promised`: the write was acknowledged.
  static void expect_recovery(const TemporaryFolder& folder, const WriteScenario& scenario,
                              bool promised) {
    const std::string last = start().removed_after_write + start().removed_at_opening;
    const std::string leftover = folder / ("store/" + last);
    const bool is_to_go = !last.empty() && std::filesystem::exists(leftover);
    ChangeRecorder recorder(folder / "store");
    const LoadedStorage loaded = load(start().request(folder));
    const auto checked = loaded.storage().check();
    ASSERT_TRUE(checked) << checked.error().detail;
    const Seen seen = scenario.look(loaded.storage());
    ASSERT_NE(seen, Seen::kHalf);
    if (promised && scenario.name != "purge_expired") {
      ASSERT_EQ(seen, Seen::kThere);
    }
    ASSERT_TRUE(start().is_intact(loaded.storage(), scenario));
    const auto written = loaded.storage().append_audit({make_audit(1, kNextAudit)});
    ASSERT_TRUE(written) << written.error().detail;
    ASSERT_TRUE(has_audit(loaded.storage(), kNextAudit));
    ASSERT_TRUE(!is_to_go || ChangeRecorder::wait_for_removal(last)) << last << " is still there";
  }

  /// False when there are not so many calls.
  static bool survives_kill(const WriteScenario& scenario, Fault fault, std::uint64_t nth) {
    const TemporaryFolder folder;
    start().copy_to(folder);
    const int code = run_and_die(fault, nth, [&] {
      ChangeRecorder recorder(folder / "store");
      const LoadedStorage loaded = load(start().request(folder));
      StorageErrorCode error{};
      if (!scenario.write(loaded.storage(), error)) std::_Exit(2);
      const std::string& last = start().removed_by(scenario);
      if (!last.empty() && !ChangeRecorder::wait_for_removal(last)) std::_Exit(3);
    });
    EXPECT_TRUE(code == 0 || code == 99) << code;
    if (code == 99) ++kill_points;
    expect_recovery(folder, scenario, code == 0);
    return code == 99;
  }

  void expect_to_survive_kills(Fault fault) {
    for (const WriteScenario& scenario : scenarios(true)) {
      for (std::uint64_t nth = 1; nth < kMostCalls; ++nth) {
        SCOPED_TRACE(scenario.name + ", call " + std::to_string(nth));
        if (!survives_kill(scenario, fault, nth)) break;
        if (HasFailure()) return;
      }
    }
  }

  /// While the store is open: an error says whether the write has happened, and the store goes on.
  static bool survives_error(const WriteScenario& scenario, Fault fault, Calls calls,
                             std::uint64_t nth, int error) {
    const TemporaryFolder folder;
    start().copy_to(folder);
    bool happened = false;
    bool done = false;
    {
      ChangeRecorder recorder(folder / "store");
      const LoadedStorage loaded = load(start().request(folder));
      if (calls != Calls::kOpens) {
        EXPECT_TRUE(loaded.storage().check());
      }
      arm_fault(fault, nth, error, calls);
      StorageErrorCode code{};
      done = scenario.write(loaded.storage(), code);
      const std::string& last = start().removed_after_write;
      if (done && last == start().removed_by(scenario) && !last.empty()) {
        EXPECT_TRUE(ChangeRecorder::wait_for_removal(last));
      }
      happened = fault_happened();
      disarm_fault();
      const Seen seen = scenario.look(loaded.storage());
      EXPECT_NE(seen, Seen::kHalf);
      if (!done) {
        EXPECT_TRUE(code == StorageErrorCode::kUnavailable ||
                    code == StorageErrorCode::kOutcomeUnknown)
            << static_cast<int>(code);
        if (code == StorageErrorCode::kUnavailable) {
          EXPECT_EQ(seen, Seen::kNotThere);
        }
      } else if (scenario.name != "purge_expired") {
        EXPECT_EQ(seen, Seen::kThere);
      }
      EXPECT_TRUE(start().is_intact(loaded.storage(), scenario));
      // The store goes on as soon as the disk does.
      const auto written = loaded.storage().append_audit({make_audit(1, kNextAudit - 1)});
      EXPECT_TRUE(written) << written.error().detail;
    }
    if (happened) ++failing_calls;
    expect_recovery(folder, scenario, done);
    return happened;
  }

  void expect_to_survive_errors(Fault fault, int error, Calls calls = Calls::kChanging) {
    for (const WriteScenario& scenario : scenarios(error == EIO || error == ENOSPC)) {
      for (std::uint64_t nth = 1; nth < kMostCalls; ++nth) {
        SCOPED_TRACE(scenario.name + ", call " + std::to_string(nth));
        if (!survives_error(scenario, fault, calls, nth, error)) break;
        if (HasFailure()) return;
      }
    }
  }

  static inline std::size_t kill_points = 0;
  static inline std::size_t failing_calls = 0;
};

class FlatfileKill : public EveryCall {};
TEST_P(FlatfileKill, AtEveryCall) { expect_to_survive_kills(Fault::kKill); }
TEST_P(FlatfileKill, InsideEveryWrite) { expect_to_survive_kills(Fault::kKillInside); }

class FlatfileFailingCall : public EveryCall {};
TEST_P(FlatfileFailingCall, FullDisk) { expect_to_survive_errors(Fault::kError, ENOSPC); }
TEST_P(FlatfileFailingCall, FailingDisk) { expect_to_survive_errors(Fault::kError, EIO); }
TEST_P(FlatfileFailingCall, ShortWrite) { expect_to_survive_errors(Fault::kShortWrite, ENOSPC); }
TEST_P(FlatfileFailingCall, Quota) { expect_to_survive_errors(Fault::kShortWrite, EDQUOT); }
TEST_P(FlatfileFailingCall, Interrupted) { expect_to_survive_errors(Fault::kError, EINTR); }
TEST_P(FlatfileFailingCall, TooManyFiles) {
  expect_to_survive_errors(Fault::kError, EMFILE, Calls::kOpens);
}

const auto kAll = ::testing::ValuesIn(start_state_names());
const auto kName = [](const auto& instance) { return instance.param; };
INSTANTIATE_TEST_SUITE_P(From, FlatfileKill, kAll, kName);
INSTANTIATE_TEST_SUITE_P(From, FlatfileFailingCall, kAll, kName);

}  // namespace
}  // namespace masterkey2::testing
