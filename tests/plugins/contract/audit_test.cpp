// append_audit and list_audit.
#include "plugins/contract/contract_test.hpp"

namespace masterkey2::testing {
namespace {

class AuditContract : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    std::vector<AuditEntry> entries;
    for (const std::uint64_t sequence : {5U, 3U, 9U, 1U, 7U}) {
      AuditEntry entry = make_audit(1, sequence);
      entry.at = kNow + static_cast<UnixMillis>(sequence / 2);  // some at the same time
      if (sequence > 4) entry.type = "late";
      if (sequence == 3) entry.subject = Bytes(32, 3);
      entries.push_back(entry);
    }
    ASSERT_TRUE(storage().append_audit(entries));
    ASSERT_TRUE(storage().append_audit({make_audit(2, 1)}));
  }
  [[nodiscard]] std::vector<std::uint64_t> list(const Storage::AuditFilter& filter,
                                                std::uint32_t limit = 1000) {
    std::vector<std::uint64_t> sequences;
    PageRequest page;
    page.limit = limit;
    for (int pages = 0; pages < 20; ++pages) {
      const auto answer = storage().list_audit(id_of<TenantId>(1), filter, page);
      EXPECT_TRUE(answer);
      if (!answer) break;
      EXPECT_LE(answer->items.size(), limit);
      for (const AuditEntry& entry : answer->items) sequences.push_back(entry.sequence);
      page.after = answer->next;
      if (page.after.empty()) break;
    }
    return sequences;
  }
};

using ::testing::ElementsAre;

TEST_F(AuditContract, ListsInOrderInPagesOfAnySize) {
  for (const std::uint32_t limit : {1U, 2U, 3U, 5U, 1000U}) {
    EXPECT_THAT(list({}, limit), ElementsAre(1, 3, 5, 7, 9));
  }
  reopen();
  EXPECT_THAT(list({}), ElementsAre(1, 3, 5, 7, 9));
}

TEST_F(AuditContract, FiltersByTimeTypeAndSubject) {
  Storage::AuditFilter filter;
  filter.since = kNow + 1;
  filter.until = kNow + 3;
  EXPECT_THAT(list(filter), ElementsAre(3, 5));
  filter = {};
  filter.type = "late";
  EXPECT_THAT(list(filter, 1), ElementsAre(5, 7, 9));
  filter = {};
  filter.subject = Bytes(32, 3);
  EXPECT_THAT(list(filter), ElementsAre(3));
  filter.subject = Bytes(32, 4);
  EXPECT_TRUE(list(filter).empty());
}

TEST_F(AuditContract, SecondEntryWithTheSameNumberIsListedOnce) {
  AuditEntry again = make_audit(1, 3);
  again.at = kNow + 1;
  ASSERT_TRUE(storage().append_audit({again}));
  for (const std::uint32_t limit : {1U, 2U, 3U, 1000U}) {
    EXPECT_THAT(list({}, limit), ElementsAre(1, 3, 5, 7, 9)) << limit;
  }
}

TEST_F(AuditContract, P7TenantsAreApart) {
  const auto other = storage().list_audit(id_of<TenantId>(2), {}, {});
  ASSERT_TRUE(other);
  ASSERT_EQ(other->items.size(), 1U);
  EXPECT_EQ(other->items[0], make_audit(2, 1));
  EXPECT_TRUE(storage().list_audit(id_of<TenantId>(3), {}, {})->items.empty());
}

TEST_F(AuditContract, ForeignCursorIsRefused) {
  PageRequest page;
  page.after = {1, 2, 3};
  EXPECT_THAT(storage().list_audit(id_of<TenantId>(1), {}, page),
              FailsWith(StorageErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace masterkey2::testing
