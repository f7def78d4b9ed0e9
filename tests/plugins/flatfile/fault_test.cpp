// What single writes do when a system call of them fails, or the process dies at it.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "plugins/backend.hpp"
#include "plugins/flatfile/fault_layer.hpp"
#include "plugins/flatfile/scenario.hpp"
#include "plugins/flatfile/store_files.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {
namespace {

PluginRequest request_for(const TemporaryFolder& folder) {
  return flatfile_request(folder / "store", "67108864", "0");
}

TEST(FlatfileFault, InterruptedWriteGoesOn) {
  const TemporaryFolder folder;
  const LoadedStorage loaded = load(request_for(folder));
  prepare_scenarios(loaded.storage());
  arm_fault(Fault::kError, 1, EINTR);
  const auto put = loaded.storage().put_user(make_put_user(1, 3));
  EXPECT_TRUE(fault_happened());
  EXPECT_TRUE(put);
}

TEST(FlatfileFault, FailedSyncIsNotRetriedAndItsCommitIsOfUnknownOutcome) {
  const TemporaryFolder folder;
  const PluginRequest request = request_for(folder);
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
  const PluginRequest request = request_for(folder);
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
  const LoadedStorage loaded = load(request_for(folder));
  prepare_scenarios(loaded.storage());
  for (std::uint64_t number = 3; number < 8; ++number) {
    arm_fault(Fault::kError, 2, EIO);  // after the append: the sync, or what the recovery does
    EXPECT_FALSE(loaded.storage().put_user(make_put_user(1, number)));
  }
  disarm_fault();
  EXPECT_TRUE(loaded.storage().put_user(make_put_user(1, 9)));
  EXPECT_TRUE(is_prepared_state_there(loaded.storage(), "put_user"));
}

TEST(FlatfileKill, InitializeAtEveryCall) {
  for (std::uint64_t nth = 1; nth < 100; ++nth) {
    SCOPED_TRACE(nth);
    const TemporaryFolder folder;
    const PluginRequest request = request_for(folder);
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
