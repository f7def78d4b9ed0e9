// Whole stores between MySQL and the flat file, and what is left of an import or a migration that
// did not come to its end.
#include "plugins/mysql/mysql_test.hpp"
#include "plugins/stored_rows.hpp"
#include "storage/row_verifier.hpp"

namespace masterkey2::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Transfers : public MysqlTest {
 protected:
  [[nodiscard]] LoadedStorage flatfile(const std::string& name) const {
    PluginRequest request;
    request.plugin_dir = Backend::chosen().plugin_dir;
    request.name = "flatfile";
    request.allow_own_plugins = true;
    request.options = {{"path", folder() / name}};
    return load(request);
  }
  /// On another database of the same server.
  [[nodiscard]] LoadedStorage other_database() const {
    const std::string name = database() + "_other";
    shared_server().create_database(name);
    return load(request({{"database", name}}));
  }
  [[nodiscard]] static std::vector<StoredRow> exported(Storage& storage) {
    CollectedRows sink;
    const auto done = storage.export_rows(sink);
    EXPECT_TRUE(done) << done.error().detail;
    EXPECT_THAT(sink.damage, IsEmpty());
    return sink.rows;
  }
  static void import(Storage& storage, const std::vector<StoredRow>& rows) {
    GivenRows source(rows);
    ASSERT_THAT(storage.import_rows(source), Answers(Outcome::kDone));
  }
  void fill_everything() {
    ASSERT_THAT(storage().initialize(make_installation()), Answers(Outcome::kDone));
    ASSERT_EQ(fill_store(storage()), "");
  }
};

TEST_F(Transfers, MysqlToFlatFileToMysqlIsTheSame) {
  fill_everything();
  const auto rows = exported(storage());
  const LoadedStorage file = flatfile("store");
  import(file.storage(), rows);
  EXPECT_EQ(exported(file.storage()), rows);
  const LoadedStorage back = other_database();
  import(back.storage(), exported(file.storage()));
  EXPECT_EQ(exported(back.storage()), rows);
}

TEST_F(Transfers, FlatFileToMysqlToFlatFileIsTheSame) {
  const LoadedStorage file = flatfile("first");
  ASSERT_TRUE(file.storage().initialize(make_installation()));
  ASSERT_EQ(fill_store(file.storage()), "");
  const auto rows = exported(file.storage());
  import(storage(), rows);
  EXPECT_EQ(exported(storage()), rows);
  const LoadedStorage back = flatfile("second");
  import(back.storage(), exported(storage()));
  EXPECT_EQ(exported(back.storage()), rows);
}

TEST_F(Transfers, HalfAnImportIsRefusedByAllButAnImport) {
  fill_everything();
  const auto rows = exported(storage());
  const LoadedStorage other = other_database();
  GivenRows half({rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2)});
  half.end = StorageError{StorageErrorCode::kUnavailable, "the source ends here"};
  EXPECT_THAT(other.storage().import_rows(half), FailsWith(StorageErrorCode::kUnavailable));
  const auto read = other.storage().read_installation();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, StorageErrorCode::kIncompatible);
  EXPECT_THAT(read.error().detail, HasSubstr("half an import"));
  EXPECT_THAT(other.storage().initialize(make_installation()),
              FailsWith(StorageErrorCode::kIncompatible));
  import(other.storage(), rows);
  EXPECT_EQ(exported(other.storage()), rows);
}

TEST_F(Transfers, RowsThatHangInTheAirAreFound) {
  fill_everything();
  execute("DELETE FROM " + database() + ".users WHERE external_id = 'user-1'");
  execute("DELETE FROM " + database() +
          ".tenants WHERE rp_id = 'tenant1.example' AND "
          "exclusive_rp_id IS NULL");
  RowVerifier verifier;
  std::vector<std::string> found;
  for (const StoredRow& row : exported(storage())) {
    for (const std::string& sentence : verifier.look_at(row)) found.push_back(sentence);
  }
  EXPECT_THAT(found, Contains(HasSubstr("belongs to user")));
  EXPECT_THAT(found, Contains(HasSubstr("API key")));
}

