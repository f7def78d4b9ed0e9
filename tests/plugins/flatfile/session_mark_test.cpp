// Who has signed in under a session token, once a snapshot has put it into a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "figures/memory_meter.hpp"
#include "plugins/contract/contract_test.hpp"
#include "plugins/flatfile/store_files.hpp"
#include "plugins/stored_rows.hpp"

namespace masterkey2::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kSession = 60;
constexpr UnixMillis kSessionEnd = kNow + 86'400'000;  // as make_sign_in() has it

class FlatfileSessionMark : public ::testing::Test {
 protected:
  void SetUp() override {
    Storage& storage = open();
    ASSERT_TRUE(storage.initialize(make_installation()));
    add_tenant(1);
  }

  /// As one more process has it.
  Storage& open(const std::string& segment_bytes = "4096") {
    return processes_.emplace_back(load(flatfile_request(store_, segment_bytes, "0"))).storage();
  }
  [[nodiscard]] Storage& storage() { return processes_.front().storage(); }
  Storage& open_anew(const std::string& segment_bytes = "4096") {
    processes_.clear();
    return open(segment_bytes);
  }

  /// With users 1 and 2, each with one passkey.
  void add_tenant(std::uint64_t tenant) {
    ASSERT_THAT(storage().insert_tenant(make_insert_tenant(tenant)), Answers(Outcome::kDone));
    for (const std::uint64_t user : {1U, 2U}) {
      ASSERT_TRUE(storage().put_user(make_put_user(tenant, user)));
      ASSERT_THAT(storage().commit_registration(make_registration(tenant, user, user)),
                  Answers(Outcome::kDone));
    }
  }

  void sign_in(std::uint64_t user, std::uint64_t session = kSession, std::uint64_t tenant = 1) {
    ASSERT_THAT(
        storage().commit_sign_in(make_sign_in(tenant, user, user, next_sign_in_++, session)),
        Answers(Outcome::kDone));
  }
  /// By this process and by one that reads all from disk.
  void expect_ambiguous() {
    EXPECT_EQ(take(storage()), TakeOutcome::kAmbiguous);
    EXPECT_EQ(take(open_anew()), TakeOutcome::kAmbiguous);
  }
  [[nodiscard]] TakeOutcome take(Storage& from, std::uint64_t session = kSession,
                                 std::uint64_t tenant = 1) {
    TakeSignIn request = make_take_by_session(tenant, session);
    request.audit = make_audit(tenant, 500'000 + next_sign_in_++);
    const auto answer = from.take_sign_in(request);
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? answer->outcome : TakeOutcome::kTenantGone;
  }
  void sign_in_and_take(std::uint64_t user, std::uint64_t session = kSession,
                        std::uint64_t tenant = 1) {
    sign_in(user, session, tenant);
    ASSERT_EQ(take(storage(), session, tenant), TakeOutcome::kTaken);
  }

  /// Has the segment sealed, a snapshot written and read by the first process, at a time not before
  /// `now`.
  void make_snapshot(UnixMillis now = kNow) {
    const std::string log = newest("log-");
    // None is due while the last one is more than twice as large as what came since.
    for (int i = 0; i < 400 && fs::exists(log); ++i) {
      AuditEntry large = make_audit(1, 700'000 + next_sign_in_++);
      large.at = now;
      large.body = Bytes(4096, 1);
      ASSERT_TRUE(storage().append_audit({large}));
      if (newest("log-") == log) continue;  // not sealed yet
      (void)holds_soon([&] { return !fs::exists(log); }, std::chrono::milliseconds(50));
    }
    ASSERT_FALSE(fs::exists(log)) << "no snapshot took its place";
  }
  /// Waits for the background.
  [[nodiscard]] static bool holds_soon(const std::function<bool()>& condition,
                                       std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return condition();
  }
  /// Path of the file with the highest number; empty: there is none.
  [[nodiscard]] std::string newest(const std::string& prefix) const {
    std::string found;
    for (const auto& entry : fs::directory_iterator(store_)) {
      const std::string name = entry.path().filename();
      if (name.starts_with(prefix) && !name.ends_with(".new")) found = std::max(found, name);
    }
    return found.empty() ? "" : store_ + "/" + found;
  }
  /// Of the only run, which has one. Answers the path of its file.
  [[nodiscard]] std::string damage_block() const {
    std::string path = newest("marks-");
    Bytes content = read_file(path);
    content[200] ^= 1;
    write_file(path, content);
    return path;
  }
  [[nodiscard]] std::size_t count_runs() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(store_)) {
      if (entry.path().filename().string().starts_with("marks-")) ++count;
    }
    return count;
  }
  [[nodiscard]] std::vector<StoredSessionMark> exported_marks() {
    CollectedRows rows;
    EXPECT_TRUE(storage().export_rows(rows));
    EXPECT_THAT(rows.damage, IsEmpty());
    std::vector<StoredSessionMark> marks;
    for (const StoredRow& row : rows.rows) {
      if (const auto* mark = std::get_if<StoredSessionMark>(&row)) marks.push_back(*mark);
    }
    return marks;
  }
  /// Forgets sign-ins: marks alone tell of them then.
  void forget_sign_ins() { ASSERT_TRUE(storage().purge_expired(kLater + 1, UINT32_MAX)); }

