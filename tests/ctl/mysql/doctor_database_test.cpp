// Faults of a database: the doctor names each and what mends it, and that does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <optional>

#include "encoding/json.hpp"
#include "plugins/mysql/mariadb_server.hpp"
#include "tests/ctl/program_run.hpp"

namespace masterkey2::ctl {
namespace {

using ::testing::HasSubstr;

class DoctorDatabase : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::MariadbServer::is_installed()) GTEST_SKIP() << "there is no MariaDB server";
    database_.emplace();
    database_->create_database("masterkey2");
    std::ofstream(config_) << "base_url: http://localhost:1\nplugin_dir: " << MASTERKEY2_PLUGIN_DIR
                           << "\nallow_own_plugins: true\nstorage: {plugin: mysql, options: "
                              "{database: masterkey2, user: masterkey2, socket: "
                           << database_->socket() << "}}\nkeyring: " << (folder_ / "keyring.json")
                           << "\n";
    ASSERT_EQ(::chmod(config_.c_str(), 0600), 0);
  }
  [[nodiscard]] testing::ProgramRun run(std::vector<std::string> words) const {
    words.insert(words.begin(), {MASTERKEY2CTL, "--json", "--config", config_});
    return testing::run_program(words);
  }
  /// `grade: text; mend` of what the doctor says about storage.
  [[nodiscard]] std::string storage() const {
    const auto answer = parse_json(run({"doctor", "--offline"}).out);
    for (const Json& each : answer ? (*answer)["findings"] : Json::array()) {
      if (each["check"] != "storage") continue;
      return each["grade"].get<std::string>() + ": " + each["text"].get<std::string>() + "; " +
             each.value("mend", "");
    }
    return "nothing";
  }
  void expect_good() const { EXPECT_THAT(storage(), ::testing::StartsWith("good: ")); }
  void expect_trouble(const std::string& text, const std::string& mend) const {
    EXPECT_THAT(storage(), ::testing::AllOf(::testing::StartsWith("trouble: "), HasSubstr(text),
                                            HasSubstr(mend)));
  }

  testing::TemporaryFolder folder_;
  std::string config_ = folder_ / "masterkey2.yaml";
  std::optional<testing::MariadbServer> database_;
};

TEST_F(DoctorDatabase, EachFaultIsNamedAndItsMendWorks) {
  expect_trouble("there is no store yet", "masterkey2ctl storage init");
  ASSERT_EQ(run({"storage", "init"}).exit_code, 0);
  expect_good();

  database_->stop();
  expect_trouble("cannot be reached", "start the database");
  database_->start();
  expect_good();

  database_->execute("REVOKE SELECT ON masterkey2.* FROM masterkey2@localhost");
  expect_trouble("denied", "GRANT");
  database_->create_database("masterkey2");  // grants what the README says
  expect_good();

  database_->execute("UPDATE masterkey2.masterkey2_schema SET version = version + 50");
  expect_trouble("too old for it", "install the later version");
  database_->execute("UPDATE masterkey2.masterkey2_schema SET version = version - 50");
  expect_good();
}

}  // namespace
}  // namespace masterkey2::ctl
