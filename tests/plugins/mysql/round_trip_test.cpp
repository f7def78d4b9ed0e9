// How often a login waits for the database: counted on the wire.
#include "plugins/mysql/mysql_test.hpp"

namespace masterkey2::testing {
namespace {

class RoundTrips : public MysqlTest {
 protected:
  void SetUp() override {
    fill();
    prepare_all();
  }

  /// Once through, so that each statement is prepared.
  void prepare_all() {
    sign_in(1, {});
    sign_in(2, updated());
    take(make_take(1, 10'001));
    take(make_take_by_session(1, 1002));
  }
  CredentialUpdate updated() {
    CredentialUpdate update;
    update.expected_version = version_++;
    return update;
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

 private:
  std::uint64_t version_ = 1;  ///< of the passkey
};

TEST_F(RoundTrips, SignInTakesTwo) {
  EXPECT_EQ(sign_in(10, {}), 2U);
  EXPECT_EQ(sign_in(11, updated()), 2U);
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

/// Where compound statements are not wanted, or not known.
class RoundTripsStepByStep : public RoundTrips {
 protected:
  void SetUp() override { fill(); }
  void expect_four_and_five() {
    prepare_all();
    EXPECT_EQ(sign_in(10, {}), 4U);
    EXPECT_EQ(sign_in(11, updated()), 5U);
  }
};

TEST_F(RoundTripsStepByStep, SignInTakesFourAndFiveWithTheRecordChanged) {
  open({{"compound_statements", "no"}});
  expect_four_and_five();
}

TEST_F(RoundTripsStepByStep, SignInTakesAsManyOnAServerThatKnowsNoCompoundStatements) {
  // Of two connections one comes to be for transactions, though the first was not made for them.
  proxy().refuse_compound_statements();
  open({{"pool_size", "2"}});
  expect_four_and_five();
}

}  // namespace
}  // namespace masterkey2::testing