  const TemporaryFolder folder_;
  const std::string store_ = folder_ / "store";

 private:
  std::deque<LoadedStorage> processes_;
  std::uint64_t next_sign_in_ = 1'000;
};

TEST_F(FlatfileSessionMark, GoesIntoARunWithTheNextSnapshot) {
  sign_in_and_take(1);
  EXPECT_EQ(newest("marks-"), "");
  make_snapshot();
  EXPECT_NE(newest("marks-"), "");
}

TEST_F(FlatfileSessionMark, OpenSignInIsFoundWhileItsMarkIsOnDisk) {
  sign_in(1);
  make_snapshot();
  ASSERT_NE(newest("marks-"), "");
  EXPECT_EQ(take(open()), TakeOutcome::kTaken);
  EXPECT_EQ(take(storage()), TakeOutcome::kNone);
}

TEST_F(FlatfileSessionMark, TwoOpenSignInsAreAmbiguousWhileTheMarkIsOnDisk) {
  sign_in_and_take(1);
  sign_in(1);
  make_snapshot();
  sign_in(1);
  expect_ambiguous();
}

TEST_F(FlatfileSessionMark, OnDiskStillTellsTheSecondUser) {
  sign_in_and_take(1);
  make_snapshot();
  sign_in(2);
  expect_ambiguous();
}

TEST_F(FlatfileSessionMark, OfTwoUsersOnDiskRefusesTheTokenForGood) {
  sign_in_and_take(1);
  sign_in(2);
  forget_sign_ins();
  make_snapshot();
  ASSERT_NE(newest("marks-"), "");
  expect_ambiguous();
  sign_in(1);
  EXPECT_EQ(take(storage()), TakeOutcome::kAmbiguous);
}

TEST_F(FlatfileSessionMark, SameUserAgainCanBeTaken) {
  sign_in_and_take(1);
  make_snapshot();
  sign_in_and_take(1);
  make_snapshot();
  open_anew();
  sign_in_and_take(1);
}

TEST_F(FlatfileSessionMark, ProcessesWithAndWithoutTheSnapshotAgree) {
  sign_in_and_take(1, 60);
  sign_in_and_take(1, 61);
  Storage& before = open();
  EXPECT_EQ(take(before, 60), TakeOutcome::kNone);  // it has read all that
  make_snapshot();
  Storage& after = open();
  ASSERT_TRUE(before.commit_sign_in(make_sign_in(1, 1, 1, 50, 60)));
  EXPECT_EQ(take(after, 60), TakeOutcome::kTaken);
  ASSERT_TRUE(after.commit_sign_in(make_sign_in(1, 2, 2, 51, 61)));
  EXPECT_EQ(take(before, 61), TakeOutcome::kAmbiguous);
}

TEST_F(FlatfileSessionMark, SignInOfAnotherDeviceThatIsConfirmedLaterFindsIt) {
  sign_in_and_take(1);
  CommitSignIn commit = make_sign_in(1, 2, 2, 50, kSession);
  commit.sign_in.confirmed = false;
  ASSERT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kDone));
  make_snapshot();
  ASSERT_NE(newest("marks-"), "");
  ASSERT_THAT(storage().confirm_sign_in(make_guard(1), id_of<TokenId>(50), kNow + 120'000,
                                        make_audit(1, 2)),
              Answers(Outcome::kDone));
  EXPECT_EQ(take(storage()), TakeOutcome::kAmbiguous);
}

