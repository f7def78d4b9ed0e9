#include "service/rate_limiter.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace masterkey2 {
namespace {

constexpr UnixMillis kNow = 1'800'000'000'000;

RateLimits limits(std::uint32_t count) {
  RateLimits limits;
  for (RateLimit& limit : limits.by_kind) limit = {.count = count, .period = 60'000};
  return limits;
}

class RateLimiterTest : public ::testing::Test {
 protected:
  static RateLimiter make(std::uint32_t count) {
    return {SharedCells::in_memory(system_random()), limits(count)};
  }
  static bool take(RateLimiter& limiter, std::string_view subject, UnixMillis now = kNow,
                   LimitKind kind = LimitKind::kToken) {
    return !limiter.take(kind, as_bytes(subject), now);
  }
  SharedCells open() {
    auto cells = SharedCells::open(path_, system_random());
    EXPECT_TRUE(cells) << (cells ? "" : cells.error());
    return std::move(*cells);
  }

  testing::TemporaryFolder folder_;
  const std::string path_ = folder_ / "rate_limits";
};

TEST_F(RateLimiterTest, LetsSoManyThroughAndOneMoreAfterItsShareOfThePeriod) {
  RateLimiter limiter = make(10);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(take(limiter, "a")) << i;
  EXPECT_EQ(limiter.take(LimitKind::kToken, as_bytes("a"), kNow), 7);  // 6 s, rounded up
  EXPECT_FALSE(take(limiter, "a", kNow + 5'999));
  EXPECT_TRUE(take(limiter, "a", kNow + 6'000));
  EXPECT_FALSE(take(limiter, "a", kNow + 6'000));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(take(limiter, "a", kNow + 200'000)) << i;
}

TEST_F(RateLimiterTest, CountsSubjectsAndKindsApart) {
  RateLimiter limiter = make(1);
  EXPECT_TRUE(take(limiter, "a"));
  EXPECT_TRUE(take(limiter, "b"));
  EXPECT_TRUE(take(limiter, "a", kNow, LimitKind::kAddress));
  EXPECT_FALSE(take(limiter, "a"));
  EXPECT_FALSE(take(limiter, "a"));
  EXPECT_EQ(limiter.refused(LimitKind::kToken), 2U);
  EXPECT_EQ(limiter.refused(LimitKind::kAddress), 0U);
}

TEST_F(RateLimiterTest, ZeroIsNoLimit) {
  RateLimiter limiter = make(0);
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(take(limiter, "a"));
}

TEST_F(RateLimiterTest, AClockThatWasSetBackLocksNobodyOut) {
  RateLimiter limiter = make(1);
  EXPECT_TRUE(take(limiter, "a"));
  EXPECT_TRUE(take(limiter, "a", kNow - 3'600'000));
}

TEST_F(RateLimiterTest, ManySubjectsHardlyEverUseUpTheShareOfANewOne) {
  RateLimiter limiter = make(1);
  int refused = 0;
  for (int i = 0; i < 300'000; ++i) refused += take(limiter, std::to_string(i), kNow + i) ? 0 : 1;
  EXPECT_LT(refused, 150);  // two subjects of one row share a cell in 1 of 65,536 cases
}

TEST_F(RateLimiterTest, IsExactUnderThreads) {
  RateLimiter limiter = make(1'000);
  std::atomic<int> granted = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) granted += take(limiter, "a") ? 1 : 0;
    });
  }
  threads.clear();
  EXPECT_EQ(granted, 1'000);
}

TEST_F(RateLimiterTest, ProcessesShareTheFile) {
  RateLimiter limiter(open(), limits(1'000));
  std::vector<pid_t> children;
  for (int c = 0; c < 4; ++c) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      RateLimiter mine(SharedCells::open(path_, system_random()).value(), limits(1'000));
      int granted = 0;
      for (int i = 0; i < 400; ++i) granted += take(mine, "a") ? 1 : 0;
      ::_exit(granted / 2);
    }
    children.push_back(child);
  }
  int granted = 0;
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    granted += WEXITSTATUS(status) * 2;
  }
  EXPECT_GE(granted, 1'000 - 8);  // halves are cut off
  EXPECT_LE(granted, 1'000);
  EXPECT_FALSE(take(limiter, "a"));
}

TEST_F(RateLimiterTest, ALostOrDamagedFileMeansFreshLimits) {
  {
    RateLimiter limiter(open(), limits(1));
    EXPECT_TRUE(take(limiter, "a"));
    RateLimiter again(open(), limits(1));
    EXPECT_FALSE(take(again, "a"));
  }
  ASSERT_EQ(::truncate(path_.c_str(), 100), 0);
  RateLimiter limiter(open(), limits(1));
  EXPECT_TRUE(take(limiter, "a"));
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  RateLimiter other(open(), limits(1));
  EXPECT_TRUE(take(other, "a"));
}

TEST_F(RateLimiterTest, RefusesAFileThatOthersMayTouch) {
  { const SharedCells cells = open(); }
  ASSERT_EQ(::chmod(path_.c_str(), 0660), 0);
  EXPECT_FALSE(SharedCells::open(path_, system_random()));
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  const std::string link = folder_ / "link";
  ASSERT_EQ(::symlink(path_.c_str(), link.c_str()), 0);
  EXPECT_FALSE(SharedCells::open(link, system_random()));
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_FALSE(SharedCells::open(pipe, system_random()));
  EXPECT_FALSE(SharedCells::open(folder_ / "none/file", system_random()));
}

TEST(AddressSubject, IsTheNetworkOfAnIpv6Address) {
  EXPECT_EQ(address_subject("2001:db8:1:2::3"), address_subject("2001:db8:1:2:ffff::9"));
  EXPECT_NE(address_subject("2001:db8:1:2::3"), address_subject("2001:db8:1:3::3"));
  EXPECT_EQ(address_subject("::ffff:192.0.2.7"), address_subject("192.0.2.7"));
  EXPECT_NE(address_subject("192.0.2.7"), address_subject("192.0.2.8"));
  EXPECT_NE(address_subject(""), address_subject("unix:"));
}

}  // namespace
}  // namespace masterkey2
