// Files that a crash has torn, and files that something has damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "plugins/flatfile/scenario.hpp"
#include "plugins/flatfile/store_files.hpp"

namespace masterkey2::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FlatfileDamage : public ::testing::Test {
 protected:
  /// Users 1 to `count` in tenant 1, in small segments if asked.
  void make_store(std::uint64_t count, const std::string& segment_bytes = "67108864",
                  const std::string& keep = "3600") {
    const LoadedStorage loaded = load(flatfile_request(store_, segment_bytes, keep));
    Storage& storage = loaded.storage();
    ASSERT_TRUE(storage.initialize(make_installation()));
    ASSERT_TRUE(storage.insert_tenant(make_insert_tenant(1)));
    for (std::uint64_t number = 1; number <= count; ++number) {
      ASSERT_TRUE(storage.put_user(make_put_user(1, number)));
    }
  }
  /// How many users the store at `path` has, or why it cannot be read.
  [[nodiscard]] static StorageResult<std::size_t> count_users(const std::string& path,
                                                              bool write_too = false) {
    const LoadedStorage loaded = load(flatfile_request(path));
    if (auto checked = loaded.storage().check(); !checked) return checked.error();
    if (write_too) {
      const auto put = loaded.storage().put_user(make_put_user(1, 999));
      if (!put) return put.error();
    }
    PageRequest page;
    page.limit = 1000;
    const auto users = loaded.storage().list_users(id_of<TenantId>(1), page);
    if (!users) return users.error();
    return users->items.size();
  }
  [[nodiscard]] std::string copy() {
    fs::remove_all(folder_ / "copy");
    copy_store(store_, folder_ / "copy");
    return folder_ / "copy";
  }
  static void expect_corrupt(const std::string& path, const std::string& part) {
    const auto users = count_users(path);
    ASSERT_FALSE(users);
    EXPECT_EQ(users.error().code, StorageErrorCode::kCorrupt) << users.error().detail;
    EXPECT_THAT(users.error().detail, HasSubstr(part));
  }

  const TemporaryFolder folder_;
  const std::string store_ = folder_ / "store";
};

TEST_F(FlatfileDamage, LogCutAnywhereInItsLastRecordsOpensWithWhatIsBefore) {
  make_store(4);
  const Bytes whole = read_file(store_ + log_name(1));
  const std::vector<std::size_t> starts = record_starts(whole);
  ASSERT_EQ(starts.size(), 7U);  // the installation, the tenant, four users, the end
  for (std::size_t cut = starts[3]; cut < whole.size(); ++cut) {
    SCOPED_TRACE(cut);
    const std::string store = copy();
    write_file(store + log_name(1), ByteView(whole).first(cut));
    const std::size_t kept = static_cast<std::size_t>(
        std::ranges::count_if(starts, [&](std::size_t start) { return start <= cut; }) - 3);
    const auto users = count_users(store);
    ASSERT_TRUE(users) << users.error().detail;
    ASSERT_EQ(*users, kept);
    if (cut % 16 != 0) continue;
    // The next writer cuts the rest off and goes on.
    ASSERT_EQ(*count_users(store, true), kept + 1);
    ASSERT_EQ(*count_users(store), kept + 1);
  }
}

TEST_F(FlatfileDamage, ZerosPastTheEndAreATornTail) {
  make_store(2);
  const std::string store = copy();
  Bytes torn = read_file(store + log_name(1));
  torn.resize(torn.size() + 5000);
  write_file(store + log_name(1), torn);
  EXPECT_EQ(*count_users(store), 2U);
  EXPECT_EQ(*count_users(store, true), 3U);
}

TEST_F(FlatfileDamage, LogCutBelowWhatWasAcknowledgedIsCorrupt) {
  make_store(4);
  const Bytes whole = read_file(store_ + log_name(1));
  for (const std::size_t cut : {whole.size() - 1, record_starts(whole)[4], std::size_t{129}}) {
    write_file(store_ + log_name(1), ByteView(whole).first(cut));
    expect_corrupt(store_, log_name(1));
  }
  write_file(store_ + log_name(1), whole);
  EXPECT_EQ(*count_users(store_), 4U);
}

