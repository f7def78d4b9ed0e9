// export_rows, import_rows and migrate.
#include "plugins/contract/contract_test.hpp"
#include "plugins/stored_rows.hpp"
#include "storage/row_verifier.hpp"

namespace masterkey2::testing {
namespace {

using ::testing::IsEmpty;

class PortableContract : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    if ((descriptor().capabilities & kPortable) == 0) GTEST_SKIP() << "not kPortable";
    ASSERT_EQ(fill_store(storage()), "");
  }
  /// Of a store that nobody has made yet.
  [[nodiscard]] LoadedStorage empty_place() {
    others_.push_back(std::make_unique<TemporaryFolder>());
    return load(Backend::chosen().request(others_.back()->path()));
  }
  [[nodiscard]] static std::vector<StoredRow> exported(Storage& storage) {
    CollectedRows sink;
    const auto done = storage.export_rows(sink);
    EXPECT_TRUE(done) << done.error().detail;
    EXPECT_THAT(sink.damage, IsEmpty());
    return sink.rows;
  }
  static void import(Storage& storage, std::vector<StoredRow> rows) {
    GivenRows source(std::move(rows));
    ASSERT_THAT(storage.import_rows(source), Answers(Outcome::kDone));
  }

 private:
  std::vector<std::unique_ptr<TemporaryFolder>> others_;
};

TEST_F(PortableContract, P14ExportHasRowsOfEveryKindThatFitTogether) {
  RowVerifier verifier;
  for (const StoredRow& row : exported(storage())) EXPECT_THAT(verifier.look_at(row), IsEmpty());
  EXPECT_THAT(verifier.finish(), IsEmpty());
  for (std::size_t kind = 0; kind < verifier.counts().size(); ++kind) {
    EXPECT_GT(verifier.counts().at(kind), 0U) << kind_word(kind);
  }
}

TEST_F(PortableContract, P14ExportChangesNothingAndIsTheSameAgain) {
  const auto rows = exported(storage());
  EXPECT_EQ(exported(storage()), rows);
  reopen();
  EXPECT_EQ(exported(storage()), rows);
}

TEST_F(PortableContract, P14ImportedStoreExportsTheSameRows) {
  const auto rows = exported(storage());
  LoadedStorage other = empty_place();
  import(other.storage(), rows);
  EXPECT_EQ(exported(other.storage()), rows);
}

TEST_F(PortableContract, P14ImportedStoreAnswersAsTheFirst) {
  LoadedStorage other = empty_place();
  import(other.storage(), exported(storage()));
  Storage& copy = other.storage();
  const auto tenant = id_of<TenantId>(1);
  EXPECT_EQ(copy.read_installation().value(), storage().read_installation().value());
  EXPECT_EQ(copy.find_tenant(tenant).value(), storage().find_tenant(tenant).value());
  EXPECT_EQ(copy.list_api_keys(tenant, kNow).value(),
            storage().list_api_keys(tenant, kNow).value());
  const auto theirs = copy.find_user(tenant, "user-1", true);
  const auto ours = storage().find_user(tenant, "user-1", true);
  ASSERT_TRUE(theirs && ours);
  EXPECT_EQ(theirs->user, ours->user);
  EXPECT_EQ(theirs->credentials, ours->credentials);
  EXPECT_EQ(theirs->credentials.size(), 2U);
  EXPECT_EQ(copy.list_revocations({}).value().items, storage().list_revocations({}).value().items);
  EXPECT_EQ(copy.find_ephemeral(tenant, Bytes{0, 0xFF, 'a'}, kNow).value()->version, 2U);
  // Claims hold, what was taken stays taken, what was answered is answered again.
  CommitRegistration again = make_registration(1, 1, 1);
  EXPECT_THAT(copy.commit_registration(again), Answers(Outcome::kClaimTaken));
  EXPECT_EQ(copy.take_sign_in(make_take(1, 501))->outcome, TakeOutcome::kAlreadyTaken);
  EXPECT_EQ(copy.take_sign_in(make_take(1, 503))->outcome, TakeOutcome::kNone);
  EXPECT_EQ(copy.take_sign_in(make_take(1, 504))->outcome, TakeOutcome::kTaken);
  EXPECT_EQ(copy.take_sign_in(make_take_by_session(1, 605))->outcome, TakeOutcome::kAmbiguous);
  const auto taken = copy.take_sign_in(make_take(1, 500));
  ASSERT_EQ(taken->outcome, TakeOutcome::kTaken);
  EXPECT_TRUE(taken->sign_in->proof);
  EXPECT_EQ(copy.take_sign_in(make_take(1, 500))->outcome, TakeOutcome::kAlreadyTaken);
}

