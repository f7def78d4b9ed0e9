// How often a login waits for the database: counted on the wire.
#include "plugins/mysql/mysql_test.hpp"

namespace masterkey2::testing {
namespace {

class RoundTrips : public MysqlTest {
 protected:
  void SetUp() override {
    fill();
    // Once through, so that each statement is prepared.
    sign_in(1, {});
    CredentialUpdate update;
    update.expected_version = 1;
    sign_in(2, update);
    take(make_take(1, 10'001));
    take(make_take_by_session(1, 1002));
  }

  std::uint64_t sign_in(std::uint64_t number, const std::optional<CredentialUpdate>& update) {
    CommitSignIn commit = make_sign_in(1, 1, 1, 10'000 + number, 1000 + number);
    commit.update = update;
    static_cast<void>(proxy().take_count());
    EXPECT_TRUE(storage().read_sign_in(commit.guard.tenant, commit.sign_in.credential_id,
                                       commit.sign_in.session_token));
    EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kDone));
    return proxy().take_count();
  }
  std::uint64_t take(const TakeSignIn& request) {
    static_cast<void>(proxy().take_count());
    const auto taken = storage().take_sign_in(request);
    EXPECT_TRUE(taken && taken->outcome == TakeOutcome::kTaken);
    return proxy().take_count();
  }
};

TEST_F(RoundTrips, SignInThatChangesNoRecordTakesFour) { EXPECT_EQ(sign_in(10, {}), 4U); }

TEST_F(RoundTrips, SignInThatChangesTheRecordTakesFive) {
  CredentialUpdate update;
  update.expected_version = 2;
  EXPECT_EQ(sign_in(10, update), 5U);
}

TEST_F(RoundTrips, TakingByIdTakesTwo) {
  sign_in(10, {});
  EXPECT_EQ(take(make_take(1, 10'010)), 2U);
}

TEST_F(RoundTrips, TakingBySessionTokenTakesTwo) {
  sign_in(10, {});
  EXPECT_EQ(take(make_take_by_session(1, 1010)), 2U);
}

TEST_F(RoundTrips, WhatBeginAsksTakesOne) {
  EXPECT_TRUE(storage().read_standing(id_of<TenantId>(1), id_of<TokenId>(1)));
  static_cast<void>(proxy().take_count());
  EXPECT_TRUE(storage().read_standing(id_of<TenantId>(1), id_of<TokenId>(1)));
  EXPECT_EQ(proxy().take_count(), 1U);
}

}  // namespace
}  // namespace masterkey2::testing
