#include "service/audit_log.hpp"

#include <gtest/gtest.h>

#include "encoding/json.hpp"

namespace masterkey2 {
namespace {

class AuditLogTest : public ::testing::Test {
 protected:
  AuditDraft draft(const TenantId& tenant) {
    return log_.draft(tenant, call_, 5'000, {.type = "test"});
  }

  AuditLog log_{system_random()};
  const TenantId tenant_ = system_random().identifier<TenantId>();
  const Call call_{.address = "192.0.2.77", .request_id = "r1"};
};

TEST_F(AuditLogTest, CountsFromOneForEachTenant) {
  const TenantId other = system_random().identifier<TenantId>();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    AuditDraft entry = draft(tenant_);
    entry.stored();
    EXPECT_EQ(entry.entry().sequence, i);
  }
  EXPECT_EQ(draft(other).entry().sequence, 1U);
}

TEST_F(AuditLogTest, GivesTheNumberOfARefusedOperationToTheNext) {
  {
    const AuditDraft refused = draft(tenant_);
    EXPECT_EQ(refused.entry().sequence, 1U);
  }
  AuditDraft first = draft(tenant_);
  EXPECT_EQ(first.entry().sequence, 1U);
  first.stored();
  {
    const AuditDraft refused = draft(tenant_);
    AuditDraft done = draft(tenant_);
    done.stored();
    EXPECT_EQ(done.entry().sequence, 3U);
  }
  EXPECT_EQ(draft(tenant_).entry().sequence, 2U);
}

TEST_F(AuditLogTest, KeepsTheNumberOfAnOperationThatMayHaveBeenDone) {
  const auto number_after = [&](const StorageResult<Outcome>& outcome) {
    std::uint64_t number = 0;
    {
      AuditDraft entry = draft(tenant_);
      entry.note(outcome);
      number = entry.entry().sequence;
    }
    return draft(tenant_).entry().sequence - number;
  };
  EXPECT_EQ(number_after(Outcome::kDone), 1U);
  EXPECT_EQ(number_after(StorageError{StorageErrorCode::kOutcomeUnknown, ""}), 1U);
  EXPECT_EQ(number_after(Outcome::kClaimTaken), 0U);
  EXPECT_EQ(number_after(StorageError{StorageErrorCode::kUnavailable, ""}), 0U);
}

TEST_F(AuditLogTest, DrawsAChainOfItsOwn) {
  AuditLog other(system_random());
  EXPECT_NE(draft(tenant_).entry().chain,
            other.draft(tenant_, call_, 1, {.type = "test"}).entry().chain);
}

TEST_F(AuditLogTest, SaysWhereAndWhenButNotWhoInClear) {
  UserAccount user;
  user.external_id = "alice@example.com";
  user.handle = system_random().identifier<UserHandle>();
  const AuditDraft written =
      log_.draft(tenant_, call_, 5'000,
                 {.type = "user.created", .user = &user, .members = {{"api_key", "abc"}}});
  const AuditEntry& entry = written.entry();
  EXPECT_EQ(entry.at, 5'000);
  EXPECT_EQ(entry.keep_until, 5'000 + 400LL * 86'400'000);
  EXPECT_EQ(entry.subject, audit_subject(tenant_, user));
  EXPECT_EQ(entry.subject.size(), 32U);
  EXPECT_EQ(Json::parse(as_text(entry.body)),
            (Json{{"address", "192.0.2.0/24"}, {"request_id", "r1"}, {"api_key", "abc"}}));
}

TEST(AuditSubject, DependsOnTenantHandleAndExternalId) {
  UserAccount user;
  user.external_id = "alice";
  user.handle = system_random().identifier<UserHandle>();
  const auto tenant = system_random().identifier<TenantId>();
  const Bytes subject = audit_subject(tenant, user);
  EXPECT_EQ(subject, audit_subject(tenant, user));
  EXPECT_NE(subject, audit_subject(system_random().identifier<TenantId>(), user));
  UserAccount again = user;
  again.handle = system_random().identifier<UserHandle>();
  EXPECT_NE(subject, audit_subject(tenant, again));
  again = user;
  again.external_id = "Alice";
  EXPECT_NE(subject, audit_subject(tenant, again));
}

TEST(CutAddress, KeepsTheNetworkAlone) {
  EXPECT_EQ(cut_address("192.0.2.255"), "192.0.2.0/24");
  EXPECT_EQ(cut_address("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
  EXPECT_EQ(cut_address("::1"), "::/48");
  for (const char* text : {"", "unix:", "192.0.2", "192.0.2.1:80", "fe80::1%eth0", "example.com"}) {
    EXPECT_EQ(cut_address(text), "") << text;
  }
}

}  // namespace
}  // namespace masterkey2
