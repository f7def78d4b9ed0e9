// Rows in memory, found by identifiers, and those that are forgotten by time.
#include "plugins/flatfile/id_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "plugins/flatfile/expiring_table.hpp"

namespace masterkey2::testing {
namespace {

using flatfile::ExpiringTable;
using flatfile::IdMap;
using flatfile::SlotTable;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TokenId numbered(std::uint32_t number) {
  TokenId id;
  for (std::size_t i = 0; i < 4; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return id;
}

TEST(FlatfileIdMap, HoldsWhatAMapHolds) {
  IdMap<TokenId, int> rows(11);
  std::map<TokenId, int> expected;
  std::mt19937 random(3);
  for (int step = 0; step < 20'000; ++step) {
    const TokenId id = numbered(static_cast<std::uint32_t>(random() % 500));
    // Grows for a while, then shrinks.
    if (random() % 10 < (step < 10'000 ? 7U : 3U)) {
      rows[id] = step;
      expected[id] = step;
    } else {
      rows.erase(id);
      expected.erase(id);
    }
    ASSERT_EQ(rows.size(), expected.size());
  }
  std::map<TokenId, int> found;
  rows.for_each([&](const TokenId& id, int value) { found[id] = value; });
  EXPECT_EQ(found, expected);
  for (std::uint32_t number = 0; number < 500; ++number) {
    const auto known = expected.find(numbered(number));
    const int* const value = rows.find(numbered(number));
    ASSERT_EQ(value != nullptr, known != expected.end());
    if (value != nullptr) {
      ASSERT_EQ(*value, known->second);
    }
  }
}

TEST(FlatfileIdMap, EmptyOneFindsNothing) {
  IdMap<TokenId, int> rows;
  EXPECT_EQ(rows.find(numbered(1)), nullptr);
  rows.erase(numbered(1));
  EXPECT_EQ(rows.size(), 0U);
}

TEST(FlatfileIdMap, FirstLastAndOnlyRowCanBeErased) {
  for (const std::uint32_t erased : {1U, 2U, 3U}) {
    IdMap<TokenId, std::uint32_t> rows(5);
    for (std::uint32_t number = 1; number <= 3; ++number) rows[numbered(number)] = number;
    rows.erase(numbered(erased));
    for (std::uint32_t number = 1; number <= 3; ++number) {
      ASSERT_EQ(rows.find(numbered(number)) != nullptr, number != erased);
      rows.erase(numbered(number));
    }
    EXPECT_EQ(rows.size(), 0U);
    rows[numbered(4)] = 4;
    EXPECT_EQ(*rows.find(numbered(4)), 4U);
  }
}

// In the order of hashes they would pile up in another map of the same secret while it grows.
TEST(FlatfileIdMap, RowsStandInTheOrderInWhichTheyCame) {
  IdMap<TokenId, std::uint32_t> rows(9);
  for (std::uint32_t number = 0; number < 1'000; ++number) rows[numbered(number)] = number;
  rows[numbered(0)] = 0;
  std::uint32_t next = 0;
  rows.for_each([&](const TokenId&, std::uint32_t value) { ASSERT_EQ(value, next++); });
}

TEST(FlatfileSlotTable, HoldsSeveralSlotsOfOneHash) {
  SlotTable table;
  EXPECT_THAT(table.find(7), IsEmpty());
  for (const std::uint32_t slot : {0U, 5U, 5U, 9U}) table.insert(7, slot);
  table.insert(8, 5);
  EXPECT_THAT(table.find(7), UnorderedElementsAre(0, 5, 9));
  EXPECT_EQ(table.find_if(7, [](std::uint32_t slot) { return slot > 5; }), 9U);
  EXPECT_FALSE(table.find_if(7, [](std::uint32_t slot) { return slot > 9; }));
  table.erase(7, 5);
  table.erase(7, 6);  // is not there
  EXPECT_THAT(table.find(7), UnorderedElementsAre(0, 9));
  EXPECT_THAT(table.find(8), ElementsAre(5));
}

struct Kept {
  UnixMillis keep_until = 0;
};

TEST(FlatfileExpiringTable, RowWrittenAnewIsForgottenAtItsNewTime) {
  ExpiringTable<TokenId, Kept> table(3);
  table.put(numbered(1), {10});
  table.put(numbered(2), {20});
  table.put(numbered(1), {30});
  std::vector<TokenId> forgotten;
  const auto note = [&](const TokenId& id, const Kept&) { forgotten.push_back(id); };
  EXPECT_TRUE(table.has_expired(21));
  EXPECT_EQ(table.purge(21, 10, note), 1U);
  EXPECT_THAT(forgotten, ElementsAre(numbered(2)));
  EXPECT_EQ(table.purge(30, 10, note), 0U);
  EXPECT_EQ(table.purge(31, 10, note), 1U);
  EXPECT_EQ(table.size(), 0U);
}

TEST(FlatfileExpiringTable, RowOfTimeZeroIsForgotten) {
  ExpiringTable<TokenId, Kept> table(3);
  table.put(numbered(1), {0});
  EXPECT_EQ(table.purge(1, 10, [](const TokenId&, const Kept&) {}), 1U);
}

}  // namespace
}  // namespace masterkey2::testing
