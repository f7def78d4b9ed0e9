// What every write does when a system call of it fails, or the process dies at it.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "plugins/backend.hpp"
#include "plugins/flatfile/fault_layer.hpp"
#include "plugins/flatfile/scenario.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {
namespace {

/// A segment has room left, or the write that comes fills it, so that it also seals the segment,
/// begins the next one and has a snapshot made.
constexpr const char* kRoomy = "67108864";
constexpr const char* kFull = "4096";

PluginRequest request_for(const std::string& folder, const std::string& segment_bytes) {
  PluginRequest request = Backend::chosen().request(folder);
  request.options["path"] = folder + "/store";
  request.options["segment_bytes"] = segment_bytes;
  request.options["keep_superseded_s"] = "0";
  return request;
}

/// Made once, copied for each case.
class PreparedStore {
 public:
  explicit PreparedStore(const std::string& segment_bytes) : segment_bytes_(segment_bytes) {
    prepare_scenarios(load(request_for(folder_.path(), kRoomy)).storage());
  }
  void copy_to(const std::string& folder) const {
    std::filesystem::copy(folder_.path() + "/store", folder + "/store",
                          std::filesystem::copy_options::recursive);
    std::filesystem::permissions(folder + "/store", std::filesystem::perms::owner_all);
  }
  [[nodiscard]] const std::string& segment_bytes() const { return segment_bytes_; }

