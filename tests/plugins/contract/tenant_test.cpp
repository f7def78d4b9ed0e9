// Tenants and API keys.
#include "plugins/contract/contract_test.hpp"

namespace masterkey2::testing {
namespace {

class TenantContract : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    add_tenant(1);
  }
  [[nodiscard]] Guard guard_at(std::uint64_t generation) {
    Guard guard = make_guard(1);
    guard.tenant_generation = generation;
    return guard;
  }
  [[nodiscard]] std::optional<Tenant> find(std::uint64_t number) {
    const auto found = storage().find_tenant(id_of<TenantId>(number));
    EXPECT_TRUE(found);
    return found ? *found : std::nullopt;
  }
};

TEST_F(TenantContract, P6TenantComesBackAsGivenAtGenerationOne) {
  Tenant expected = make_tenant(1);
  expected.generation = 1;
  EXPECT_EQ(find(1), expected);
  reopen();
  EXPECT_EQ(find(1), expected);
}

TEST_F(TenantContract, InsertRefusesIdKeyAndExclusiveRpIdInUse) {
  InsertTenant same_id = make_insert_tenant(2);
  same_id.tenant.id = id_of<TenantId>(1);
  same_id.first_key.tenant = id_of<TenantId>(1);
  same_id.audit.tenant = id_of<TenantId>(1);
  EXPECT_THAT(storage().insert_tenant(same_id), Answers(Outcome::kAlreadyExists));
  InsertTenant same_digest = make_insert_tenant(2);
  same_digest.first_key.digest = make_api_key(1, 1).digest;
  EXPECT_THAT(storage().insert_tenant(same_digest), Answers(Outcome::kAlreadyExists));
  InsertTenant same_rp_id = make_insert_tenant(2);
  same_rp_id.tenant.rp_id = make_tenant(1).rp_id;
  EXPECT_THAT(storage().insert_tenant(same_rp_id), Answers(Outcome::kAlreadyExists));
  EXPECT_FALSE(find(2));
  EXPECT_EQ(audit_count(2), 0U);
  same_rp_id.rp_id_exclusive = false;
  EXPECT_THAT(storage().insert_tenant(same_rp_id), Answers(Outcome::kDone));
}

TEST_F(TenantContract, UpdateReplacesTheRowAndCountsTheGeneration) {
  Tenant changed = make_tenant(1);
  changed.name = "Other";
  changed.rp_id = "ignored.example";
  changed.created_at = 1;
  changed.settings = {};
  EXPECT_THAT(storage().update_tenant(guard_at(1), changed, make_audit(1, 2)),
              Answers(Outcome::kDone));
  Tenant expected = changed;
  expected.rp_id = make_tenant(1).rp_id;
  expected.created_at = make_tenant(1).created_at;
  expected.generation = 2;
  EXPECT_EQ(find(1), expected);
  EXPECT_EQ(audit_count(1), 2U);
}

TEST_F(TenantContract, P2UpdateFromAnotherGenerationChangesNothing) {
  EXPECT_THAT(storage().update_tenant(guard_at(2), make_tenant(1), make_audit(1, 2)),
              Answers(Outcome::kTenantChanged));
  EXPECT_THAT(storage().update_tenant(make_guard(1), make_tenant(1), make_audit(1, 2)),
              FailsWith(StorageErrorCode::kInvalidArgument));
  EXPECT_EQ(find(1)->generation, 1U);
  EXPECT_EQ(audit_count(1), 1U);
}

TEST_F(TenantContract, DisabledTenantIsGoneForGuardsAndCanBeEnabledAgain) {
  Tenant disabled = make_tenant(1);
  disabled.enabled = false;
  ASSERT_THAT(storage().update_tenant(guard_at(1), disabled, make_audit(1, 2)),
              Answers(Outcome::kDone));
  EXPECT_EQ(storage().put_user(make_put_user(1, 1))->outcome, Outcome::kTenantGone);
  EXPECT_FALSE(storage().read_standing(id_of<TenantId>(1), std::nullopt)->tenant_enabled);
  EXPECT_FALSE(storage().find_api_key(make_api_key(1, 1).digest, kNow)->value().tenant_enabled);
  EXPECT_THAT(storage().update_tenant(guard_at(2), make_tenant(1), make_audit(1, 3)),
              Answers(Outcome::kDone));
  EXPECT_EQ(storage().put_user(make_put_user(1, 1))->outcome, Outcome::kDone);
}

