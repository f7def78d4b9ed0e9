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

/// At once, by a compound statement, and step by step.
class SignInFaults : public Faults, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    Faults::SetUp();
    open({{"compound_statements", GetParam() ? "yes" : "no"}});
    ASSERT_THAT(sign_in(0), Answers(Outcome::kDone));  // connected, and its statements prepared
  }
  /// What commits the next sign-in is cut.
  void cut_sign_in(Cut cut) {
    if (GetParam()) {
      proxy().cut_command(1, cut);
    } else {
      proxy().cut_commit(cut);
    }
  }
  /// kUnavailable; or, where one statement does it all, kOutcomeUnknown: it may yet be carried out.
  void expect_no_answer(std::uint64_t number) {
    const auto start = steady_clock::now();
    const auto answer = sign_in(number);
    EXPECT_LE(steady_clock::now() - start, std::chrono::milliseconds(3000));
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().code == StorageErrorCode::kUnavailable ||
                (GetParam() && answer.error().code == StorageErrorCode::kOutcomeUnknown))
        << answer.error().detail;
  }
  void expect_once(std::uint64_t number) {
    EXPECT_THAT(sign_in(number), Answers(Outcome::kClaimTaken));
    EXPECT_EQ(rows_of("claims WHERE kind = 1"), 2U);
    EXPECT_EQ(rows_of("audit WHERE sequence = " + std::to_string(audit_of(number))), 1U);
  }
  [[nodiscard]] static std::uint64_t audit_of(std::uint64_t number) {
    return make_sign_in(1, 1, 1, 10'000 + number, 1000 + number).audit.sequence;
  }
};
INSTANTIATE_TEST_SUITE_P(SignIns, SignInFaults, ::testing::Bool(), [](const auto& chosen) {
  return std::string(chosen.param ? "AtOnce" : "StepByStep");
});

TEST_P(SignInFaults, CommitNeverArrived) {
  cut_sign_in(Cut::kBefore);
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
  expect_once(1);
}

TEST_P(SignInFaults, CommitWasCarriedOutUnheard) {
  cut_sign_in(Cut::kAfter);
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
  expect_once(1);
}

