// Revocations and ephemeral records.
#include "plugins/contract/contract_test.hpp"

namespace masterkey2::testing {
namespace {

class RecordContract : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    add_tenant(1);
    add_tenant(2);
  }
  [[nodiscard]] StorageResult<Outcome> put(std::uint64_t version, std::uint8_t value,
                                           UnixMillis now = kNow) {
    Guard guard = make_guard(1);
    guard.now = now;
    return storage().put_ephemeral(guard, key_, version, Bytes{value}, kLater);
  }
  [[nodiscard]] StorageResult<Outcome> revoke(std::uint64_t tenant, std::uint64_t token) {
    return storage().revoke_token(make_guard(tenant), id_of<TokenId>(token), kLater,
                                  make_audit(tenant, 100 + token));
  }
  const Bytes key_ = {'k', 0, 255};
};

TEST_F(RecordContract, RevocationHoldsForItsTenantAndIsAuditedOnce) {
  const std::size_t entries = audit_count(1);
  EXPECT_THAT(revoke(1, 70), Answers(Outcome::kDone));
  EXPECT_THAT(revoke(1, 70), Answers(Outcome::kDone));
  EXPECT_EQ(audit_count(1), entries + 1);
  reopen();
  EXPECT_TRUE(storage().read_standing(id_of<TenantId>(1), id_of<TokenId>(70))->token_revoked);
  EXPECT_FALSE(storage().read_standing(id_of<TenantId>(1), id_of<TokenId>(71))->token_revoked);
  EXPECT_FALSE(storage().read_standing(id_of<TenantId>(2), id_of<TokenId>(70))->token_revoked);
  EXPECT_TRUE(storage()
                  .read_sign_in(id_of<TenantId>(1), Bytes{1}, id_of<TokenId>(70))
                  ->standing.token_revoked);
}

TEST_F(RecordContract, RevocationsAreListedInTheirOrder) {
  for (const std::uint64_t token : {90U, 70U, 80U}) {
    ASSERT_THAT(revoke(token == 70 ? 2 : 1, token), Answers(Outcome::kDone));
  }
  reopen();
  std::vector<TokenId> seen;
  PageRequest page;
  page.limit = 1;
  for (int pages = 0; pages < 10; ++pages) {
    const auto answer = storage().list_revocations(page);
    ASSERT_TRUE(answer);
    seen.insert(seen.end(), answer->items.begin(), answer->items.end());
    page.after = answer->next;
    if (page.after.empty()) break;
  }
  EXPECT_THAT(seen,
              ::testing::ElementsAre(id_of<TokenId>(90), id_of<TokenId>(70), id_of<TokenId>(80)));
}

TEST_F(RecordContract, EphemeralIsInsertedOnceAndReplacedByVersion) {
  EXPECT_THAT(put(1, 7), Answers(Outcome::kNotFound));
  EXPECT_THAT(put(0, 7), Answers(Outcome::kDone));
  EXPECT_THAT(put(0, 8), Answers(Outcome::kAlreadyExists));
  EXPECT_THAT(put(2, 8), Answers(Outcome::kVersionChanged));
  EXPECT_THAT(put(1, 8), Answers(Outcome::kDone));
  reopen();
  const auto found = storage().find_ephemeral(id_of<TenantId>(1), key_, kNow);
  ASSERT_TRUE(found && found->has_value());
  EXPECT_EQ((*found)->version, 2U);
  EXPECT_EQ((*found)->value, Bytes{8});
  EXPECT_EQ((*found)->expires_at, kLater);
  EXPECT_FALSE(storage().find_ephemeral(id_of<TenantId>(2), key_, kNow)->has_value());
  EXPECT_FALSE(storage().find_ephemeral(id_of<TenantId>(1), Bytes{'k'}, kNow)->has_value());
}

TEST_F(RecordContract, P8ExpiryGoesByTheCallersClock) {
  ASSERT_THAT(put(0, 7), Answers(Outcome::kDone));
  EXPECT_TRUE(storage().find_ephemeral(id_of<TenantId>(1), key_, kLater - 1)->has_value());
  EXPECT_FALSE(storage().find_ephemeral(id_of<TenantId>(1), key_, kLater)->has_value());
  EXPECT_THAT(put(1, 8, kLater), Answers(Outcome::kNotFound));
  EXPECT_THAT(put(0, 8, kLater), Answers(Outcome::kDone));
}

TEST_F(RecordContract, GuardsHoldHereToo) {
  Guard guard = make_guard(1);
  guard.epoch = 2;
  EXPECT_THAT(storage().put_ephemeral(guard, key_, 0, key_, kLater),
              Answers(Outcome::kEpochChanged));
  EXPECT_THAT(storage().revoke_token(guard, id_of<TokenId>(1), kLater, make_audit(1, 2)),
              Answers(Outcome::kEpochChanged));
  EXPECT_FALSE(storage().find_ephemeral(id_of<TenantId>(1), key_, kNow)->has_value());
}

}  // namespace
}  // namespace masterkey2::testing