TEST_F(FlatfileSessionMark, NewerRunKnowsMoreThanAnOlderOne) {
  open_anew("65536");  // one snapshot has them all
  for (std::uint64_t session = 1'000; session < 1'010; ++session) sign_in_and_take(1, session);
  make_snapshot();
  const std::string older = newest("marks-");
  sign_in(2, 1'000);
  forget_sign_ins();
  make_snapshot();
  ASSERT_TRUE(fs::exists(older)) << "the runs were merged: nothing is shown";
  ASSERT_NE(newest("marks-"), older);
  EXPECT_EQ(take(open_anew(), 1'000), TakeOutcome::kAmbiguous);
  EXPECT_EQ(take(storage(), 1'001), TakeOutcome::kNone);
  const auto marks = exported_marks();
  ASSERT_THAT(marks, SizeIs(10));
  EXPECT_TRUE(marks.front().several_users);
}

TEST_F(FlatfileSessionMark, RunsAreMergedSoThatThereAreFew) {
  for (std::uint64_t i = 0; i < 12; ++i) {
    sign_in_and_take(1, 1'000 + i);
    make_snapshot();
    EXPECT_TRUE(holds_soon([this] { return count_runs() <= 4; }, std::chrono::seconds(10)));
  }
  open_anew();
  forget_sign_ins();
  EXPECT_THAT(exported_marks(), SizeIs(12));
}

TEST_F(FlatfileSessionMark, IsExportedOnceWhereverItIs) {
  sign_in_and_take(1, 60);
  make_snapshot();
  sign_in_and_take(1, 60);
  sign_in_and_take(2, 61);
  forget_sign_ins();
  const auto marks = exported_marks();
  ASSERT_THAT(marks, SizeIs(2));
  EXPECT_EQ(marks[0], (StoredSessionMark{id_of<TenantId>(1), id_of<TokenId>(60), false,
                                         id_of<UserHandle>(1), kSessionEnd}));
  EXPECT_EQ(marks[1].session_token, id_of<TokenId>(61));
}

TEST_F(FlatfileSessionMark, OfAnotherTenantIsAnotherOne) {
  add_tenant(2);
  sign_in_and_take(1, kSession, 1);
  make_snapshot();
  sign_in(2, kSession, 2);
  EXPECT_EQ(take(storage(), kSession, 2), TakeOutcome::kTaken);
}

TEST_F(FlatfileSessionMark, GoesWithItsTenant) {
  add_tenant(2);
  sign_in_and_take(1, kSession, 2);
  make_snapshot();
  ASSERT_THAT(storage().erase_tenant(make_guard(2), make_audit(2, 9)), Answers(Outcome::kDone));
  EXPECT_THAT(exported_marks(), IsEmpty());
  sign_in_and_take(1);
  make_snapshot();
  EXPECT_TRUE(holds_soon([this] { return count_runs() == 1; }, std::chrono::seconds(10)));
  const Bytes run = read_file(newest("marks-"));
  EXPECT_NE(as_text(run).find(as_text(id_of<TenantId>(1).view())), std::string_view::npos);
  EXPECT_EQ(as_text(run).find(as_text(id_of<TenantId>(2).view())), std::string_view::npos);
  forget_sign_ins();
  EXPECT_THAT(exported_marks(), SizeIs(1));
}

TEST_F(FlatfileSessionMark, IsForgottenWithItsSession) {
  sign_in_and_take(1);
  make_snapshot();
  ASSERT_EQ(count_runs(), 1U);
  forget_sign_ins();
  make_snapshot(kSessionEnd + 1);
  EXPECT_TRUE(holds_soon([this] { return count_runs() == 0; }, std::chrono::seconds(10)));
  EXPECT_THAT(exported_marks(), IsEmpty());
}

TEST_F(FlatfileSessionMark, DamagedBlockIsAnErrorForItsSessionsAndNamedByTheExport) {
  sign_in_and_take(1);
  make_snapshot();
  const std::string path = damage_block();
  EXPECT_THAT(storage().commit_sign_in(make_sign_in(1, 2, 2, 50, kSession)),
              FailsWith(StorageErrorCode::kCorrupt));
  EXPECT_THAT(storage().take_sign_in(make_take_by_session(1, kSession)),
              FailsWith(StorageErrorCode::kCorrupt));
  CollectedRows rows;
  ASSERT_TRUE(storage().export_rows(rows));
  ASSERT_THAT(rows.damage, SizeIs(1));
  EXPECT_THAT(rows.damage[0], HasSubstr(path));
}

TEST_F(FlatfileSessionMark, OfASessionThatIsNewerThanAllRunsIsNotLookedForThere) {
  sign_in_and_take(1);
  make_snapshot();
  (void)damage_block();
  CommitSignIn commit = make_sign_in(1, 2, 2, 50, 61);
  commit.session_expires_at = kSessionEnd + 1;
  EXPECT_THAT(storage().commit_sign_in(commit), Answers(Outcome::kDone));
}

TEST_F(FlatfileSessionMark, ShortRunIsDamage) {
  sign_in_and_take(1);
  make_snapshot();
  const std::string path = newest("marks-");
  fs::resize_file(path, fs::file_size(path) - 1);
  const auto checked = open_anew().check();
  EXPECT_THAT(checked, FailsWith(StorageErrorCode::kCorrupt));
  EXPECT_THAT(checked.error().detail, HasSubstr(path));
}

TEST_F(FlatfileSessionMark, StoreWithoutARunThatItsSnapshotNamesIsNotRead) {
  sign_in_and_take(1);
  make_snapshot();
  fs::remove(newest("marks-"));
  EXPECT_FALSE(open_anew().check());
}

TEST_F(FlatfileSessionMark, TakesNoMemoryOnDisk) {
  if (figures::heap_in_use() == 0) GTEST_SKIP() << "a sanitizer's heap, which is not counted";
  constexpr std::uint64_t kSignIns = 1'000;
  open_anew("262144");
  const auto sign_in_many = [this](std::uint64_t from) {
    for (std::uint64_t i = 0; i < kSignIns; ++i) sign_in_and_take(1, from + i);
    forget_sign_ins();
    make_snapshot();
  };
  sign_in_many(10'000);
  const std::size_t before = figures::heap_in_use();
  sign_in_many(20'000);
  const std::size_t after = figures::heap_in_use();
  RecordProperty("bytes_per_1000_marks",
                 std::to_string((after - std::min(after, before)) * 1'000 / kSignIns));
  EXPECT_LT(after, before + kSignIns * 24);
  EXPECT_EQ(exported_marks().size(), 2 * kSignIns);
}

}  // namespace
}  // namespace masterkey2::testing