TEST_P(SignInFaults, RefusalsAreToldApart) {
  EXPECT_THAT(sign_in(0), Answers(Outcome::kClaimTaken));
  CommitSignIn changed = make_sign_in(1, 1, 1, 10'001, 1001);
  changed.update = CredentialUpdate{.expected_version = 7};
  EXPECT_THAT(storage().commit_sign_in(changed), Answers(Outcome::kVersionChanged));
  CommitSignIn other = make_sign_in(1, 1, 1, 10'001, 1001);
  other.guard.epoch = 99;
  EXPECT_THAT(storage().commit_sign_in(other), Answers(Outcome::kEpochChanged));
  EXPECT_THAT(storage().commit_sign_in(make_sign_in(1, 1, 2, 10'001, 1001)),
              Answers(Outcome::kNotFound));
  EXPECT_THAT(storage().set_user_enabled(make_guard(1), make_user(1).external_id, false,
                                         make_audit(1, 800'000)),
              Answers(Outcome::kDone));
  EXPECT_THAT(sign_in(1), Answers(Outcome::kUserDisabled));
  EXPECT_EQ(rows_of("claims WHERE kind = 1"), 1U);
}

TEST_P(SignInFaults, CutAtAnyCommandHappensOnceOrNotAtAll) {
  std::uint64_t number = 100;
  for (const Cut cut : {Cut::kBefore, Cut::kAfter}) {
    for (std::uint64_t command = 1; command <= 8; ++command, ++number) {
      open({{"compound_statements", GetParam() ? "yes" : "no"}});  // connects within the call
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

TEST_P(SignInFaults, FrozenServerFailsInTimeForAllThreads) {
  shared_server().freeze();
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 24; ++i) {
    threads.emplace_back([this, i] { expect_no_answer(10 + i); });
  }
  for (std::thread& thread : threads) thread.join();
  shared_server().thaw();
  expect_back();
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
}

TEST_P(SignInFaults, ServerThatIsTooSlowFailsInTimeAndNothingHappensTwice) {
  for (const int milliseconds : {700, 2'500, 30'000}) {
    if (GetParam() && milliseconds == 700) continue;  // one statement is in time
    SCOPED_TRACE(milliseconds);
    proxy().set_delay(std::chrono::milliseconds(milliseconds));
    const auto number = static_cast<std::uint64_t>(milliseconds);
    expect_no_answer(number);
    proxy().set_delay({});
    expect_back();
    const auto again = sign_in(number);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_TRUE(*again == Outcome::kDone || (GetParam() && *again == Outcome::kClaimTaken));
    EXPECT_THAT(sign_in(number), Answers(Outcome::kClaimTaken));
  }
}

/// A statement that is an operation by itself reaches the server long after its connection is lost:
/// who asks then for the audit entry cannot wait for it.
class LateStatements : public Faults {
 protected:
  void SetUp() override {
    Faults::SetUp();
    ASSERT_THAT(sign_in(1), Answers(Outcome::kDone));  // connected, and its statement prepared
    EXPECT_EQ(take(1), TakeOutcome::kTaken);
  }
  [[nodiscard]] TakeOutcome take(std::uint64_t number) {
    const auto taken = storage().take_sign_in(make_take(1, 10'000 + number));
    EXPECT_TRUE(taken);
    return taken ? taken->outcome : TakeOutcome::kNone;
  }
  void disable_user() const { execute("UPDATE " + database() + ".users SET enabled = 0"); }
  [[nodiscard]] std::uint64_t sign_ins() const { return rows_of("claims WHERE kind = 1"); }
  [[nodiscard]] std::uint64_t takings() const { return rows_of("audit WHERE taking IS NOT NULL"); }
};

TEST_F(LateStatements, SignInThatWasDoneAgainComesToNothing) {
  proxy().cut_command(1, Cut::kDelay);
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
  proxy().release();
  EXPECT_THAT(sign_in(2), Answers(Outcome::kClaimTaken));
  EXPECT_EQ(sign_ins(), 2U);
}

TEST_F(LateStatements, SignInIsNotRefusedForTheSakeOfItself) {
  proxy().cut_command(1, Cut::kDelay);
  proxy().release_before("START TRANSACTION");  // of the second attempt
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
  EXPECT_THAT(sign_in(2), Answers(Outcome::kClaimTaken));
  EXPECT_EQ(sign_ins(), 2U);
}

TEST_F(LateStatements, SignInIsNotRefusedForTheSakeOfItselfAfterASecondLoss) {
  proxy().call_at_delay([this] { proxy().cut_commit(Cut::kBefore); });  // of the second attempt
  proxy().release_before("BEGIN NOT ATOMIC");  // that the third one must not use
  proxy().cut_command(1, Cut::kDelay);
  EXPECT_THAT(sign_in(2), Answers(Outcome::kDone));
  proxy().release();
  EXPECT_THAT(sign_in(2), Answers(Outcome::kClaimTaken));
  EXPECT_EQ(sign_ins(), 2U);
}

TEST_F(LateStatements, SignInThatIsRefusedMeanwhileIsUnknown) {
  proxy().call_at_delay([this] { disable_user(); });
  proxy().cut_command(1, Cut::kDelay);
  EXPECT_THAT(sign_in(2), FailsWith(StorageErrorCode::kOutcomeUnknown));
  proxy().release();
  EXPECT_EQ(sign_ins(), 1U);
}

TEST_F(LateStatements, TakeThatWasDoneAgainComesToNothing) {
  ASSERT_THAT(sign_in(2), Answers(Outcome::kDone));
  proxy().cut_command(2, Cut::kDelay);
  EXPECT_EQ(take(2), TakeOutcome::kTaken);
  proxy().release();
  EXPECT_EQ(take(2), TakeOutcome::kAlreadyTaken);
  EXPECT_EQ(takings(), 2U);
}

TEST_F(LateStatements, TakeIsNotRefusedForTheSakeOfItself) {
  ASSERT_THAT(sign_in(2), Answers(Outcome::kDone));
  proxy().cut_command(2, Cut::kDelay);
  proxy().release_before("LEFT JOIN claims");  // of the second attempt
  EXPECT_EQ(take(2), TakeOutcome::kTaken);
  EXPECT_EQ(take(2), TakeOutcome::kAlreadyTaken);
  EXPECT_EQ(takings(), 2U);
}

TEST_F(LateStatements, TakeThatIsRefusedMeanwhileIsUnknown) {
  ASSERT_THAT(sign_in(2), Answers(Outcome::kDone));
  proxy().call_at_delay([this] { disable_user(); });
  proxy().cut_command(2, Cut::kDelay);
  EXPECT_THAT(storage().take_sign_in(make_take(1, 10'002)),
              FailsWith(StorageErrorCode::kOutcomeUnknown));
  proxy().release();
  EXPECT_EQ(takings(), 1U);
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

TEST_F(Faults, SlowServerIsWaitedFor) {
  EXPECT_TRUE(storage().find_tenant(id_of<TenantId>(1)));
  proxy().set_delay(std::chrono::milliseconds(100));
  EXPECT_THAT(sign_in(1), Answers(Outcome::kDone));
  EXPECT_TRUE(storage().find_tenant(id_of<TenantId>(1)));
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
