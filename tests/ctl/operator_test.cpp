// Tenants, keys, users and the audit log in an operator's hands, on a store of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <fstream>

#include "encoding/json.hpp"
#include "tests/ctl/program_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace masterkey2 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramRun;

class Operator : public ::testing::Test {
 protected:
  Operator() {
    std::ofstream(config_) << "base_url: https://auth.example.net\n"
                           << "plugin_dir: " << MASTERKEY2_PLUGIN_DIR << "\n"
                           << "allow_own_plugins: true\n"
                           << "storage: {plugin: flatfile, options: {path: " << folder_ / "data"
                           << "}}\n"
                           << "keyring: " << folder_ / "keyring.json"
                           << "\n";
    ::chmod(config_.c_str(), 0600);
    EXPECT_EQ(run({"storage", "init"}).exit_code, EX_OK);
    const Json made = json({"tenant", "create", "--name", "Shop", "--rp-id", "example.com",
                            "--origin", "https://example.com"});
    tenant_ = made["tenant"]["id"];
  }
  ProgramRun run(std::vector<std::string> words) const {
    words.insert(words.begin(), {MASTERKEY2CTL, "--config", config_});
    return testing::run_program(words);
  }
  Json json(std::vector<std::string> words) const {
    words.insert(words.begin(), "--json");
    const ProgramRun done = run(std::move(words));
    EXPECT_EQ(done.exit_code, EX_OK) << done.err;
    auto answer = parse_json(done.out);
    EXPECT_TRUE(answer) << done.out;
    return answer ? *answer : Json();
  }
  std::vector<std::string> audit_types() const {
    std::vector<std::string> types;
    const Json entries = json({"audit", "list", tenant_})["entries"];
    for (const Json& entry : entries) types.push_back(entry["type"]);
    return types;
  }

  testing::TemporaryFolder folder_;
  std::string config_ = folder_ / "masterkey2.yaml";
  std::string tenant_;
};

TEST_F(Operator, AddsListsAndRevokesKeys) {
  const Json added =
      json({"tenant", "key", "add", "Shop", "--name", "reports", "--scope", "audit"});
  EXPECT_THAT(added["api_key"].get<std::string>(), ::testing::MatchesRegex("bvsk_[A-Za-z0-9_-]+"));
  EXPECT_EQ(added["key"]["scopes"], Json({"audit"}));
  Json keys = json({"tenant", "key", "list", tenant_})["api_keys"];
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[1]["name"], "reports");
  EXPECT_THAT(keys.dump(), Not(HasSubstr(added["api_key"].get<std::string>())));

  const std::string id = added["key"]["id"];
  EXPECT_EQ(json({"tenant", "key", "revoke", "Shop", "--key", id})["revoked"], id);
  EXPECT_EQ(json({"tenant", "key", "list", "Shop"})["api_keys"].size(), 1U);
  EXPECT_EQ(run({"tenant", "key", "revoke", "Shop", "--key", id}).exit_code, EX_DATAERR);
  EXPECT_THAT(audit_types(), ::testing::IsSupersetOf({"api_key.added", "api_key.revoked"}));
}

TEST_F(Operator, ATenantHasAtMostTwentyKeys) {
  for (int i = 1; i < 20; ++i) {
    ASSERT_EQ(run({"tenant", "key", "add", "Shop"}).exit_code, EX_OK);
  }
  const ProgramRun refused = run({"tenant", "key", "add", "Shop"});
  EXPECT_EQ(refused.exit_code, EX_DATAERR);
  EXPECT_THAT(refused.err, HasSubstr("20 keys"));
}

TEST_F(Operator, UnknownScopesAndHalfCommandsAreUsageErrors) {
  EXPECT_EQ(run({"tenant", "key", "add", "Shop", "--scope", "all"}).exit_code, EX_USAGE);
  const ProgramRun half = run({"tenant", "key"});
  EXPECT_EQ(half.exit_code, EX_USAGE);
  EXPECT_THAT(half.err, HasSubstr("key add"));
  EXPECT_THAT(run({"tenant", "key", "ad"}).err, HasSubstr("did you mean `key add`?"));
}