TEST_F(TenantContract, EraseTakesAllRowsButTheAuditLog) {
  add_user(1, 1);
  add_credential(1, 1, 1);
  ASSERT_THAT(storage().erase_tenant(make_guard(1), make_audit(1, 99)), Answers(Outcome::kDone));
  reopen();
  EXPECT_FALSE(find(1));
  EXPECT_FALSE(storage().find_api_key(make_api_key(1, 1).digest, kNow)->has_value());
  EXPECT_FALSE(storage().find_user(id_of<TenantId>(1), "user-1", true)->user);
  EXPECT_EQ(audit_count(1), 4U);
  EXPECT_THAT(storage().erase_tenant(make_guard(1), make_audit(1, 100)),
              Answers(Outcome::kTenantGone));
  // The same again starts from nothing.
  ASSERT_THAT(storage().insert_tenant(make_insert_tenant(1)), Answers(Outcome::kDone));
  EXPECT_FALSE(storage().find_user(id_of<TenantId>(1), "user-1", true)->user);
  add_user(1, 1);
  add_credential(1, 1, 1);
}

TEST_F(TenantContract, ListGoesByIdInPages) {
  for (std::uint64_t number = 2; number <= 5; ++number) add_tenant(number);
  PageRequest page;
  page.limit = 2;
  std::vector<TenantId> seen;
  for (int pages = 0; pages < 10; ++pages) {
    const auto answer = storage().list_tenants(page);
    ASSERT_TRUE(answer);
    ASSERT_LE(answer->items.size(), 2U);
    for (const Tenant& tenant : answer->items) seen.push_back(tenant.id);
    page.after = answer->next;
    if (page.after.empty()) break;
  }
  EXPECT_THAT(seen,
              ::testing::ElementsAre(id_of<TenantId>(1), id_of<TenantId>(2), id_of<TenantId>(3),
                                     id_of<TenantId>(4), id_of<TenantId>(5)));
}

TEST_F(TenantContract, ApiKeyIsFoundByDigestUntilItExpires) {
  ApiKey key = make_api_key(1, 2);
  key.expires_at = kNow + 10;
  ASSERT_THAT(storage().insert_api_key(make_guard(1), key, 20, make_audit(1, 2)),
              Answers(Outcome::kDone));
  const auto found = storage().find_api_key(key.digest, kNow + 9);
  ASSERT_TRUE(found && found->has_value());
  key.version = 1;
  EXPECT_EQ((*found)->key, key);
  EXPECT_EQ((*found)->tenant_generation, 1U);
  EXPECT_TRUE((*found)->tenant_enabled);
  EXPECT_EQ((*found)->epoch, 1U);
  EXPECT_FALSE(storage().find_api_key(key.digest, kNow + 10)->has_value());
  EXPECT_FALSE(storage().find_api_key(id_of<Digest>(4711), kNow)->has_value());
}

TEST_F(TenantContract, InsertApiKeyHoldsToTheNumberOfLiveOnes) {
  ApiKey expired = make_api_key(1, 2);
  expired.expires_at = kNow;
  ASSERT_THAT(storage().insert_api_key(make_guard(1), expired, 2, make_audit(1, 2)),
              Answers(Outcome::kDone));
  ASSERT_THAT(storage().insert_api_key(make_guard(1), make_api_key(1, 3), 2, make_audit(1, 3)),
              Answers(Outcome::kDone));
  EXPECT_THAT(storage().insert_api_key(make_guard(1), make_api_key(1, 4), 2, make_audit(1, 4)),
              Answers(Outcome::kLimitReached));
  EXPECT_THAT(storage().insert_api_key(make_guard(1), make_api_key(1, 3), 2, make_audit(1, 4)),
              Answers(Outcome::kAlreadyExists));
}

TEST_F(TenantContract, ReplaceLetsTheOldKeyExpireAndTheOlderGo) {
  const auto next = [](std::uint32_t number) {
    ApiKey key = make_api_key(1, number);
    key.lineage = make_api_key(1, 1).lineage;
    key.lineage_number = number;
    return key;
  };
  ASSERT_THAT(storage().replace_api_key(make_guard(1), make_api_key(1, 1).id, 1, kNow + 100,
                                        next(2), make_audit(1, 2)),
              Answers(Outcome::kDone));
  EXPECT_TRUE(storage().find_api_key(make_api_key(1, 1).digest, kNow + 99)->has_value());
  EXPECT_FALSE(storage().find_api_key(make_api_key(1, 1).digest, kNow + 100)->has_value());
  EXPECT_TRUE(storage().find_api_key(next(2).digest, kNow)->has_value());
  ASSERT_THAT(
      storage().replace_api_key(make_guard(1), next(2).id, 1, kNow, next(3), make_audit(1, 3)),
      Answers(Outcome::kDone));
  EXPECT_FALSE(storage().find_api_key(make_api_key(1, 1).digest, kNow)->has_value());
  EXPECT_FALSE(storage().find_api_key(next(2).digest, kNow)->has_value());
  const auto alive = storage().list_api_keys(id_of<TenantId>(1), kNow);
  ASSERT_TRUE(alive);
  ASSERT_EQ(alive->size(), 1U);
  EXPECT_EQ((*alive)[0].id, next(3).id);
}

