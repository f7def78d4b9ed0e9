// Databases that are not ours, or not as we know them; options that cannot work.
#include <sys/stat.h>

#include <fstream>

#include "plugins/mysql/mysql_test.hpp"

namespace masterkey2::testing {
namespace {

class Databases : public MysqlTest {
 protected:
  void expect_refused(StorageErrorCode code, const std::vector<std::string>& words) {
    open();
    const auto read = storage().read_installation();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, code);
    for (const std::string& word : words) {
      EXPECT_THAT(read.error().detail, ::testing::HasSubstr(word));
    }
  }
  void set_schema(const std::string& assignment) {
    execute("UPDATE " + database() + ".masterkey2_schema SET " + assignment);
  }
};

TEST_F(Databases, EmptyOneIsNotInitialized) {
  expect_refused(StorageErrorCode::kNotInitialized, {"empty"});
}

TEST_F(Databases, OneWithOtherTablesIsLeftAlone) {
  execute("CREATE TABLE " + database() + ".wordpress (id INT)");
  expect_refused(StorageErrorCode::kIncompatible, {"not MasterKey2's"});
  EXPECT_THAT(storage().initialize(make_installation()),
              FailsWith(StorageErrorCode::kIncompatible));
  EXPECT_EQ(shared_server().number("SELECT COUNT(*) FROM information_schema.tables WHERE "
                                   "table_schema = '" +
                                   database() + "'"),
            1U);
}

TEST_F(Databases, NewerSchemaIsRefusedWithBothNumbers) {
  fill();
  set_schema("version = 3");
  expect_refused(StorageErrorCode::kIncompatible, {"schema 3", "schema 1"});
  EXPECT_THAT(storage().initialize(make_installation()),
              FailsWith(StorageErrorCode::kIncompatible));
}

TEST_F(Databases, NextSchemaIsServed) {
  fill();
  set_schema("version = 2");
  open();
  EXPECT_TRUE(storage().read_installation());
}

TEST_F(Databases, HalfMigratedSchemaIsRefused) {
  fill();
  set_schema("migrating_to = 2");
  expect_refused(StorageErrorCode::kIncompatible, {"half way", "from 1 to 2"});
}

TEST_F(Databases, InterruptedInitializationGoesOn) {
  fill();
  execute("DROP TABLE " + database() + ".audit");
  execute("DELETE FROM " + database() + ".installation");
  execute("DELETE FROM " + database() + ".heartbeat");
  execute("DELETE FROM " + database() + ".revocation_order");
  set_schema("version = 0, migrating_to = 1");
  expect_refused(StorageErrorCode::kIncompatible, {"half way"});
  EXPECT_THAT(storage().initialize(make_installation()), Answers(Outcome::kDone));
  EXPECT_TRUE(storage().check());
}

TEST_F(Databases, LockOfAnotherInitializationHolds) {
  fill();
  execute("DELETE FROM " + database() + ".installation");
  set_schema(
      "version = 0, migrating_to = 1, locked_by = 'somebody else', "
      "locked_until = 4000000000000");
  open();
  EXPECT_THAT(storage().initialize(make_installation()), FailsWith(StorageErrorCode::kConflict));
}

TEST_F(Databases, UnknownOneIsUnavailable) {
  static QuietHost host;
  const auto loaded = load_storage(request({{"database", "nowhere"}}), host);
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded->storage().check(), FailsWith(StorageErrorCode::kUnavailable));
}

class Options : public MysqlTest {
 protected:
  /// The option that is complained of; empty: none.
  std::string refused(const std::map<std::string, std::string>& changes) {
    static QuietHost host;
    const auto loaded = load_storage(request(changes), host);
    if (loaded) return {};
    const std::string& detail = loaded.error().detail;
    for (const char* name :
         {"host", "port", "socket", "database", "user", "password_file", "tls_ca", "tls_cert",
          "tls_required", "tls_verify", "compound_statements", "pool_size", "timeout_s"}) {
      if (detail.find(std::string(name) + ": ") != std::string::npos) return name;
    }
    return detail;
  }
  std::string password_file(const std::string& text, mode_t mode) const {
    const std::string path = folder() / "password";
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
};

TEST_F(Options, EachThatCannotWorkIsNamed) {
  EXPECT_EQ(refused({}), "");
  EXPECT_EQ(refused({{"host", "db.example"}}), "host");
  EXPECT_EQ(refused({{"socket", ""}}), "host");
  EXPECT_EQ(refused({{"socket", "relative"}}), "socket");
  EXPECT_EQ(refused({{"socket", ""}, {"host", "db.example"}}), "tls_ca");
  EXPECT_EQ(refused({{"socket", ""}, {"host", "db.example"}, {"tls_required", "no"}}), "");
  EXPECT_EQ(refused({{"socket", ""}, {"host", "tcp://db"}, {"tls_required", "no"}}), "host");
  EXPECT_EQ(refused({{"port", "0"}}), "port");
  EXPECT_EQ(refused({{"port", "3306x"}}), "port");
  EXPECT_EQ(refused({{"pool_size", "0"}}), "pool_size");
  EXPECT_EQ(refused({{"timeout_s", "1"}}), "timeout_s");
  EXPECT_EQ(refused({{"compound_statements", "auto"}}), "compound_statements");
  EXPECT_EQ(refused({{"tls_required", "maybe"}}), "tls_required");
  EXPECT_EQ(refused({{"tls_ca", "/nowhere/ca.pem"}}), "tls_ca");
  EXPECT_EQ(refused({{"tls_cert", folder().path()}}), "tls_cert");
  EXPECT_EQ(refused({{"user", "a\nb"}}), "user");
}

TEST_F(Options, PasswordFileThatOthersCanReadIsRefused) {
  EXPECT_EQ(refused({{"password_file", password_file("secret\n", 0644)}}), "password_file");
  EXPECT_EQ(refused({{"password_file", password_file("secret\n", 0660)}}), "password_file");
  EXPECT_EQ(refused({{"password_file", password_file("\n", 0600)}}), "password_file");
  EXPECT_EQ(refused({{"password_file", "/nowhere"}}), "password_file");
  EXPECT_EQ(refused({{"password_file", folder().path()}}), "password_file");
}

TEST_F(Options, PasswordOpensTheAccountAndIsNeverQuoted) {
  const std::string account = database() + "@localhost";
  execute("CREATE USER " + account + " IDENTIFIED BY 'right word'");
  execute("GRANT ALL ON " + database() + ".* TO " + account);
  const auto initialize = [&](const std::string& password) {
    static QuietHost host;
    const auto loaded = load_storage(
        request({{"user", database()}, {"password_file", password_file(password, 0600)}}), host);
    EXPECT_TRUE(loaded);
    return loaded->storage().initialize(make_installation());
  };
  const auto refused = initialize("wrong word\n");
  ASSERT_THAT(refused, FailsWith(StorageErrorCode::kUnavailable));
  EXPECT_THAT(refused.error().detail, ::testing::Not(::testing::HasSubstr("wrong word")));
  EXPECT_THAT(initialize("right word\n"), Answers(Outcome::kDone));
}

}  // namespace
}  // namespace masterkey2::testing
