// The server on MariaDB: ceremonies end to end over several processes.
#include <gtest/gtest.h>
#include <sysexits.h>

#include <atomic>
#include <thread>
#include <vector>

#include "encoding/json.hpp"
#include "plugins/mysql/mariadb_backend.hpp"
#include "tests/acceptance/installation.hpp"
#include "tests/acceptance/site.hpp"

namespace masterkey2::testing {
namespace {

constexpr unsigned kProcesses = 2;

std::string mysql_storage(const TemporaryFolder& folder) {
  const std::string database = database_for(folder.path());
  shared_server().create_database(database);
  return "{plugin: mysql, options: {socket: " + shared_server().socket() +
         ", database: " + database + ", user: masterkey2}}";
}

TEST(OnMysql, PasskeyIsRegisteredOnOneProcessAndSignsInOnAnother) {
  const TemporaryFolder folder;
  Installation installation(mysql_storage(folder));
  installation.start(kProcesses);
  Site first(installation.socket(0), installation.api_key());
  Site second(installation.socket(1), installation.api_key());
  const Passkey passkey = first.register_passkey("alice");
  const std::string token = member(second.session_token(), "session_token");
  const Answer finished = second.finish_authentication(token, second.sign(token, passkey));
  const std::string auth_token = member(finished, "auth_token");
  const Answer verified = first.verify(auth_token);
  EXPECT_EQ(verified.status, 200) << verified.body.dump();
  EXPECT_EQ(verified.body.at("verified"), true);
  EXPECT_EQ(verified.body.at("user").at("external_id"), "alice");
  EXPECT_EQ(second.verify(auth_token).code(), "already_verified");
}

TEST(OnMysql, OneOfManyFinishesOverTwoProcessesSucceeds) {
  const TemporaryFolder folder;
  Installation installation(mysql_storage(folder));
  installation.start(kProcesses);
  Site site(installation.socket(0), installation.api_key());
  const Passkey passkey = site.register_passkey("alice");
  const std::string token = member(site.session_token(), "session_token");
  const std::string body = site.sign(token, passkey);
  std::atomic<unsigned> good = 0;
  std::atomic<unsigned> used = 0;
  std::vector<std::thread> callers;
  for (unsigned i = 0; i < 16; ++i) {
    callers.emplace_back([&, i] {
      Site caller(installation.socket(i % kProcesses), installation.api_key());
      const Answer answer = caller.finish_authentication(token, body);
      if (answer.status == 200) ++good;
      if (answer.code() == "ceremony_used") ++used;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(good, 1U);
  EXPECT_EQ(used, 15U);
}

TEST(OnMysql, TheOperatorsCheckNamesEveryRowThatIsSpoilt) {
  const TemporaryFolder folder;
  Installation installation(mysql_storage(folder));
  installation.start(1);
  Site site(installation.socket(0), installation.api_key());
  for (const char* name : {"alice", "bob", "carol"}) (void)site.register_passkey(name);
  EXPECT_EQ(installation.ctl({"storage", "check"}).exit_code, 0);
  const std::string tables = database_for(folder.path()) + ".";
  shared_server().execute("UPDATE " + tables + "credentials SET transports = X'FF41'");
  shared_server().execute("DELETE FROM " + tables + "users WHERE external_id = 'carol'");
  const CommandResult checked = installation.ctl({"storage", "check", "--json"});
  EXPECT_EQ(checked.exit_code, EX_DATAERR) << checked.output;
  const Json report = Json::parse(checked.output);
  EXPECT_EQ(report.at("found"), 3) << report.dump(2);
  std::size_t named = 0;
  for (const std::string finding : report.at("findings")) {
    if (finding.find("credentials.transports") != std::string::npos) ++named;
  }
  EXPECT_EQ(named, 3U) << report.dump(2);
  EXPECT_EQ(report.at("counts").at("user"), 2) << report.dump(2);
}

TEST(OnMysql, AnswersUnavailableWhileTheDatabaseIsDownAndServesAgain) {
  const TemporaryFolder folder;
  Installation installation(mysql_storage(folder));
  installation.start(1);
  Site site(installation.socket(0), installation.api_key());
  const Passkey passkey = site.register_passkey("alice");
  const std::string token = member(site.session_token(), "session_token");
  const std::string body = site.sign(token, passkey);
  shared_server().stop();
  EXPECT_EQ(site.finish_authentication(token, body).code(), "storage_unavailable");
  shared_server().start();
  EXPECT_EQ(site.finish_authentication(token, body).status, 200);
}

}  // namespace
}  // namespace masterkey2::testing
