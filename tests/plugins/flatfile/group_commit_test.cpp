// Threads that write at the same time: one does the work of all, and each gets its own answer.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "plugins/flatfile/fault_layer.hpp"
#include "plugins/flatfile/scenario.hpp"
#include "plugins/flatfile/store_files.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::uint64_t kThreads = 8;
/// Of the group; another one for who came before it was complete.
constexpr std::uint64_t kMostSyncs = 2;
constexpr pid_t kEnded = -1;

bool is_asleep(pid_t thread) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string text;
  std::getline(stat, text);
  const std::size_t name_end = text.rfind(')');
  return name_end != std::string::npos && text.compare(name_end + 2, 1, "S") == 0;
}

class FlatfileGroup : public ::testing::Test {
 protected:
  explicit FlatfileGroup(const std::string& lock_timeout_ms = "3000")
      : request_(flatfile_request(folder_ / "store")) {
    request_.options["lock_timeout_ms"] = lock_timeout_ms;
    loaded_.emplace(load(request_));
    prepare_scenarios(storage());
    lock_ = ::open((folder_ / "store/lock").c_str(), O_RDWR | O_CLOEXEC);
    EXPECT_EQ(::flock(lock_, LOCK_EX), 0);
  }
  ~FlatfileGroup() override {
    disarm_fault();
    ::close(lock_);
  }
  [[nodiscard]] Storage& storage() const { return loaded_->storage(); }
  [[nodiscard]] static bool is_user_there(Storage& storage, std::uint64_t number) {
    return storage.find_user(id_of<TenantId>(1), "user-" + std::to_string(number), false)
        ->user.has_value();
  }

  /// Runs `write(i)` in thread i, i from 0. None gets far before all of them wait, and then
  /// `all_wait` runs.
  static void run(const std::function<void(std::uint64_t)>& write,
                  const std::function<void()>& all_wait) {
    std::array<std::atomic<pid_t>, kThreads> begun{};
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        begun.at(i) = ::gettid();
        write(i);
        begun.at(i) = kEnded;
      });
    }
    for (const auto& thread : begun) {
      while (thread != kEnded && (thread == 0 || !is_asleep(thread))) std::this_thread::yield();
    }
    all_wait();
    for (std::thread& thread : threads) thread.join();
  }
  void let_go() const { EXPECT_EQ(::flock(lock_, LOCK_UN), 0); }

  const TemporaryFolder folder_;
  PluginRequest request_;
  std::optional<LoadedStorage> loaded_;
  int lock_ = -1;
};

TEST_F(FlatfileGroup, IsSyncedOnce) {
  arm_fault(Fault::kNone, 0, 0, Calls::kSyncs);
  std::array<bool, kThreads> stored{};
  run(
      [&](std::uint64_t i) {
        stored.at(i) = storage().put_user(make_put_user(1, 10 + i)).has_value();
      },
      [&] { let_go(); });
  EXPECT_LE(calls_counted(), kMostSyncs);
  EXPECT_THAT(stored, ::testing::Each(true));
  const LoadedStorage again = load(request_);
  for (std::uint64_t i = 0; i < kThreads; ++i)
    EXPECT_TRUE(is_user_there(again.storage(), 10 + i)) << i;
}

TEST_F(FlatfileGroup, P9GivesEachItsOwnAnswer) {
  // Those of even number make one and the same user; the last one asks for what cannot be.
  std::array<std::optional<StorageResult<PutUserResult>>, kThreads> answers;
  run(
      [&](std::uint64_t i) {
        PutUser put = make_put_user(1, i % 2 == 0 ? 10 : 10 + i);
        if (i == kThreads - 1) put.guard.epoch = 77;
        answers.at(i).emplace(storage().put_user(put));
      },
      [&] { let_go(); });
  for (std::uint64_t i = 0; i < kThreads; ++i) {
    ASSERT_TRUE(*answers.at(i)) << i;
    const bool refused = i == kThreads - 1;
    EXPECT_EQ((*answers.at(i))->outcome == Outcome::kDone, !refused) << i;
    EXPECT_EQ(is_user_there(storage(), i % 2 == 0 ? 10 : 10 + i), !refused) << i;
  }
}

TEST_F(FlatfileGroup, P11IsOfUnknownOutcomeAltogetherIfItsSyncFails) {
  arm_sync_fault(1, EIO);
  std::array<std::optional<StorageErrorCode>, kThreads> codes;
  run(
      [&](std::uint64_t i) {
        const auto put = storage().put_user(make_put_user(1, 10 + i));
        if (!put) codes.at(i) = put.error().code;
      },
      [&] { let_go(); });
  EXPECT_TRUE(fault_happened());
  // Who came too late for the group is in the next segment.
  EXPECT_GE(std::ranges::count(codes, StorageErrorCode::kOutcomeUnknown),
            static_cast<std::ptrdiff_t>(kThreads) - 1);
  disarm_fault();
  EXPECT_TRUE(storage().put_user(make_put_user(1, 30)));
}

class FlatfileGroupInVain : public FlatfileGroup {
 protected:
  FlatfileGroupInVain() : FlatfileGroup("50") {}
};

TEST_F(FlatfileGroupInVain, P10EachGivesUpWhenItHasWaitedLongEnough) {
  std::array<std::optional<StorageErrorCode>, kThreads> codes;
  run(
      [&](std::uint64_t i) {
        const auto put = storage().put_user(make_put_user(1, 10 + i));
        if (!put) codes.at(i) = put.error().code;
      },
      [] {});
  EXPECT_THAT(codes, ::testing::Each(std::optional(StorageErrorCode::kUnavailable)));
  let_go();
  EXPECT_FALSE(is_user_there(storage(), 10));
  EXPECT_TRUE(storage().put_user(make_put_user(1, 30)));
}

}  // namespace
}  // namespace masterkey2::testing
