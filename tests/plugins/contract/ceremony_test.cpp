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

TEST_F(CeremonyContract, P3SurvivesReopening) {
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
