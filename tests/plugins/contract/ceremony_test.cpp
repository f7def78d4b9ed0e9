// commit_registration, commit_sign_in, take_sign_in, confirm_sign_in.
#include "plugins/contract/contract_test.hpp"

namespace masterkey2::testing {
namespace {

class CeremonyContract : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    add_one_of_each();
  }
};

TEST_F(CeremonyContract, P1RegistrationStoresCredentialClaimsAndAuditEntry) {
  const auto view = storage().find_user(id_of<TenantId>(1), "user-1", true);
  ASSERT_TRUE(view);
  ASSERT_EQ(view->credentials.size(), 1U);
  CredentialRecord expected = make_credential(1, 1);
  expected.version = 1;
  EXPECT_EQ(view->credentials[0], expected);
  EXPECT_EQ(audit_count(1), 3U);
}

TEST_F(CeremonyContract, P5RegistrationCeremonyIsUsedOnce) {
  CommitRegistration again = make_registration(1, 1, 2);
  again.ceremony.id = id_of<TokenId>(1);
  EXPECT_THAT(storage().commit_registration(again), Answers(Outcome::kClaimTaken));
}

TEST_F(CeremonyContract, P5UserTokenIsUsedOnce) {
  CommitRegistration again = make_registration(1, 1, 2);
  again.user_token.id = id_of<TokenId>(kUserTokens + 1);
  EXPECT_THAT(storage().commit_registration(again), Answers(Outcome::kTokenUsed));
}

TEST_F(CeremonyContract, P5SignInCeremonyIsUsedOnce) {
  EXPECT_THAT(storage().commit_sign_in(make_sign_in(1, 1, 1, 50, 60)), Answers(Outcome::kDone));
  EXPECT_THAT(storage().commit_sign_in(make_sign_in(1, 1, 1, 50, 60)),
              Answers(Outcome::kClaimTaken));
}

TEST_F(CeremonyContract, P5SignInIsTakenOnce) {
  ASSERT_THAT(storage().commit_sign_in(make_sign_in(1, 1, 1, 50, 60)), Answers(Outcome::kDone));
  const auto first = storage().take_sign_in(make_take(1, 50));
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(first->outcome, TakeOutcome::kTaken);
  EXPECT_EQ(first->sign_in, make_sign_in(1, 1, 1, 50, 60).sign_in);
  ASSERT_TRUE(first->user);
  EXPECT_EQ(first->user->external_id, "user-1");
  const auto second = storage().take_sign_in(make_take(1, 50));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->outcome, TakeOutcome::kAlreadyTaken);
  EXPECT_FALSE(second->sign_in);
}

TEST_F(CeremonyContract, P9RegistrationAnswersInOrder) {
  add_user(1, 2);
  ASSERT_THAT(storage().set_user_enabled(make_guard(1), "user-2", false, make_audit(1, 2)),
              Answers(Outcome::kDone));
  CommitRegistration commit = make_registration(1, 3, 1);  // all wrong at once
  commit.credential.id = make_credential(1, 1).id;
  commit.max_credentials = 1;
  commit.guard.epoch = 7;
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kEpochChanged));
  commit.guard.epoch = 1;
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kClaimTaken));
  commit.ceremony.id = id_of<TokenId>(2);
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kTokenUsed));
  commit.user_token.id = id_of<TokenId>(kUserTokens + 2);
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kUserGone));
  commit.credential.user = id_of<UserHandle>(2);
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kUserDisabled));
  commit.credential.user = id_of<UserHandle>(1);
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kAlreadyExists));
  commit.credential.id = make_credential(1, 2).id;
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kLimitReached));
  commit.max_credentials = 2;
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kDone));
}

TEST_F(CeremonyContract, P1RefusedRegistrationLeavesNoTrace) {
  const std::size_t entries = audit_count(1);
  CommitRegistration commit = make_registration(1, 1, 2);
  commit.max_credentials = 1;
  ASSERT_THAT(storage().commit_registration(commit), Answers(Outcome::kLimitReached));
  EXPECT_EQ(audit_count(1), entries);
  commit.max_credentials = 2;  // neither claim was taken
  EXPECT_THAT(storage().commit_registration(commit), Answers(Outcome::kDone));
}

