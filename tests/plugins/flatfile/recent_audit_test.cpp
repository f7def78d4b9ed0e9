// Audit entries that are in no run yet: where they stand, and how they are listed.
#include "plugins/flatfile/recent_audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>
#include <random>
#include <tuple>

#include "figures/memory_meter.hpp"
#include "plugins/contract/contract_test.hpp"
#include "plugins/flatfile/store_files.hpp"

namespace masterkey2::testing {
namespace {

using flatfile::AuditPlace;
using flatfile::Location;
using flatfile::PlacesByTime;
using flatfile::RecentAudit;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Row = std::tuple<UnixMillis, std::uint32_t, std::uint64_t, std::uint32_t>;

Row row_of(UnixMillis at, const Location& location) {
  return {at, location.file, location.offset, location.size};
}

/// What comes out from `from` on, `places` being what was put in: the times are not told.
void expect_in_order(const std::vector<AuditPlace>& places, UnixMillis from) {
  RecentAudit recent;
  std::map<UnixMillis, std::vector<Row>> expected;
  for (const AuditPlace& place : places) {
    recent.append(place);
    if (place.at >= from) expected[place.at].push_back(row_of(place.at, place.location));
  }
  EXPECT_EQ(recent.size(), places.size());
  PlacesByTime by_time(recent, from);
  for (const auto& [at, rows] : expected) {
    std::vector<Row> found;
    for (const Location& location : by_time.next()) found.push_back(row_of(at, location));
    ASSERT_EQ(found, rows);
  }
  EXPECT_THAT(by_time.next(), IsEmpty());
  EXPECT_THAT(by_time.next(), IsEmpty());
}

/// As the log of a busy server has them: two for each sign-in of 700 B.
std::vector<AuditPlace> places_of_sign_ins(std::uint32_t count) {
  std::vector<AuditPlace> places;
  std::uint64_t offset = 128;
  for (std::uint32_t i = 0; i < count; ++i, offset += 700) {
    places.push_back({kNow + i, {1, 180, offset + 200}});
    places.push_back({kNow + i, {1, 190, offset + 420}});
  }
  return places;
}

TEST(RecentAudit, PlacesComeByTimeAndThoseOfOneTimeAsInTheLog) {
  std::mt19937 random(1);
  std::vector<AuditPlace> places;
  for (std::uint32_t file = 1; file <= 3; ++file) {
    std::uint64_t offset = 128;
    for (int i = 0; i < 400; ++i) {
      offset += random() % 3 == 0 ? 0 : random() % 5'000;
      const auto size = static_cast<std::uint32_t>(100 + random() % 4'000);
      places.push_back({kNow + i + static_cast<UnixMillis>(random() % 150), {file, size, offset}});
      offset += size;
    }
  }
  for (const UnixMillis from : {INT64_MIN, kNow, kNow + 1, kNow + 250, kNow + 548, INT64_MAX}) {
    expect_in_order(places, from);
  }
}

TEST(RecentAudit, ClockSetBackByAnHourAndTwoThatDiffer) {
  std::vector<AuditPlace> places = places_of_sign_ins(1'000);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 700) places[i].at -= 3'600'000;
    if (i % 3 == 0) places[i].at += 60'000;
  }
  for (const UnixMillis from : {UnixMillis{0}, kNow - 3'599'000, kNow + 300, kNow + 60'100}) {
    expect_in_order(places, from);
  }
}

TEST(RecentAudit, ExtremesOfTimeOffsetAndSizeAreKept) {
  const std::uint64_t far = std::uint64_t{1} << 62;
  expect_in_order({{INT64_MAX, {0, 1, 0}},
                   {INT64_MIN, {0, UINT32_MAX, 1}},
                   {0, {0, 0, far}},
                   {INT64_MIN, {UINT32_MAX, UINT32_MAX, far}},
                   {-1, {UINT32_MAX, 7, far + UINT32_MAX}}},
                  INT64_MIN);
  expect_in_order({}, INT64_MIN);
}

TEST(RecentAudit, WholeSegmentTakesLessThanTwoMegabytes) {
  constexpr std::uint32_t kSignIns = 95'000;  // of 700 B, in 64 MiB
  const std::vector<AuditPlace> places = places_of_sign_ins(kSignIns);
  const std::size_t before = figures::heap_in_use();
  if (before == 0) GTEST_SKIP() << "a sanitizer's heap, which is not counted";
  RecentAudit recent;
  for (const AuditPlace& place : places) recent.append(place);
  const std::size_t grown = figures::heap_in_use() - before;
  RecordProperty("bytes_per_1000_entries", std::to_string(grown * 1'000 / places.size()));
  EXPECT_LT(grown, 2'000'000U);
  EXPECT_LT(grown, places.size() * 8);
}

TEST(RecentAudit, FewPlacesOfATenantTakeLittle) {
  const std::size_t before = figures::heap_in_use();
  if (before == 0) GTEST_SKIP() << "a sanitizer's heap, which is not counted";
  RecentAudit recent;
  for (const AuditPlace& place : places_of_sign_ins(1)) recent.append(place);
  EXPECT_LE(figures::heap_in_use() - before, 2 * 96U);
}

/// Through the plugin, in a segment that is not full.
class FlatfileRecentAudit : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(load_once_more().initialize(make_installation())); }

  [[nodiscard]] Storage& storage() { return loaded_.front().storage(); }
  /// As another process has it.
  Storage& load_once_more() {
    return loaded_.emplace_back(load(flatfile_request(store_))).storage();
  }
  /// All pages, or the first error and what came before.
  [[nodiscard]] static std::pair<std::vector<AuditEntry>, std::string> list(
      Storage& storage, std::uint64_t tenant, const Storage::AuditFilter& filter = {},
      std::uint32_t limit = 1000) {
    std::vector<AuditEntry> listed;
    PageRequest page;
    page.limit = limit;
    do {
      const auto answer = storage.list_audit(id_of<TenantId>(tenant), filter, page);
      if (!answer) {
        EXPECT_EQ(answer.error().code, StorageErrorCode::kCorrupt);
        return {listed, answer.error().detail};
      }
      listed.insert(listed.end(), answer->items.begin(), answer->items.end());
      page.after = answer->next;
    } while (!page.after.empty());
    return {listed, ""};
  }

  const TemporaryFolder folder_;
  const std::string store_ = folder_ / "store";

 private:
  std::deque<LoadedStorage> loaded_;
};

using Key = std::tuple<UnixMillis, TokenId, std::uint64_t>;

Key key_of(const AuditEntry& entry) { return {entry.at, entry.chain, entry.sequence}; }

/// Of one of four chains whose clocks differ and go back at times; several have the same time.
AuditEntry entry_of_chain(std::uint64_t tenant, std::uint64_t number) {
  AuditEntry entry = make_audit(tenant, number / 4);
  const std::uint64_t chain = number % 4;
  entry.chain = id_of<TokenId>(9 - chain);
  entry.at = kNow + static_cast<UnixMillis>(number / 9 + chain * 20 - (number / 100) * 3);
  return entry;
}

TEST_F(FlatfileRecentAudit, IsListedInOrderWhateverChainsClocksAndProcesses) {
  std::map<std::uint64_t, std::map<Key, AuditEntry>> by_tenant;
  const std::array<Storage*, 2> processes = {&storage(), &load_once_more()};
  for (std::uint64_t number = 0; number < 900; number += 15) {
    std::vector<AuditEntry> entries;
    for (std::uint64_t i = number; i < number + 15; ++i) {
      const std::uint64_t tenant = i % 3 == 0 ? 2 : 1;
      entries.push_back(entry_of_chain(tenant, i));
      by_tenant[tenant][key_of(entries.back())] = entries.back();
    }
    ASSERT_TRUE(processes[number % 2]->append_audit(entries));
    // Once more, as after kOutcomeUnknown.
    ASSERT_TRUE(processes[number / 15 % 2]->append_audit({entries.front()}));
  }
  for (const auto& [tenant, by_key] : by_tenant) {
    for (const auto& [since, until] : {std::pair<UnixMillis, UnixMillis>{INT64_MIN, INT64_MAX},
                                       {kNow + 40, INT64_MAX},
                                       {INT64_MIN, kNow + 70},
                                       {kNow + 50, kNow + 51},
                                       {kNow + 30, kNow + 80}}) {
      SCOPED_TRACE(std::to_string(tenant) + ": " + std::to_string(since) + " to " +
                   std::to_string(until));
      std::vector<AuditEntry> expected;
      for (const auto& [key, entry] : by_key) {
        if (entry.at >= since && entry.at < until) expected.push_back(entry);
      }
      EXPECT_FALSE(expected.empty());
      const Storage::AuditFilter filter{.since = since, .until = until, .type = {}, .subject = {}};
      for (Storage* process : processes) {
        for (const std::uint32_t limit : {1U, 7U, 64U, 1000U}) {
          EXPECT_TRUE(list(*process, tenant, filter, limit) == std::pair(expected, std::string()))
              << "in pages of " << limit;
        }
      }
    }
  }
  EXPECT_EQ(list(load_once_more(), 1), list(storage(), 1));  // read from the log
}

TEST_F(FlatfileRecentAudit, OfTwoWithTheSameKeyTheFirstIsListed) {
  AuditEntry first = make_audit(1, 5);
  first.type = "first";
  ASSERT_TRUE(storage().append_audit({make_audit(1, 6), first, make_audit(1, 4)}));
  ASSERT_TRUE(storage().append_audit({make_audit(1, 5)}));
  EXPECT_THAT(list(storage(), 1).first, ElementsAre(make_audit(1, 4), first, make_audit(1, 6)));
}

TEST_F(FlatfileRecentAudit, DamagedOneIsAnErrorWhereItsTimeComes) {
  constexpr std::uint64_t kCount = 500;
  constexpr std::uint64_t kDamaged = 400;
  for (std::uint64_t number = 0; number < kCount; number += 50) {
    std::vector<AuditEntry> entries;
    for (std::uint64_t i = number; i < number + 50; ++i) {
      entries.push_back(make_audit(1, i));
      if (i == kDamaged) entries.back().type = "damaged soon";
    }
    ASSERT_TRUE(storage().append_audit(entries));
  }
  const std::string log = store_ + log_name(1);
  Bytes content = read_file(log);
  content[as_text(content).find("damaged soon")] ^= 1;
  write_file(log, content);

  const auto [listed, error] = list(storage(), 1, {}, 1);
  EXPECT_EQ(listed.size(), kDamaged - 1);  // each page looks at what comes behind it
  EXPECT_THAT(error, HasSubstr(log_name(1)));
  EXPECT_THAT(error, HasSubstr("is damaged"));
  Storage::AuditFilter filter;
  filter.until = make_audit(1, kDamaged - 1).at;
  EXPECT_EQ(list(storage(), 1, filter).first.size(), kDamaged - 1);
  EXPECT_EQ(list(storage(), 1, filter).second, "");
  filter = {};
  filter.since = make_audit(1, kDamaged + 1).at;
  EXPECT_EQ(list(storage(), 1, filter).first.size(), kCount - kDamaged - 1);
}

TEST_F(FlatfileRecentAudit, EntryTakesAFewBytesOfMemory) {
  if (figures::heap_in_use() == 0) GTEST_SKIP() << "a sanitizer's heap, which is not counted";
  std::uint64_t number = 0;
  const auto append = [&](int calls) {
    for (int i = 0; i < calls; ++i) {
      std::vector<AuditEntry> entries;
      for (int j = 0; j < 64; ++j) entries.push_back(make_audit(1, ++number));
      ASSERT_TRUE(storage().append_audit(entries));
    }
  };
  append(20);  // what is kept anyway
  const std::size_t before = figures::heap_in_use();
  append(200);
  const std::size_t grown = figures::heap_in_use() - before;
  RecordProperty("bytes_per_1000_entries", std::to_string(grown * 1'000 / (200 * 64)));
  EXPECT_LT(grown, 200U * 64 * 10);
}

}  // namespace
}  // namespace masterkey2::testing