 private:
  TemporaryFolder folder_;
  std::string segment_bytes_;
};

/// Writes with the `nth` call going wrong; false when there are not so many calls.
bool run_error_case(const PreparedStore& prepared, const WriteScenario& scenario, Fault fault,
                    std::uint64_t nth, int error) {
  const TemporaryFolder folder;
  prepared.copy_to(folder.path());
  const PluginRequest request = request_for(folder.path(), prepared.segment_bytes());
  bool happened = false;
  {
    const LoadedStorage loaded = load(request);
    EXPECT_TRUE(loaded.storage().check());
    StorageErrorCode code{};
    arm_fault(fault, nth, error);
    const bool done = scenario.write(loaded.storage(), code);
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
    EXPECT_TRUE(is_prepared_state_there(loaded.storage(), scenario.name));
    // The store goes on as soon as the disk does.
    Guard guard = make_guard(1);
    if (scenario.name != "erase_tenant" || seen == Seen::kNotThere) {
      const Bytes key = {1};
      const auto put = loaded.storage().put_ephemeral(guard, key, 0, key, kLater);
      EXPECT_TRUE(put) << put.error().detail;
    }
  }
  const LoadedStorage again = load(request);
  EXPECT_TRUE(again.storage().check());
  EXPECT_NE(scenario.look(again.storage()), Seen::kHalf);
  EXPECT_TRUE(is_prepared_state_there(again.storage(), scenario.name));
  return happened;
}

void run_error_cases(const std::string& segment_bytes, Fault fault, int error) {
  const PreparedStore prepared(segment_bytes);
  std::uint64_t cases = 0;
  for (const WriteScenario& scenario : write_scenarios()) {
    for (std::uint64_t nth = 1; nth < 100; ++nth, ++cases) {
      SCOPED_TRACE(scenario.name + ", call " + std::to_string(nth));
      if (!run_error_case(prepared, scenario, fault, nth, error)) break;
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(cases, write_scenarios().size());
  ::testing::Test::RecordProperty("cases", static_cast<int>(cases));
}

TEST(FlatfileFault, FullDiskLeavesTheOldStateIntact) {
  run_error_cases(kRoomy, Fault::kError, ENOSPC);
}
TEST(FlatfileFault, FullDiskWhileSealingLeavesTheOldStateIntact) {
  run_error_cases(kFull, Fault::kError, ENOSPC);
}
TEST(FlatfileFault, FailingDiskLeavesTheOldStateIntact) {
  run_error_cases(kRoomy, Fault::kError, EIO);
}
TEST(FlatfileFault, FailingDiskWhileSealingLeavesTheOldStateIntact) {
  run_error_cases(kFull, Fault::kError, EIO);
}
TEST(FlatfileFault, ShortWriteLeavesTheOldStateIntact) {
  run_error_cases(kRoomy, Fault::kShortWrite, ENOSPC);
}
TEST(FlatfileFault, ShortWriteWhileSealingLeavesTheOldStateIntact) {
  run_error_cases(kFull, Fault::kShortWrite, EDQUOT);
}

TEST(FlatfileFault, InterruptedWriteGoesOn) {
  const TemporaryFolder folder;
  const LoadedStorage loaded = load(request_for(folder.path(), kRoomy));
  prepare_scenarios(loaded.storage());
  arm_fault(Fault::kError, 1, EINTR);
  const auto put = loaded.storage().put_user(make_put_user(1, 3));
  EXPECT_TRUE(fault_happened());
  EXPECT_TRUE(put);
}

TEST(FlatfileFault, FailedSyncIsNotRetriedAndItsCommitIsOfUnknownOutcome) {
  const TemporaryFolder folder;
  const PluginRequest request = request_for(folder.path(), kRoomy);
  const LoadedStorage loaded = load(request);
  prepare_scenarios(loaded.storage());
  arm_sync_fault(1, EIO);
  const auto put = loaded.storage().put_user(make_put_user(1, 3));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, StorageErrorCode::kOutcomeUnknown);
  EXPECT_EQ(calls_counted(), 1U);
  disarm_fault();
  // The next one does not trust the segment: a snapshot takes its place.
  ASSERT_TRUE(loaded.storage().put_user(make_put_user(1, 4)));
  EXPECT_TRUE(std::filesystem::exists(request.options.at("path") + "/snapshot-0000000000000001"));
  EXPECT_TRUE(std::filesystem::exists(request.options.at("path") + "/log-0000000000000002"));
  // The segment is not needed any more.
  std::filesystem::remove(request.options.at("path") + "/log-0000000000000001");
  const LoadedStorage again = load(request);
  EXPECT_TRUE(is_prepared_state_there(again.storage(), "put_user"));
  EXPECT_TRUE(again.storage().find_user(id_of<TenantId>(1), "user-4", false)->user);
}

TEST(FlatfileFault, FailedSyncIsRememberedByOtherProcesses) {
  const TemporaryFolder folder;
  const PluginRequest request = request_for(folder.path(), kRoomy);
  {
    const LoadedStorage loaded = load(request);
    prepare_scenarios(loaded.storage());
    arm_sync_fault(1, EIO);
    ASSERT_FALSE(loaded.storage().put_user(make_put_user(1, 3)));
    disarm_fault();
  }
  const LoadedStorage other = load(request);
  ASSERT_TRUE(other.storage().put_user(make_put_user(1, 4)));
  EXPECT_TRUE(std::filesystem::exists(request.options.at("path") + "/snapshot-0000000000000001"));
}

TEST(FlatfileFault, WhileTheDiskFailsEverySyncNothingIsAcknowledged) {
  const TemporaryFolder folder;
  const LoadedStorage loaded = load(request_for(folder.path(), kRoomy));
  prepare_scenarios(loaded.storage());
  for (std::uint64_t number = 3; number < 8; ++number) {
    arm_fault(Fault::kError, 2, EIO);  // after the append: the sync, or what the recovery does
    EXPECT_FALSE(loaded.storage().put_user(make_put_user(1, number)));
  }
  disarm_fault();
  EXPECT_TRUE(loaded.storage().put_user(make_put_user(1, 9)));
  EXPECT_TRUE(is_prepared_state_there(loaded.storage(), "put_user"));
}

/// A child writes and dies at its `nth` call; false when it got through.
bool run_kill_case(const PreparedStore& prepared, const WriteScenario& scenario, Fault fault,
                   std::uint64_t nth) {
  const TemporaryFolder folder;
  prepared.copy_to(folder.path());
  const PluginRequest request = request_for(folder.path(), prepared.segment_bytes());
  const pid_t child = ::fork();
  if (child == 0) {
    {
      const LoadedStorage loaded = load(request);
      (void)loaded.storage().check();
      StorageErrorCode code{};
      arm_fault(fault, nth);
      const bool done = scenario.write(loaded.storage(), code);
      if (!done) ::_exit(2);
      if (fault_happened()) ::pause();  // another thread is at its call and ends us
    }  // a snapshot may be on its way: it is stopped, and may die there
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  const int code = WEXITSTATUS(status);
  EXPECT_TRUE(code == 0 || code == 99) << code;

  const LoadedStorage loaded = load(request);
  const auto checked = loaded.storage().check();
  EXPECT_TRUE(checked) << checked.error().detail;
  if (!checked) return false;
  const Seen seen = scenario.look(loaded.storage());
  EXPECT_NE(seen, Seen::kHalf);
  if (code == 0 && scenario.name != "purge_expired") {
    EXPECT_EQ(seen, Seen::kThere);
  }
  EXPECT_TRUE(is_prepared_state_there(loaded.storage(), scenario.name));
  if (scenario.name != "erase_tenant") {
    const Bytes key = {1};
    const auto put = loaded.storage().put_ephemeral(make_guard(1), key, 0, key, kLater);
    EXPECT_TRUE(put) << put.error().detail;
  }
  return code == 99;
}

void run_kill_cases(const std::string& segment_bytes, Fault fault) {
  const PreparedStore prepared(segment_bytes);
  std::uint64_t cases = 0;
  for (const WriteScenario& scenario : write_scenarios()) {
    for (std::uint64_t nth = 1; nth < 100; ++nth, ++cases) {
      SCOPED_TRACE(scenario.name + ", call " + std::to_string(nth));
      if (!run_kill_case(prepared, scenario, fault, nth)) break;
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(cases, write_scenarios().size());
  ::testing::Test::RecordProperty("cases", static_cast<int>(cases));
}

TEST(FlatfileKill, AtEveryCall) { run_kill_cases(kRoomy, Fault::kKill); }
TEST(FlatfileKill, AtEveryCallWhileSealing) { run_kill_cases(kFull, Fault::kKill); }
TEST(FlatfileKill, InsideEveryWrite) { run_kill_cases(kRoomy, Fault::kKillInside); }
TEST(FlatfileKill, InsideEveryWriteWhileSealing) { run_kill_cases(kFull, Fault::kKillInside); }

TEST(FlatfileKill, InitializeAtEveryCall) {
  for (std::uint64_t nth = 1; nth < 100; ++nth) {
    SCOPED_TRACE(nth);
    const TemporaryFolder folder;
    const PluginRequest request = request_for(folder.path(), kRoomy);
    const pid_t child = ::fork();
    if (child == 0) {
      const LoadedStorage loaded = load(request);
      arm_fault(Fault::kKillInside, nth);
      (void)loaded.storage().initialize(make_installation());
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    const LoadedStorage loaded = load(request);
    const auto again = loaded.storage().initialize(make_installation());
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_TRUE(loaded.storage().check());
    EXPECT_EQ(loaded.storage().read_installation()->id, make_installation().id);
    if (WEXITSTATUS(status) == 0) {
      EXPECT_EQ(*again, Outcome::kAlreadyExists);
      EXPECT_GT(nth, 5U);
      return;
    }
  }
}

}  // namespace
}  // namespace masterkey2::testing