TEST_F(CeremonyContract, P7ClaimsAreOfOneTenant) {
  add_tenant(2);
  add_user(2, 1);
  EXPECT_THAT(storage().commit_registration(make_registration(2, 1, 1)), Answers(Outcome::kDone));
  EXPECT_THAT(storage().commit_sign_in(make_sign_in(1, 1, 1, 50, 60)), Answers(Outcome::kDone));
  EXPECT_THAT(storage().commit_sign_in(make_sign_in(2, 1, 1, 50, 60)), Answers(Outcome::kDone));
  TakeSignIn foreign = make_take(2, 51);
  EXPECT_EQ(storage().take_sign_in(foreign)->outcome, TakeOutcome::kNone);
}

TEST_F(CeremonyContract, ReadSignInFindsCredentialOwnerAndStanding) {
  const auto view =
      storage().read_sign_in(id_of<TenantId>(1), make_credential(1, 1).id, id_of<TokenId>(60));
  ASSERT_TRUE(view);
  CredentialRecord expected = make_credential(1, 1);
  expected.version = 1;
  EXPECT_EQ(view->credential, expected);
  ASSERT_TRUE(view->user);
  EXPECT_EQ(view->user->external_id, "user-1");
  EXPECT_EQ(view->credential_ids, std::vector<Bytes>{expected.id});
  EXPECT_EQ(view->standing.tenant_generation, 1U);
  EXPECT_TRUE(view->standing.tenant_enabled);
  EXPECT_EQ(view->standing.epoch, 1U);
  EXPECT_FALSE(view->standing.token_revoked);
  const auto unknown =
      storage().read_sign_in(id_of<TenantId>(1), make_credential(1, 2).id, id_of<TokenId>(60));
  EXPECT_FALSE(unknown->credential);
  EXPECT_FALSE(unknown->user);
  const auto nobody =
      storage().read_sign_in(id_of<TenantId>(9), make_credential(1, 1).id, id_of<TokenId>(60));
  EXPECT_FALSE(nobody->credential);
  EXPECT_FALSE(nobody->standing.tenant_enabled);
}

TEST_F(CeremonyContract, SignInUpdatesTheCredentialAtItsVersion) {
  CommitSignIn commit = make_sign_in(1, 1, 1, 50, 60);
  commit.update.emplace();
  commit.update->expected_version = 1;
  commit.update->sign_count = 9;
  commit.update->backup_state = true;
  commit.update->uv_initialized = true;
  commit.update->counter_suspect = true;
  commit.update->last_used_at = kNow + 1;
  ASSERT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kDone));
  CredentialRecord expected = make_credential(1, 1);
  expected.version = 2;
  expected.sign_count = 9;
  expected.backup_state = expected.uv_initialized = expected.counter_suspect = true;
  expected.last_used_at = kNow + 1;
  EXPECT_EQ(storage().find_user(id_of<TenantId>(1), "user-1", true)->credentials[0], expected);
  commit.sign_in.id = id_of<TokenId>(51);
  EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kVersionChanged));
  commit.update->expected_version = 2;  // the claim was not taken
  EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kDone));
}

TEST_F(CeremonyContract, P9SignInAnswersInOrder) {
  add_user(1, 2);
  ASSERT_THAT(storage().set_user_enabled(make_guard(1), "user-2", false, make_audit(1, 2)),
              Answers(Outcome::kDone));
  ASSERT_THAT(storage().commit_sign_in(make_sign_in(1, 1, 1, 50, 60)), Answers(Outcome::kDone));
  CommitSignIn commit = make_sign_in(1, 3, 9, 50, 60);
  commit.update.emplace();
  commit.update->expected_version = 7;
  EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kClaimTaken));
  commit.sign_in.id = id_of<TokenId>(51);
  EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kUserGone));
  commit.sign_in.user = id_of<UserHandle>(2);
  EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kUserDisabled));
  commit.sign_in.user = id_of<UserHandle>(1);
  EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kNotFound));
  commit.sign_in.credential_id = make_credential(1, 1).id;
  EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kVersionChanged));
}

TEST_F(CeremonyContract, CredentialOfAnotherUserIsNotFound) {
  add_user(1, 2);
  CommitSignIn commit = make_sign_in(1, 2, 1, 50, 60);
  EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kNotFound));
}