TEST_F(Transfers, EachRowThatCannotBeReadIsNamedAndTheOthersAreThere) {
  fill_everything();
  const std::vector<StoredRow> before = exported(storage());
  const std::string tables = database() + ".";
  execute("UPDATE " + tables + "tenants SET signing_keys = X'02' WHERE id = X'" +
          std::string(31, '0') + "2'");
  execute("UPDATE " + tables + "credentials SET transports = X'FF41' WHERE created_at > 0");
  const std::uint64_t credentials = rows_of("credentials");
  execute("UPDATE " + tables + "claims SET channel = 9 WHERE kind = 1 AND confirmed = 1");
  execute("UPDATE " + tables + "claims SET user = NULL WHERE kind = 1 AND confirmed = 0");
  const std::uint64_t sign_ins =
      shared_server().number("SELECT COUNT(*) FROM " + tables + "claims WHERE kind = 1");
  execute("UPDATE " + tables +
          "audit SET idempotency_body = NULL WHERE idempotency_key IS NOT NULL");
  CollectedRows sink;
  ASSERT_TRUE(storage().export_rows(sink));
  ASSERT_GT(credentials, 1U);
  ASSERT_GT(sign_ins, 2U);
  EXPECT_EQ(sink.damage.size(), 1 + credentials + sign_ins + 1);
  EXPECT_EQ(sink.rows.size(), before.size() - sink.damage.size());
  const std::string tenant = std::string(31, '0') + "1";
  EXPECT_THAT(sink.damage, Contains("tenant " + std::string(31, '0') +
                                    "2: a row of the database has a broken value in "
                                    "tenants.signing_keys"));
  EXPECT_THAT(sink.damage, Contains(AllOf(HasSubstr("credential "), HasSubstr("tenant " + tenant),
                                          HasSubstr("credentials.transports"))));
  EXPECT_THAT(sink.damage, Contains(AllOf(HasSubstr("sign-in "), HasSubstr("channel"))));
  EXPECT_THAT(sink.damage, Contains(AllOf(HasSubstr("sign-in "), HasSubstr("wrong length"))));
  EXPECT_THAT(sink.damage, Contains(HasSubstr("idempotency key ")));
  // What stands behind is there.
  EXPECT_EQ(sink.rows.back(), before.back());
}

TEST_F(Transfers, ATableThatCannotBeReadHidesNoOther) {
  fill_everything();
  execute("UPDATE " + database() + ".credentials SET transports = X'FF41'");
  // Its ids do not have the length of ids any more: no row of it has a name.
  execute("ALTER TABLE " + database() + ".revocations MODIFY token VARBINARY(20) NOT NULL");
  execute("UPDATE " + database() + ".revocations SET token = CONCAT(token, 'x')");
  CollectedRows sink;
  ASSERT_TRUE(storage().export_rows(sink));
  EXPECT_EQ(sink.damage.size(), rows_of("credentials") + 1);
  EXPECT_THAT(sink.damage.back(), HasSubstr("wrong length"));
  EXPECT_TRUE(std::holds_alternative<AuditEntry>(sink.rows.back()));
}

TEST_F(Transfers, OlderOrHalfMigratedSchemaIsLedOn) {
  fill_everything();
  const auto rows = exported(storage());
  execute("UPDATE " + database() + ".masterkey2_schema SET version = 0, migrating_to = 1");
  open();
  EXPECT_THAT(storage().read_installation(), FailsWith(StorageErrorCode::kIncompatible));
  EXPECT_THAT(storage().migrate(), Answers(Storage::Migrated{0, 1}));
  EXPECT_THAT(storage().migrate(), Answers(Storage::Migrated{1, 1}));
  EXPECT_EQ(exported(storage()), rows);
}

TEST_F(Transfers, NewerOrForeignSchemaIsNotMigrated) {
  fill_everything();
  execute("UPDATE " + database() + ".masterkey2_schema SET version = 3");
  open();
  EXPECT_THAT(storage().migrate(), FailsWith(StorageErrorCode::kIncompatible));
  GivenRows source(std::vector<StoredRow>{});
  EXPECT_THAT(storage().import_rows(source), FailsWith(StorageErrorCode::kIncompatible));
  execute("DROP DATABASE " + database());
  execute("CREATE DATABASE " + database());
  open();
  EXPECT_THAT(storage().migrate(), FailsWith(StorageErrorCode::kNotInitialized));
  execute("CREATE TABLE " + database() + ".wordpress (id INT)");
  EXPECT_THAT(storage().migrate(), FailsWith(StorageErrorCode::kIncompatible));
}

}  // namespace
}  // namespace masterkey2::testing
