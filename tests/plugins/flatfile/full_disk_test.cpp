// A disk that is really full: a file system of a few pages, where root may mount one.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "plugins/flatfile/start_state.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::uint64_t kFirstUser = 3;

/// Skipped where it cannot be mounted. In a mount namespace of its own: gone with the process.
class FlatfileFullDisk : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const bool mounted = ::unshare(CLONE_NEWNS) == 0 &&
                         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         ::mount("none", disk_.path().c_str(), "tmpfs", 0, "size=1m") == 0;
    if (!mounted) GTEST_SKIP() << "no file system can be mounted here";
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) ::umount2(disk_.path().c_str(), MNT_DETACH);
  }

  /// Leaves so many pages free.
  void fill_up(std::size_t pages_left) const {
    const std::size_t free = std::filesystem::space(disk_.path()).available;
    std::ofstream filler(disk_ / "filler", std::ios::binary);
    const std::string page(kPage, 'x');
    for (std::size_t i = pages_left; i < free / kPage; ++i) filler << page;
    filler.flush();
    ASSERT_TRUE(filler) << "the file system is smaller than it says";
  }

  const TemporaryFolder disk_;
  bool mounted_ = false;
};

void expect_users(Storage& storage, std::uint64_t end) {
  for (std::uint64_t number = kFirstUser; number < end; ++number) {
    const auto found = storage.find_user(id_of<TenantId>(1), make_user(number).external_id, false);
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(found->user) << "user " << number << " was acknowledged";
  }
}

TEST_P(FlatfileFullDisk, KeepsWhatWasAcknowledgedAndGoesOnWhenThereIsRoom) {
  for (std::size_t pages_left = 0; pages_left < 12; ++pages_left) {
    SCOPED_TRACE(pages_left);
    const StartState& start = start_state(GetParam());
    start.copy_to(disk_);
    ASSERT_NO_FATAL_FAILURE(fill_up(pages_left));
    std::uint64_t next = kFirstUser;
    {
      const LoadedStorage loaded = load(start.request(disk_));
      for (; next < 1000; ++next) {
        const auto put = loaded.storage().put_user(make_put_user(1, next));
        if (put) continue;
        ASSERT_TRUE(put.error().code == StorageErrorCode::kUnavailable ||
                    put.error().code == StorageErrorCode::kOutcomeUnknown)
            << put.error().detail;
        break;
      }
      ASSERT_LT(next, 1000U) << "the disk never was full";
      ASSERT_NO_FATAL_FAILURE(expect_users(loaded.storage(), next));
    }
    {
      // Read from a full disk; writes still fail, or find the room that a snapshot has made.
      const LoadedStorage loaded = load(start.request(disk_));
      ASSERT_NO_FATAL_FAILURE(expect_users(loaded.storage(), next));
      std::filesystem::remove(disk_ / "filler");
      const auto put = loaded.storage().put_user(make_put_user(1, next));
      ASSERT_TRUE(put) << put.error().detail;
    }
    {
      const LoadedStorage again = load(start.request(disk_));
      ASSERT_TRUE(again.storage().check());
      ASSERT_NO_FATAL_FAILURE(expect_users(again.storage(), next + 1));
      ASSERT_TRUE(is_prepared_state_there(again.storage(), "put_user"));
    }
    std::filesystem::remove_all(disk_ / "store");
  }
}

INSTANTIATE_TEST_SUITE_P(From, FlatfileFullDisk,
                         ::testing::Values("roomy", "full", "snapshot", "suspect_segment"),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace masterkey2::testing