class TakeContract : public CeremonyContract {
 protected:
  void sign_in(std::uint64_t number, std::uint64_t session, std::uint64_t user = 1) {
    ASSERT_THAT(storage().commit_sign_in(make_sign_in(1, user, user, number, session)),
                Answers(Outcome::kDone));
  }
  [[nodiscard]] TakeOutcome take(const TakeSignIn& take) {
    const auto answer = storage().take_sign_in(take);
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? answer->outcome : TakeOutcome::kTenantGone;
  }
  [[nodiscard]] TakeSignIn with_key(TakeSignIn take, std::uint64_t key, std::uint64_t body) {
    take.idempotency = Idempotency{id_of<Digest>(key), id_of<Digest>(body), id_of<TokenId>(key + 1),
                                   kNow + 120'000};
    return take;
  }
};

TEST_F(TakeContract, UnknownAndExpiredAreNone) {
  sign_in(50, 60);
  EXPECT_EQ(take(make_take(1, 51)), TakeOutcome::kNone);
  TakeSignIn late = make_take(1, 50);
  late.guard.now = kNow + 120'000;
  EXPECT_EQ(take(late), TakeOutcome::kNone);
  late.guard.now = kNow + 119'999;
  EXPECT_EQ(take(late), TakeOutcome::kTaken);
}

TEST_F(TakeContract, TheTakingAloneIsAudited) {
  sign_in(50, 60);
  const std::size_t entries = audit_count(1);
  TakeSignIn request = make_take(1, 50);
  for (std::uint64_t i = 0; i < 3; ++i) {
    request.audit = make_audit(1, 400'000 + i);
    (void)take(request);
  }
  EXPECT_EQ(audit_count(1), entries + 1);
}

TEST_F(TakeContract, FailedGuardIsNotAuditedAndTakesNothing) {
  sign_in(50, 60);
  const std::size_t entries = audit_count(1);
  TakeSignIn request = make_take(1, 50);
  request.guard.epoch = 2;
  EXPECT_EQ(take(request), TakeOutcome::kEpochChanged);
  request.guard = make_guard(1);
  request.guard.tenant_generation = 2;
  EXPECT_EQ(take(request), TakeOutcome::kTenantChanged);
  request.guard = make_guard(1);
  request.guard.api_key = id_of<ApiKeyId>(99);
  EXPECT_EQ(take(request), TakeOutcome::kApiKeyDead);
  request = make_take(5, 50);
  EXPECT_EQ(take(request), TakeOutcome::kTenantGone);
  EXPECT_EQ(audit_count(1), entries);
  EXPECT_EQ(take(make_take(1, 50)), TakeOutcome::kTaken);
}

TEST_F(TakeContract, RevokedSessionTokenCannotBeTakenBy) {
  sign_in(50, 60);
  ASSERT_THAT(storage().revoke_token(make_guard(1), id_of<TokenId>(60), kLater, make_audit(1, 2)),
              Answers(Outcome::kDone));
  TakeSignIn request = make_take_by_session(1, 60);
  request.guard.session_token = id_of<TokenId>(60);
  EXPECT_EQ(take(request), TakeOutcome::kTokenRevoked);
}

TEST_F(TakeContract, BySessionTokenTakesTheOneThatIsOpen) {
  EXPECT_EQ(take(make_take_by_session(1, 60)), TakeOutcome::kNone);
  sign_in(50, 60);
  const auto answer = storage().take_sign_in(make_take_by_session(1, 60));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, TakeOutcome::kTaken);
  EXPECT_EQ(answer->sign_in->id, id_of<TokenId>(50));
  EXPECT_EQ(take(make_take_by_session(1, 60)), TakeOutcome::kNone);
  sign_in(51, 60);  // the same user again
  reopen();
  EXPECT_EQ(take(make_take_by_session(1, 60)), TakeOutcome::kTaken);
}

TEST_F(TakeContract, BySessionTokenTwoOpenOnesAreAmbiguous) {
  sign_in(50, 60);
  sign_in(51, 60);
  EXPECT_EQ(take(make_take_by_session(1, 60)), TakeOutcome::kAmbiguous);
  EXPECT_EQ(take(make_take(1, 50)), TakeOutcome::kTaken);
  EXPECT_EQ(take(make_take_by_session(1, 60)), TakeOutcome::kTaken);
}

TEST_F(TakeContract, BySessionTokenOldOnesDoNotCount) {
  sign_in(50, 60);
  TakeSignIn request = make_take_by_session(1, 60);
  request.not_before = kNow + 1;
  EXPECT_EQ(take(request), TakeOutcome::kNone);
  request.not_before = kNow;
  EXPECT_EQ(take(request), TakeOutcome::kTaken);
}

TEST_F(TakeContract, TwoUsersUnderOneSessionTokenAreAmbiguousForTheRestOfItsLife) {
  add_user(1, 2);
  add_credential(1, 2, 2);
  sign_in(50, 60, 1);
  EXPECT_EQ(take(make_take_by_session(1, 60)), TakeOutcome::kTaken);
  sign_in(51, 60, 2);
  EXPECT_EQ(take(make_take_by_session(1, 60)), TakeOutcome::kAmbiguous);
  EXPECT_EQ(take(make_take(1, 51)), TakeOutcome::kTaken);
  ASSERT_TRUE(storage().purge_expired(kNow + 1'000'000, 1000));  // sign-ins go, the mark stays
  reopen();
  TakeSignIn later = make_take_by_session(1, 60);
  later.guard.now = kNow + 1'000'000;
  EXPECT_EQ(take(later), TakeOutcome::kAmbiguous);
  ASSERT_TRUE(storage().purge_expired(kNow + 86'400'001, 1000));
  EXPECT_EQ(take(later), TakeOutcome::kNone);
}

TEST_F(TakeContract, UnconfirmedSignInCannotBeTakenUntilConfirmed) {
  CommitSignIn commit = make_sign_in(1, 1, 1, 50, 60);
  commit.sign_in.confirmed = false;
  ASSERT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kDone));
  EXPECT_EQ(take(make_take(1, 50)), TakeOutcome::kNone);
  EXPECT_EQ(take(make_take_by_session(1, 60)), TakeOutcome::kNone);
  const std::size_t entries = audit_count(1);
  ASSERT_THAT(storage().confirm_sign_in(make_guard(1), id_of<TokenId>(50), kNow + 500'000,
                                        make_audit(1, 70)),
              Answers(Outcome::kDone));
  reopen();
  EXPECT_EQ(audit_count(1), entries + 1);
  TakeSignIn late = make_take_by_session(1, 60);
  late.guard.now = kNow + 499'999;
  const auto answer = storage().take_sign_in(late);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->outcome, TakeOutcome::kTaken);
  EXPECT_TRUE(answer->sign_in->confirmed);
  EXPECT_EQ(answer->sign_in->takeable_until, kNow + 500'000);
}