TEST_F(PortableContract, P14ImportedStoreGoesOn) {
  LoadedStorage other = empty_place();
  import(other.storage(), exported(storage()));
  Storage& copy = other.storage();
  ASSERT_THAT(copy.commit_registration(make_registration(1, 1, 900)), Answers(Outcome::kDone));
  const auto user = copy.find_user(id_of<TenantId>(1), "user-1", true);
  ASSERT_EQ(user->credentials.size(), 3U);
  EXPECT_EQ(user->credentials.back().id, make_credential(1, 900).id);
  Guard guard = make_guard(1);
  ASSERT_THAT(copy.revoke_token(guard, id_of<TokenId>(950), kLater, make_audit(1, 950)),
              Answers(Outcome::kDone));
  EXPECT_EQ(copy.list_revocations({})->items.back(), id_of<TokenId>(950));
  EXPECT_TRUE(copy.purge_expired(kNow + 1'000'000'000, 1000));
  EXPECT_TRUE(copy.check());
}

TEST_F(PortableContract, P14ImportWhereAStoreIsChangesNothing) {
  const auto rows = exported(storage());
  GivenRows source(rows);
  EXPECT_THAT(storage().import_rows(source), Answers(Outcome::kAlreadyExists));
  EXPECT_EQ(exported(storage()), rows);
}

TEST_F(PortableContract, P14HalfAnImportIsNoStoreAndCanBeRestarted) {
  const auto rows = exported(storage());
  LoadedStorage other = empty_place();
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, rows.size() / 2, rows.size()}) {
    GivenRows source({rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count)});
    source.end = StorageError{StorageErrorCode::kUnavailable, "the source ends here"};
    EXPECT_THAT(other.storage().import_rows(source), FailsWith(StorageErrorCode::kUnavailable));
    EXPECT_FALSE(other.storage().read_installation());
    EXPECT_FALSE(other.storage().find_tenant(id_of<TenantId>(1)));
  }
  import(other.storage(), rows);
  EXPECT_EQ(exported(other.storage()), rows);
}

TEST_F(PortableContract, P14RowsThatDoNotFitAreRefused) {
  const auto rows = exported(storage());
  LoadedStorage other = empty_place();
  std::vector<StoredRow> without_tenants;
  for (const StoredRow& row : rows) {
    if (!std::holds_alternative<StoredTenant>(row)) without_tenants.push_back(row);
  }
  std::vector<StoredRow> twice = rows;
  twice.insert(twice.begin() + 1, rows[1]);
  for (const auto& bad : {without_tenants, twice, std::vector<StoredRow>{}}) {
    GivenRows source(bad);
    EXPECT_THAT(other.storage().import_rows(source), FailsWith(StorageErrorCode::kInvalidArgument));
  }
}

TEST_F(PortableContract, P15MigrateOfANewStoreHasNothingToDo) {
  const auto rows = exported(storage());
  const auto migrated = storage().migrate();
  if (!migrated) {
    EXPECT_EQ(migrated.error().code, StorageErrorCode::kUnsupported);
    return;
  }
  EXPECT_EQ(migrated->from, migrated->to);
  EXPECT_EQ(exported(storage()), rows);
}

}  // namespace
}  // namespace masterkey2::testing
