// Connections cut around COMMIT, servers that stop, freeze and come back.
#include <chrono>
#include <thread>
#include <vector>

#include "plugins/mysql/mysql_test.hpp"

namespace masterkey2::testing {
namespace {

using Cut = MysqlProxy::Cut;
using std::chrono::steady_clock;

class Faults : public MysqlTest {
 protected:
  void SetUp() override { fill(); }
  void TearDown() override { shared_server().thaw(); }

  [[nodiscard]] StorageResult<Outcome> sign_in(std::uint64_t number) {
    return storage().commit_sign_in(make_sign_in(1, 1, 1, 10'000 + number, 1000 + number));
  }
  /// `work` fails with kUnavailable, in time.
  template <class Work>
  void expect_unavailable(Work&& work) {
    const auto start = steady_clock::now();
    EXPECT_THAT(work(), FailsWith(StorageErrorCode::kUnavailable));
    EXPECT_LE(steady_clock::now() - start, std::chrono::milliseconds(3000));
  }
  /// The store serves again within 2 s from now.
  void expect_back() {
    const auto deadline = steady_clock::now() + std::chrono::seconds(2);
    while (!storage().check() && steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_TRUE(storage().check());
  }
};

TEST_F(Faults, SignInWhoseCommitNeverArrivedHappensOnce) {
  proxy().cut_commit(Cut::kBefore);
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
  EXPECT_THAT(sign_in(1), Answers(Outcome::kClaimTaken));
  EXPECT_EQ(rows_of("claims WHERE kind = 1"), 1U);
}

TEST_F(Faults, SignInWhoseCommitWasCarriedOutUnheardHappensOnce) {
  proxy().cut_commit(Cut::kAfter);
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
  EXPECT_THAT(sign_in(1), Answers(Outcome::kClaimTaken));
  EXPECT_EQ(rows_of("claims WHERE kind = 1"), 1U);
}

TEST_F(Faults, SignInCutAtAnyCommandHappensOnceOrNotAtAll) {
  std::uint64_t number = 100;
  for (const Cut cut : {Cut::kBefore, Cut::kAfter}) {
    for (std::uint64_t command = 1; command <= 8; ++command, ++number) {
      proxy().cut_command(command, cut);
      const auto answer = sign_in(number);
      proxy().cut_command(0, Cut::kNone);
      const auto again = sign_in(number);
      ASSERT_TRUE(again) << again.error().detail;
      if (answer) {
        EXPECT_EQ(*answer, Outcome::kDone);
        EXPECT_EQ(*again, Outcome::kClaimTaken);
      } else {
        EXPECT_EQ(answer.error().code, StorageErrorCode::kUnavailable) << answer.error().detail;
        EXPECT_EQ(*again, Outcome::kDone);
      }
    }
  }
}

TEST_F(Faults, TakeCutAtAnyCommandHappensOnceOrNotAtAll) {
  std::uint64_t number = 200;
  for (const Cut cut : {Cut::kBefore, Cut::kAfter}) {
    for (std::uint64_t command = 1; command <= 4; ++command, ++number) {
      ASSERT_THAT(sign_in(number), Answers(Outcome::kDone));
      proxy().cut_command(command, cut);
      const auto answer = storage().take_sign_in(make_take(1, 10'000 + number));
      proxy().cut_command(0, Cut::kNone);
      const auto again = storage().take_sign_in(make_take(1, 10'000 + number));
      ASSERT_TRUE(again) << again.error().detail;
      if (answer) {
        EXPECT_EQ(answer->outcome, TakeOutcome::kTaken);
        EXPECT_EQ(again->outcome, TakeOutcome::kAlreadyTaken);
      } else {
        EXPECT_EQ(answer.error().code, StorageErrorCode::kUnavailable) << answer.error().detail;
        EXPECT_EQ(again->outcome, TakeOutcome::kTaken);
      }
    }
  }
}

TEST_F(Faults, WhatCannotBeFoundOutIsSaid) {
  proxy().cut_commit(Cut::kAfter);
  const auto put = [&] {
    return storage().put_ephemeral(make_guard(1), as_bytes("key"), 0, as_bytes("value"), kLater);
  };
  EXPECT_THAT(put(), FailsWith(StorageErrorCode::kOutcomeUnknown));
  EXPECT_THAT(put(), Answers(Outcome::kAlreadyExists));
}

TEST_F(Faults, ConnectionsThatTheServerKilledAreReplaced) {
  ASSERT_THAT(sign_in(1), Answers(Outcome::kDone));
  execute("KILL USER masterkey2@localhost");
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
  EXPECT_THAT(sign_in(1), Answers(Outcome::kClaimTaken));
}

TEST_F(Faults, ServerThatWasRestartedServesAtOnce) {
  ASSERT_THAT(sign_in(1), Answers(Outcome::kDone));
  shared_server().stop();
  shared_server().start();
  EXPECT_THAT(sign_in(1), Answers(Outcome::kClaimTaken));
}

TEST_F(Faults, StoppedServerIsUnavailableAndComesBack) {
  shared_server().stop();
  expect_unavailable([&] { return sign_in(1); });
  expect_unavailable([&] { return storage().find_tenant(id_of<TenantId>(1)); });
  shared_server().start();
  expect_back();
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
}

TEST_F(Faults, KilledServerLosesNothingAcknowledged) {
  ASSERT_THAT(sign_in(1), Answers(Outcome::kDone));
  shared_server().kill();
  expect_unavailable([&] { return sign_in(2); });
  shared_server().start();
  expect_back();
  EXPECT_THAT(sign_in(1), Answers(Outcome::kClaimTaken));
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
}

TEST_F(Faults, FrozenServerIsUnavailableInTimeForAllThreads) {
  ASSERT_THAT(sign_in(1), Answers(Outcome::kDone));
  shared_server().freeze();
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 24; ++i) {
    threads.emplace_back([this, i] { expect_unavailable([&] { return sign_in(10 + i); }); });
  }
  for (std::thread& thread : threads) thread.join();
  shared_server().thaw();
  expect_back();
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
}

TEST_F(Faults, SlowServerIsWaitedFor) {
  EXPECT_TRUE(storage().find_tenant(id_of<TenantId>(1)));
  proxy().set_delay(std::chrono::milliseconds(100));
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
  EXPECT_TRUE(storage().find_tenant(id_of<TenantId>(1)));
}

TEST_F(Faults, ServerThatIsTooSlowIsUnavailableInTimeAndNothingHasHappened) {
  for (const int milliseconds : {700, 2'000, 30'000}) {
    SCOPED_TRACE(milliseconds);
    proxy().set_delay(std::chrono::milliseconds(milliseconds));
    const auto number = static_cast<std::uint64_t>(milliseconds);
    expect_unavailable([&] { return sign_in(number); });
    proxy().set_delay({});
    expect_back();
    EXPECT_THAT(sign_in(number), Answers(Outcome::kDone));
  }
}

TEST_F(Faults, ReadOnlyServerServesReadsAlone) {
  execute("SET GLOBAL read_only = 1");
  EXPECT_THAT(storage().check(), FailsWith(StorageErrorCode::kUnavailable));
  EXPECT_THAT(sign_in(1), FailsWith(StorageErrorCode::kUnavailable));
  EXPECT_TRUE(storage().find_tenant(id_of<TenantId>(1)));
  execute("SET GLOBAL read_only = 0");
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
}

}  // namespace
}  // namespace masterkey2::testing