TEST_F(FlatfileDamage, AnyByteFlippedBelowADurablePointIsCorruptWithFileAndOffset) {
  make_store(4);
  const Bytes whole = read_file(store_ + log_name(1));
  const std::vector<std::size_t> starts = record_starts(whole);
  const std::string store = copy();
  for (std::size_t at = 128; at < starts[5]; at += 3) {
    SCOPED_TRACE(at);
    Bytes damaged = whole;
    damaged[at] ^= 0x10;
    write_file(store + log_name(1), damaged);
    const std::size_t record = *std::prev(std::ranges::upper_bound(starts, at));
    expect_corrupt(store, log_name(1) + ": what had been on disk is damaged at offset " +
                              std::to_string(record));
  }
}

TEST_F(FlatfileDamage, FlippedByteInTheLastAcknowledgedRecordIsCorruptInPlace) {
  make_store(4);
  Bytes damaged = read_file(store_ + log_name(1));
  damaged[damaged.size() - 10] ^= 1;
  write_file(store_ + log_name(1), damaged);
  expect_corrupt(store_, log_name(1));
}

TEST_F(FlatfileDamage, AnyByteFlippedInASealedSegmentIsCorrupt) {
  make_store(60, "4096");
  const std::string store = copy();
  const std::string sealed = store + log_name(2);
  for (const auto& entry : fs::directory_iterator(store)) {
    if (entry.path().filename().string().starts_with("snapshot-")) fs::remove(entry.path());
  }
  const Bytes whole = read_file(sealed);
  ASSERT_TRUE(fs::exists(store + log_name(3)));
  for (std::size_t at = 0; at < whole.size(); at += 11) {
    SCOPED_TRACE(at);
    Bytes damaged = whole;
    damaged[at] ^= 0x40;
    write_file(sealed, damaged);
    const auto users = count_users(store);
    ASSERT_FALSE(users);
    const bool is_format_number = at >= 8 && at < 12;
    EXPECT_EQ(users.error().code,
              is_format_number ? StorageErrorCode::kIncompatible : StorageErrorCode::kCorrupt);
    EXPECT_THAT(users.error().detail, HasSubstr(log_name(2)));
  }
  write_file(sealed, whole);
  EXPECT_EQ(*count_users(store), 60U);
}

TEST_F(FlatfileDamage, SealedSegmentCutShortIsCorrupt) {
  make_store(60, "4096");
  const std::string store = copy();
  for (const auto& entry : fs::directory_iterator(store)) {
    if (entry.path().filename().string().starts_with("snapshot-")) fs::remove(entry.path());
  }
  const Bytes whole = read_file(store + log_name(1));
  write_file(store + log_name(1), ByteView(whole).first(whole.size() - 1));
  expect_corrupt(store, log_name(1));
}

TEST_F(FlatfileDamage, MissingSegmentIsCorrupt) {
  make_store(60, "4096");
  for (const auto& entry : fs::directory_iterator(store_)) {
    if (entry.path().filename().string().starts_with("snapshot-")) fs::remove(entry.path());
  }
  fs::remove(store_ + log_name(1));
  expect_corrupt(store_, log_name(1) + ": is missing");
}

TEST_F(FlatfileDamage, SegmentOfAnotherStoreIsCorrupt) {
  make_store(60, "4096");
  const TemporaryFolder other;
  {
    const LoadedStorage loaded = load(flatfile_request(other / "store", "4096"));
    Installation installation = make_installation();
    installation.id = id_of<Digest>(1);
    ASSERT_TRUE(loaded.storage().initialize(installation));
    ASSERT_TRUE(loaded.storage().insert_tenant(make_insert_tenant(1)));
    for (std::uint64_t number = 1; number <= 60; ++number) {
      ASSERT_TRUE(loaded.storage().put_user(make_put_user(1, number)));
    }
  }
  for (const auto& entry : fs::directory_iterator(store_)) {
    if (entry.path().filename().string().starts_with("snapshot-")) fs::remove(entry.path());
  }
  const std::string store = copy();
  write_file(store + log_name(2), read_file(other / "store" + log_name(2)));
  expect_corrupt(store, log_name(2));
}