TEST_F(TenantContract, P9ReplaceAnswersNotFoundThenVersionThenExists) {
  const ApiKey taken = make_api_key(1, 1);
  EXPECT_THAT(storage().replace_api_key(make_guard(1), id_of<ApiKeyId>(9), 7, kNow, taken,
                                        make_audit(1, 2)),
              Answers(Outcome::kNotFound));
  EXPECT_THAT(storage().replace_api_key(make_guard(1), taken.id, 7, kNow, taken, make_audit(1, 2)),
              Answers(Outcome::kVersionChanged));
  EXPECT_THAT(storage().replace_api_key(make_guard(1), taken.id, 1, kNow, taken, make_audit(1, 2)),
              Answers(Outcome::kAlreadyExists));
  EXPECT_TRUE(storage().find_api_key(taken.digest, kNow)->has_value());
}

TEST_F(TenantContract, EraseApiKeyKillsItAtOnce) {
  ASSERT_THAT(storage().erase_api_key(make_guard(1), make_api_key(1, 1).id, make_audit(1, 2)),
              Answers(Outcome::kDone));
  EXPECT_FALSE(storage().find_api_key(make_api_key(1, 1).digest, kNow)->has_value());
  EXPECT_THAT(storage().erase_api_key(make_guard(1), make_api_key(1, 1).id, make_audit(1, 3)),
              Answers(Outcome::kNotFound));
}

TEST_F(TenantContract, ListApiKeysGoesFromTheOldest) {
  ApiKey older = make_api_key(1, 2);
  older.created_at = kNow - 5;
  ASSERT_THAT(storage().insert_api_key(make_guard(1), older, 20, make_audit(1, 2)),
              Answers(Outcome::kDone));
  const auto keys = storage().list_api_keys(id_of<TenantId>(1), kNow);
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ((*keys)[0].id, older.id);
  EXPECT_TRUE(storage().list_api_keys(id_of<TenantId>(2), kNow)->empty());
}

TEST_F(TenantContract, P9GuardsFailInTheirOrder) {
  add_tenant(2);
  ASSERT_THAT(storage().revoke_token(make_guard(1), id_of<TokenId>(70), kLater, make_audit(1, 2)),
              Answers(Outcome::kDone));
  PutUser put = make_put_user(1, 1);
  put.guard.epoch = 9;
  put.guard.tenant_generation = 9;
  put.guard.api_key = make_api_key(2, 1).id;  // of another tenant
  put.guard.session_token = id_of<TokenId>(70);
  EXPECT_EQ(storage().put_user(put)->outcome, Outcome::kEpochChanged);
  put.guard.epoch = 1;
  EXPECT_EQ(storage().put_user(put)->outcome, Outcome::kTenantChanged);
  put.guard.tenant_generation = 1;
  EXPECT_EQ(storage().put_user(put)->outcome, Outcome::kApiKeyDead);
  put.guard.api_key = make_api_key(1, 1).id;
  EXPECT_EQ(storage().put_user(put)->outcome, Outcome::kTokenRevoked);
  put.guard.session_token = id_of<TokenId>(71);
  EXPECT_EQ(storage().put_user(put)->outcome, Outcome::kDone);
  PutUser nobody = make_put_user(3, 1);
  nobody.guard.epoch = 1;
  EXPECT_EQ(storage().put_user(nobody)->outcome, Outcome::kTenantGone);
}

TEST_F(TenantContract, GuardedKeyMustBeAliveAtTheGuardsTime) {
  ApiKey key = make_api_key(1, 2);
  key.expires_at = kNow + 10;
  ASSERT_THAT(storage().insert_api_key(make_guard(1), key, 20, make_audit(1, 2)),
              Answers(Outcome::kDone));
  PutUser put = make_put_user(1, 1);
  put.guard.api_key = key.id;
  put.guard.now = kNow + 10;
  EXPECT_EQ(storage().put_user(put)->outcome, Outcome::kApiKeyDead);
  put.guard.now = kNow + 9;
  EXPECT_EQ(storage().put_user(put)->outcome, Outcome::kDone);
}

}  // namespace
}  // namespace masterkey2::testing
