// Another process that holds the lock and does not let go.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>

#include "plugins/flatfile/scenario.hpp"
#include "plugins/flatfile/store_files.hpp"

namespace masterkey2::testing {
namespace {

class FlatfileLock : public ::testing::Test {
 protected:
  FlatfileLock() : loaded_(load(request())) {
    prepare_scenarios(loaded_.storage());
    lock_ = ::open((folder_ / "store/lock").c_str(), O_RDWR | O_CLOEXEC);
    EXPECT_EQ(::flock(lock_, LOCK_EX), 0);
  }
  ~FlatfileLock() override { ::close(lock_); }
  [[nodiscard]] PluginRequest request() const {
    PluginRequest request = flatfile_request(folder_ / "store");
    request.options["lock_timeout_ms"] = "50";
    return request;
  }

  const TemporaryFolder folder_;
  LoadedStorage loaded_;
  int lock_ = -1;
};

TEST_F(FlatfileLock, P10WriteGivesUpInTimeAndHasChangedNothing) {
  const auto start = std::chrono::steady_clock::now();
  const auto put = loaded_.storage().put_user(make_put_user(1, 3));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, StorageErrorCode::kUnavailable);
  EXPECT_THAT(put.error().detail, ::testing::HasSubstr("another process holds it"));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(50));
  EXPECT_FALSE(loaded_.storage().find_user(id_of<TenantId>(1), "user-3", false)->user);
}

TEST_F(FlatfileLock, ReadsGoOn) {
  EXPECT_TRUE(loaded_.storage().find_user(id_of<TenantId>(1), "user-1", true)->user);
  const LoadedStorage other = load(request());
  EXPECT_TRUE(other.storage().check());
}

TEST_F(FlatfileLock, WritesGoOnWhenItIsLetGo) {
  ASSERT_FALSE(loaded_.storage().put_user(make_put_user(1, 3)));
  ASSERT_EQ(::flock(lock_, LOCK_UN), 0);
  EXPECT_TRUE(loaded_.storage().put_user(make_put_user(1, 3)));
}

}  // namespace
}  // namespace masterkey2::testing