class FlatfileSnapshot : public FlatfileDamage {
 protected:
  /// Twelve users, and the newest snapshot that the background made.
  void make_snapshot() {
    const LoadedStorage loaded = load(flatfile_request(store_, "4096"));
    Storage& storage = loaded.storage();
    prepare_scenarios(storage);
    for (std::uint64_t number = 3; number <= 12; ++number) {
      ASSERT_TRUE(storage.put_user(make_put_user(1, number)));
    }
    for (int i = 0; i < 2000 && newest_snapshot(store_).empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_NE(newest_snapshot(store_), "");
  }
  [[nodiscard]] static std::string newest_snapshot(const std::string& store) {
    std::string newest;
    for (const auto& entry : fs::directory_iterator(store)) {
      const std::string name = entry.path().filename();
      if (name.starts_with("snapshot-") && !name.ends_with(".new") && name > newest) newest = name;
    }
    return newest;
  }
};

TEST_F(FlatfileSnapshot, TakesThePlaceOfTheSegmentsBefore) {
  make_snapshot();
  const std::string newest = newest_snapshot(store_);
  for (const auto& entry : fs::directory_iterator(store_)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("log-") && name.substr(4) <= newest.substr(9)) fs::remove(entry.path());
    if (name.starts_with("snapshot-") && name < newest) fs::remove(entry.path());
  }
  EXPECT_EQ(*count_users(store_), 12U);
  const LoadedStorage loaded = load(flatfile_request(store_));
  EXPECT_TRUE(is_prepared_state_there(loaded.storage(), "put_user"));
  EXPECT_EQ(loaded.storage().take_sign_in(make_take(1, 50))->outcome, TakeOutcome::kTaken);
}

TEST_F(FlatfileSnapshot, DamagedOneIsPassedOverWhileTheSegmentsAreThere) {
  make_snapshot();
  const std::string path = store_ + "/" + newest_snapshot(store_);
  Bytes damaged = read_file(path);
  damaged[damaged.size() / 2] ^= 1;
  write_file(path, damaged);
  EXPECT_EQ(*count_users(store_), 12U);
}

TEST_F(FlatfileSnapshot, AnyByteFlippedIsFoundWhenTheSegmentsAreGone) {
  make_snapshot();
  const std::string newest = newest_snapshot(store_);
  for (const auto& entry : fs::directory_iterator(store_)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("log-") && name.substr(4) <= newest.substr(9)) fs::remove(entry.path());
    if (name.starts_with("snapshot-") && name < newest) fs::remove(entry.path());
  }
  const std::string store = copy();
  const Bytes whole = read_file(store + "/" + newest);
  for (std::size_t at = 0; at < whole.size(); at += 13) {
    SCOPED_TRACE(at);
    Bytes damaged = whole;
    damaged[at] ^= 0x20;
    write_file(store + "/" + newest, damaged);
    const auto users = count_users(store);
    ASSERT_FALSE(users);
    EXPECT_THAT(users.error().detail, HasSubstr(newest));
  }
}

TEST_F(FlatfileSnapshot, AuditEntriesMoveIntoRunsAndAreListedAsBefore) {
  make_snapshot();
  const LoadedStorage loaded = load(flatfile_request(store_, "4096", "0"));
  std::vector<std::uint64_t> expected;
  for (std::uint64_t sequence = 5000; sequence < 5300; ++sequence) {
    AuditEntry entry = make_audit(2, sequence);
    entry.at = kNow + static_cast<UnixMillis>(sequence * 7919 % 1000);  // not in their order
    ASSERT_TRUE(loaded.storage().append_audit({entry}));
    expected.push_back(sequence);
  }
  std::ranges::sort(expected, {}, [](std::uint64_t sequence) {
    return std::pair(sequence * 7919 % 1000, sequence);
  });
  for (const bool again : {false, true}) {
    const LoadedStorage other = load(flatfile_request(store_, "4096", "0"));
    std::vector<std::uint64_t> listed;
    PageRequest page;
    page.limit = 7;
    do {
      const auto entries =
          (again ? other : loaded).storage().list_audit(id_of<TenantId>(2), {}, page);
      ASSERT_TRUE(entries) << entries.error().detail;
      for (const AuditEntry& entry : entries->items) listed.push_back(entry.sequence);
      page.after = entries->next;
    } while (!page.after.empty());
    EXPECT_EQ(listed, expected);
  }
}

