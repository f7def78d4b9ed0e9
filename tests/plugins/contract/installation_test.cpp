// initialize, read_installation, raise_epoch, write_heartbeat, check, purge_expired.
#include "plugins/contract/contract_test.hpp"

namespace masterkey2::testing {
namespace {

using InstallationContract = ContractTest;

class EmptyContract : public ContractTest {
 protected:
  void SetUp() override {}
};

TEST_F(EmptyContract, EverythingIsNotInitializedBeforeInitialize) {
  EXPECT_THAT(storage().read_installation(), FailsWith(StorageErrorCode::kNotInitialized));
  EXPECT_THAT(storage().check(), FailsWith(StorageErrorCode::kNotInitialized));
  EXPECT_THAT(storage().find_tenant(id_of<TenantId>(1)),
              FailsWith(StorageErrorCode::kNotInitialized));
  EXPECT_THAT(storage().insert_tenant(make_insert_tenant(1)),
              FailsWith(StorageErrorCode::kNotInitialized));
}

TEST_F(EmptyContract, InitializeIsSeenAtOnceByAStorageThatFoundNothing) {
  ASSERT_THAT(storage().check(), FailsWith(StorageErrorCode::kNotInitialized));
  ASSERT_THAT(storage().initialize(make_installation()), Answers(Outcome::kDone));
  EXPECT_TRUE(storage().check());
}

TEST_F(InstallationContract, P6InstallationComesBackAsGiven) {
  EXPECT_THAT(storage().read_installation(), Answers(make_installation()));
  reopen();
  EXPECT_THAT(storage().read_installation(), Answers(make_installation()));
}

TEST_F(InstallationContract, SecondInitializeLeavesTheStoreUntouched) {
  add_tenant(1);
  Installation other = make_installation();
  other.id = id_of<Digest>(78);
  EXPECT_THAT(storage().initialize(other), Answers(Outcome::kAlreadyExists));
  EXPECT_THAT(storage().read_installation(), Answers(make_installation()));
  const auto tenant = storage().find_tenant(id_of<TenantId>(1));
  ASSERT_TRUE(tenant);
  EXPECT_TRUE(tenant->has_value());
}

TEST_F(InstallationContract, RaiseEpochAddsOneAndKeepsTheTime) {
  EXPECT_THAT(storage().raise_epoch(1, kNow + 5), Answers(Outcome::kDone));
  reopen();
  const auto installation = storage().read_installation();
  ASSERT_TRUE(installation);
  EXPECT_EQ(installation->epoch, 2U);
  EXPECT_EQ(installation->epoch_raised_at, kNow + 5);
}

TEST_F(InstallationContract, RaiseEpochFromAnotherNumberChangesNothing) {
  EXPECT_THAT(storage().raise_epoch(2, kNow), Answers(Outcome::kEpochChanged));
  EXPECT_THAT(storage().read_installation(), Answers(make_installation()));
}

TEST_F(InstallationContract, HeartbeatNeverGoesBack) {
  EXPECT_TRUE(storage().write_heartbeat(7, kNow + 7));
  EXPECT_TRUE(storage().write_heartbeat(6, kNow + 8));
  EXPECT_TRUE(storage().write_heartbeat(7, kNow + 9));
  const auto installation = storage().read_installation();
  ASSERT_TRUE(installation);
  EXPECT_EQ(installation->heartbeat, 7U);
  EXPECT_EQ(installation->heartbeat_at, kNow + 7);
  reopen();
  EXPECT_TRUE(storage().write_heartbeat(8, kNow + 10));
  EXPECT_EQ(storage().read_installation()->heartbeat, 8U);
}

TEST_F(InstallationContract, CheckSucceeds) { EXPECT_TRUE(storage().check()); }

TEST_F(InstallationContract, P11PurgeForgetsWhatHasExpiredAndNothingElse) {
  add_one_of_each();  // claims until kLater
  ASSERT_THAT(storage().commit_sign_in(make_sign_in(1, 1, 1, 50, 60)), Answers(Outcome::kDone));
  ASSERT_THAT(storage().revoke_token(make_guard(1), id_of<TokenId>(70), kLater, make_audit(1, 5)),
              Answers(Outcome::kDone));
  const Bytes key = {1};
  ASSERT_THAT(storage().put_ephemeral(make_guard(1), key, 0, key, kLater), Answers(Outcome::kDone));
  EXPECT_THAT(storage().purge_expired(kLater, 1000), Answers(0U));
  EXPECT_THAT(storage().commit_registration(make_registration(1, 1, 1)),
              Answers(Outcome::kClaimTaken));
  EXPECT_TRUE(storage().read_standing(id_of<TenantId>(1), id_of<TokenId>(70))->token_revoked);
  const auto purged = storage().purge_expired(kLater + 1, 1000);
  ASSERT_TRUE(purged);
  EXPECT_EQ(*purged, 5U);  // two claims, a sign-in, a revocation, an ephemeral
  EXPECT_THAT(storage().purge_expired(kLater + 1, 1000), Answers(0U));
  EXPECT_FALSE(storage().read_standing(id_of<TenantId>(1), id_of<TokenId>(70))->token_revoked);
  // The user and the credential stay.
  EXPECT_EQ(storage().find_user(id_of<TenantId>(1), "user-1", true)->credentials.size(), 1U);
}

TEST_F(InstallationContract, PurgeHoldsToItsLimit) {
  add_one_of_each();
  EXPECT_THAT(storage().purge_expired(kLater + 1, 1), Answers(1U));
  EXPECT_THAT(storage().purge_expired(kLater + 1, 1000), Answers(1U));
}

}  // namespace
}  // namespace masterkey2::testing