TEST_F(TakeContract, ConfirmThatChangesNothingLeavesNoEntry) {
  const auto confirm = [&](const Guard& guard, const AuditEntry& audit) {
    return storage().confirm_sign_in(guard, id_of<TokenId>(50), kLater, audit);
  };
  std::size_t entries = audit_count(1);
  EXPECT_THAT(confirm(make_guard(1), make_audit(1, 70)), Answers(Outcome::kNotFound));
  EXPECT_EQ(audit_count(1), entries);
  sign_in(50, 60);
  entries = audit_count(1);
  EXPECT_THAT(confirm(make_guard(1), make_audit(1, 70)), Answers(Outcome::kAlreadyExists));
  Guard late = make_guard(1);
  late.now = kLater + 1;
  EXPECT_THAT(confirm(late, make_audit(1, 70)), Answers(Outcome::kNotFound));
  EXPECT_EQ(audit_count(1), entries);
  EXPECT_THAT(confirm(make_guard(1), make_audit(2, 70)),
              FailsWith(StorageErrorCode::kInvalidArgument));
}

TEST_F(TakeContract, SignInOfAnErasedOrDisabledUserIsNotTaken) {
  sign_in(50, 60);
  ASSERT_THAT(storage().set_user_enabled(make_guard(1), "user-1", false, make_audit(1, 2)),
              Answers(Outcome::kDone));
  const auto disabled = storage().take_sign_in(make_take(1, 50));
  ASSERT_TRUE(disabled);
  EXPECT_EQ(disabled->outcome, TakeOutcome::kUserDisabled);
  ASSERT_TRUE(disabled->user);
  EXPECT_FALSE(disabled->sign_in);
  ASSERT_THAT(storage().erase_user(make_guard(1), "user-1", make_audit(1, 3)),
              Answers(Outcome::kDone));
  EXPECT_EQ(take(make_take(1, 50)), TakeOutcome::kUserGone);
}