TEST_F(Operator, UsersThatAreNotThereAreNamed) {
  EXPECT_EQ(json({"user", "list", "--tenant", "Shop"})["users"].size(), 0U);
  for (const char* verb : {"show", "disable", "enable", "delete"}) {
    const ProgramRun done = run({"user", verb, "alice", "--tenant", "Shop"});
    EXPECT_EQ(done.exit_code, EX_DATAERR);
    EXPECT_THAT(done.err, HasSubstr("there is no user `alice`"));
  }
}

TEST_F(Operator, ATenantIsDisabledAndEnabled) {
  EXPECT_EQ(json({"tenant", "disable", "Shop"})["enabled"], false);
  EXPECT_EQ(json({"tenant", "show", "Shop"})["enabled"], false);
  EXPECT_EQ(json({"tenant", "enable", "Shop"})["enabled"], true);
  EXPECT_THAT(audit_types(), ::testing::IsSupersetOf({"tenant.disabled", "tenant.enabled"}));
}

TEST_F(Operator, ATenantIsDeletedWithItsRpIdSaidAgain) {
  EXPECT_EQ(run({"tenant", "delete", "Shop"}).exit_code, EX_USAGE);
  EXPECT_EQ(run({"tenant", "delete", "Shop", "--rp-id", "example.org"}).exit_code, EX_USAGE);
  EXPECT_EQ(json({"tenant", "list"})["tenants"].size(), 1U);
  EXPECT_EQ(json({"tenant", "delete", "Shop", "--rp-id", "example.com"})["deleted"], tenant_);
  EXPECT_EQ(json({"tenant", "list"})["tenants"].size(), 0U);
  EXPECT_EQ(run({"tenant", "create", "--name", "Shop", "--rp-id", "example.com", "--origin",
                 "https://example.com"})
                .exit_code,
            EX_OK);
}

TEST_F(Operator, AuditVerifyTakesWhatCommandsWrote) {
  ASSERT_EQ(run({"tenant", "set", "Shop", "--set", "user_verification=preferred"}).exit_code,
            EX_OK);
  const Json report = json({"audit", "verify"})["tenants"][0];
  EXPECT_EQ(report["good"], true);
  EXPECT_GE(report["chains"], 2);
  EXPECT_EQ(report["sealed"], 2);
  EXPECT_EQ(report["first_bad_entry"], nullptr);
}

TEST_F(Operator, AuditVerifyFailsForAnAnchorThatStorageDoesNotReach) {
  const std::string log = folder_ / "server.log";
  std::ofstream(log) << "not json\n{\"event\":\"request\"}\n"
                     << Json{{"time", "2999-01-01T00:00:00.000Z"},
                             {"event", "audit_head"},
                             {"tenant", tenant_},
                             {"chain", "AAAAAAAAAAAAAAAAAAAAAA"},
                             {"sequence", "7"},
                             {"head", std::string(43, 'A')}}
                            .dump()
                     << "\n";
  const ProgramRun done = run({"audit", "verify", "--anchors", log});
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.out, HasSubstr("NOT GOOD: entry 1 of chain AAAAAAAAAAAAAAAAAAAAAA"));
  EXPECT_EQ(run({"audit", "verify", "--anchors", config_}).exit_code, EX_DATAERR);
  EXPECT_EQ(run({"audit", "verify", "--anchors", folder_ / "none"}).exit_code, EX_NOINPUT);
}

TEST_F(Operator, AuditListTakesTimesAndTypes) {
  EXPECT_EQ(json({"audit", "list", "Shop", "--type", "tenant.created"})["entries"].size(), 1U);
  EXPECT_EQ(json({"audit", "list", "Shop", "--until", "2020-01-01T00:00:00Z"})["entries"].size(),
            0U);
  EXPECT_EQ(run({"audit", "list", "Shop", "--since", "today"}).exit_code, EX_USAGE);
}

}  // namespace
}  // namespace masterkey2