TEST_F(FlatfileSnapshot, SupersededFilesGoWhenTheirTimeIsOver) {
  make_snapshot();
  const LoadedStorage loaded = load(flatfile_request(store_, "4096", "0"));
  for (std::uint64_t number = 20; number < 200 && fs::exists(store_ + log_name(1)); ++number) {
    ASSERT_TRUE(loaded.storage().put_user(make_put_user(1, number)));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_FALSE(fs::exists(store_ + log_name(1)));
  EXPECT_TRUE(is_prepared_state_there(loaded.storage(), "put_user"));
}

TEST_F(FlatfileSnapshot, ProcessThatSleptPastTheRemovalFindsItsWay) {
  make_snapshot();
  const LoadedStorage sleeper = load(flatfile_request(store_, "4096", "0"));
  ASSERT_TRUE(sleeper.storage().check());
  const std::string last_seen = newest_snapshot(store_);
  {
    const LoadedStorage busy = load(flatfile_request(store_, "4096", "0"));
    for (std::uint64_t number = 20; number < 80; ++number) {
      ASSERT_TRUE(busy.storage().put_user(make_put_user(1, number)));
    }
  }
  const auto seen = sleeper.storage().find_user(id_of<TenantId>(1), "user-79", false);
  ASSERT_TRUE(seen) << seen.error().detail;
  EXPECT_TRUE(seen->user);
  EXPECT_TRUE(sleeper.storage().put_user(make_put_user(1, 80)));
  EXPECT_EQ(*count_users(store_), 73U);
}

TEST_F(FlatfileDamage, CopyMadeWhileRunningHoldsAllThatWasAcknowledgedBefore) {
  make_store(0, "4096");
  std::atomic<std::uint64_t> acknowledged = 0;
  std::atomic<bool> stop = false;
  const LoadedStorage loaded = load(flatfile_request(store_, "4096"));
  // Bounded: a store that grows faster than it is copied would keep the test from its end.
  constexpr std::uint64_t kMostUsers = 1'000;
  std::thread writer([&] {
    for (std::uint64_t number = 1; !stop && number <= kMostUsers; ++number) {
      ASSERT_TRUE(loaded.storage().put_user(make_put_user(1, number)));
      acknowledged = number;
    }
  });
  for (int i = 0; i < 20; ++i) {
    const std::uint64_t before = acknowledged;
    const std::string store = copy();
    const LoadedStorage restored = load(flatfile_request(store));
    const auto checked = restored.storage().check();
    EXPECT_TRUE(checked) << checked.error().detail;
    for (std::uint64_t number = 1; number <= before; ++number) {
      const auto view =
          restored.storage().find_user(id_of<TenantId>(1), make_user(number).external_id, false);
      EXPECT_TRUE(view && view->user) << number;
    }
    EXPECT_TRUE(restored.storage().put_user(make_put_user(1, 1'000'000)));
  }
  stop = true;
  writer.join();
  EXPECT_GT(acknowledged, 0U);
}

TEST_F(FlatfileDamage, OtherFormatNumberIsIncompatibleAndBothAreNamed) {
  make_store(1);
  const std::string store = copy();
  Bytes other = read_file(store + log_name(1));
  other[8] = 2;
  write_file(store + log_name(1), other);
  const auto users = count_users(store);
  ASSERT_FALSE(users);
  EXPECT_EQ(users.error().code, StorageErrorCode::kIncompatible);
  EXPECT_THAT(users.error().detail, HasSubstr("has format 2, this program reads format 1"));
}

}  // namespace
}  // namespace masterkey2::testing