TEST_F(TakeContract, SameIdempotencyKeyAndBodyGetTheSameSignIn) {
  sign_in(50, 60);
  const TakeSignIn request = with_key(make_take_by_session(1, 60), 10, 20);
  const auto first = storage().take_sign_in(request);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->outcome, TakeOutcome::kTaken);
  const std::size_t entries = audit_count(1);
  TakeSignIn again = request;
  again.idempotency->assertion_id = id_of<TokenId>(999);
  reopen();
  const auto second = storage().take_sign_in(again);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->outcome, TakeOutcome::kTakenBefore);
  EXPECT_EQ(second->sign_in, first->sign_in);
  EXPECT_EQ(second->user, first->user);
  EXPECT_EQ(second->assertion_id, id_of<TokenId>(11));
  EXPECT_EQ(audit_count(1), entries);
}

TEST_F(TakeContract, SameIdempotencyKeyWithAnotherBodyIsAConflict) {
  sign_in(50, 60);
  ASSERT_EQ(take(with_key(make_take(1, 50), 10, 20)), TakeOutcome::kTaken);
  EXPECT_EQ(take(with_key(make_take(1, 50), 10, 21)), TakeOutcome::kIdempotencyConflict);
  EXPECT_EQ(take(with_key(make_take(1, 50), 11, 20)), TakeOutcome::kAlreadyTaken);
}

TEST_F(TakeContract, IdempotencyKeyLivesUntilItsTimeAndKeepsTheSignIn) {
  CommitSignIn commit = make_sign_in(1, 1, 1, 50, 60);
  commit.sign_in.keep_until = kNow + 120'000;
  ASSERT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kDone));
  TakeSignIn request = with_key(make_take(1, 50), 10, 20);
  request.idempotency->keep_until = kNow + 300'000;
  ASSERT_EQ(take(request), TakeOutcome::kTaken);
  ASSERT_TRUE(storage().purge_expired(kNow + 200'000, 1000));
  request.guard.now = kNow + 299'999;
  EXPECT_EQ(take(request), TakeOutcome::kTakenBefore);
  request.guard.now = kNow + 300'000;
  EXPECT_EQ(take(request), TakeOutcome::kAlreadyTaken);
}

TEST_F(TakeContract, IdempotencyDoesNotOutliveTheUser) {
  sign_in(50, 60);
  const TakeSignIn request = with_key(make_take(1, 50), 10, 20);
  ASSERT_EQ(take(request), TakeOutcome::kTaken);
  ASSERT_THAT(storage().erase_user(make_guard(1), "user-1", make_audit(1, 3)),
              Answers(Outcome::kDone));
  EXPECT_EQ(take(request), TakeOutcome::kUserGone);
}

TEST_F(TakeContract, BothOrNoneOfTheTwoWaysIsRefused) {
  TakeSignIn request = make_take(1, 50);
  request.session_token = id_of<TokenId>(60);
  EXPECT_THAT(storage().take_sign_in(request), FailsWith(StorageErrorCode::kInvalidArgument));
  request.sign_in.reset();
  request.session_token.reset();
  EXPECT_THAT(storage().take_sign_in(request), FailsWith(StorageErrorCode::kInvalidArgument));
}

TEST_F(CeremonyContract, P3SurvivesReopening) {
  if ((descriptor().capabilities & kDurable) == 0) GTEST_SKIP() << "not kDurable";
  ASSERT_THAT(storage().commit_sign_in(make_sign_in(1, 1, 1, 50, 60)), Answers(Outcome::kDone));
  reopen();
  EXPECT_THAT(storage().commit_sign_in(make_sign_in(1, 1, 1, 50, 60)),
              Answers(Outcome::kClaimTaken));
  const auto taken = storage().take_sign_in(make_take_by_session(1, 60));
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->outcome, TakeOutcome::kTaken);
}

}  // namespace
}  // namespace masterkey2::testing
