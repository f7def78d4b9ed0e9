// The program itself, on a store of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "encoding/json.hpp"
#include "tests/ctl/program_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace masterkey2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramRun;

class Masterkey2ctl : public ::testing::Test {
 protected:
  Masterkey2ctl() { configure(); }

  void configure(const std::string& more = "") {
    std::ofstream(config_, std::ios::trunc)
        << "base_url: https://auth.example.net\n"
        << "plugin_dir: " << MASTERKEY2_PLUGIN_DIR << "\n"
        << "allow_own_plugins: true\n"
        << "storage: {plugin: flatfile, options: {path: " << folder_ / "data"
        << "}}\n"
        << "keyring: " << ring_ << "\n"
        << more;
    ::chmod(config_.c_str(), 0600);
  }
  ProgramRun run(std::vector<std::string> words) const {
    words.insert(words.begin(), {MASTERKEY2CTL, "--config", config_});
    return testing::run_program(words);
  }
  Json json(std::vector<std::string> words) const {
    words.insert(words.begin(), "--json");
    const ProgramRun done = run(std::move(words));
    EXPECT_EQ(done.exit_code, EX_OK) << done.err;
    EXPECT_EQ(done.err, "");
    auto answer = parse_json(done.out);
    EXPECT_TRUE(answer) << done.out;
    return answer ? *answer : Json();
  }
  void init() const { ASSERT_EQ(run({"storage", "init"}).exit_code, EX_OK); }
  Json create(const std::string& name, const std::string& rp_id, const std::string& origin) const {
    return json({"tenant", "create", "--name", name, "--rp-id", rp_id, "--origin", origin});
  }

  testing::TemporaryFolder folder_;
  std::string config_ = folder_ / "masterkey2.yaml";
  std::string ring_ = folder_ / "keyring.json";
};

TEST_F(Masterkey2ctl, HelpOnEveryLevelAndVersionNeedNoConfiguration) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--help"}, {"tenant", "--help"}, {"tenant", "create", "-h"}, {"--version"}}) {
    std::vector<std::string> command = words;
    command.insert(command.begin(), MASTERKEY2CTL);
    const ProgramRun done = testing::run_program(command);
    EXPECT_EQ(done.exit_code, EX_OK);
    EXPECT_THAT(done.out, HasSubstr("masterkey2ctl"));
    EXPECT_EQ(done.err, "");
  }
}

TEST_F(Masterkey2ctl, AMisspeltCommandIsAUsageError) {
  const ProgramRun done = run({"tenant", "lst"});
  EXPECT_EQ(done.exit_code, EX_USAGE);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("did you mean `list`?"));
}

TEST_F(Masterkey2ctl, ErrorsAreJsonWhenAskedFor) {
  const ProgramRun done = run({"tenant", "lst", "--json"});
  const auto error = parse_json(done.err);
  ASSERT_TRUE(error) << done.err;
  EXPECT_EQ((*error)["exit_code"], EX_USAGE);
  EXPECT_THAT((*error)["error"].get<std::string>(), HasSubstr("`list`"));
}

TEST_F(Masterkey2ctl, ConfigCheckTakesAGoodFile) {
  EXPECT_EQ(json({"config", "check"})["valid"], true);
}

TEST_F(Masterkey2ctl, ConfigCheckNamesEveryMistakeWithItsPlace) {
  configure("colour: blue\nworkers: many\n");
  const ProgramRun done = run({"config", "check"});
  EXPECT_EQ(done.exit_code, EX_CONFIG);
  EXPECT_THAT(done.err, HasSubstr(config_ + ":6:1"));
  EXPECT_THAT(done.err, HasSubstr("colour"));
  EXPECT_THAT(done.err, HasSubstr(config_ + ":7:"));
}

TEST_F(Masterkey2ctl, ConfigCheckNamesTheFilesThatItRead) {
  const std::filesystem::path folder = std::filesystem::path(config_).parent_path() / "conf.d";
  ASSERT_TRUE(std::filesystem::create_directory(folder));
  std::filesystem::permissions(folder, std::filesystem::perms(0755));
  std::ofstream(folder / "10-more.yaml") << "workers: 5\n";
  std::filesystem::permissions(folder / "10-more.yaml", std::filesystem::perms(0644));
  EXPECT_EQ(json({"config", "check"})["files"], (Json{config_, folder / "10-more.yaml"}));
  std::ofstream(folder / "10-more.yaml") << "wurkers: 5\n";
  const ProgramRun done = run({"config", "check"});
  EXPECT_EQ(done.exit_code, EX_CONFIG);
  EXPECT_THAT(done.err, HasSubstr((folder / "10-more.yaml").string() + ":1:1"));
}

TEST_F(Masterkey2ctl, AMissingConfigurationIsAnError) {
  std::filesystem::remove(config_);
  const ProgramRun done = run({"tenant", "list"});
  EXPECT_EQ(done.exit_code, EX_CONFIG);
  EXPECT_THAT(done.err, HasSubstr(config_));
}

TEST_F(Masterkey2ctl, StorageInitMakesStoreAndKeyRingOnce) {
  const Json first = json({"storage", "init"});
  EXPECT_EQ(first["store"], "made");
  EXPECT_EQ(first["key_ring"], "made");
  EXPECT_EQ(first["epoch"], 1);
  struct stat status {};
  ASSERT_EQ(::stat(ring_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);

  const Json second = json({"storage", "init"});
  EXPECT_EQ(second["store"], "kept");
  EXPECT_EQ(second["key_ring"], "kept");
  EXPECT_EQ(second["installation"], first["installation"]);
}

TEST_F(Masterkey2ctl, StorageInitTakesAKeyRingThatIsThere) {
  init();
  const Json ring = json({"keyring", "show"});
  std::filesystem::remove_all(folder_ / "data");
  const Json again = json({"storage", "init"});
  EXPECT_EQ(again["store"], "made");
  EXPECT_EQ(again["key_ring"], "kept");
  EXPECT_EQ(json({"keyring", "show"}), ring);
}

TEST_F(Masterkey2ctl, StorageInitMakesNoNewKeyRingForAnOldStore) {
  init();
  std::filesystem::remove(ring_);
  const ProgramRun done = run({"storage", "init"});
  EXPECT_EQ(done.exit_code, EX_NOINPUT);
  EXPECT_THAT(done.err, HasSubstr("bring it back"));
  EXPECT_FALSE(std::filesystem::exists(ring_));
}

TEST_F(Masterkey2ctl, TenantsNeedAStore) {
  const ProgramRun done = run({"tenant", "list"});
  EXPECT_EQ(done.exit_code, EX_UNAVAILABLE);
  EXPECT_THAT(done.err, HasSubstr("storage init"));
}

TEST_F(Masterkey2ctl, TenantCreatePrintsItsApiKeyOnce) {
  init();
  const Json made = create("Shop", "Example.com", "https://example.com");
  const std::string api_key = made["api_key"];
  EXPECT_THAT(api_key, ::testing::MatchesRegex("bvsk_[A-Za-z0-9_-]{43}"));
  EXPECT_EQ(made["tenant"]["rp_id"], "example.com");

  const ProgramRun shown = run({"tenant", "show", "Shop"});
  EXPECT_EQ(shown.exit_code, EX_OK);
  EXPECT_THAT(shown.out, Not(HasSubstr(api_key)));
  EXPECT_THAT(shown.out, HasSubstr(api_key.substr(0, 12)));
  EXPECT_EQ(json({"tenant", "show", made["tenant"]["id"]}), made["tenant"]);
}

TEST_F(Masterkey2ctl, TenantCreateTakesOriginsAndSettings) {
  init();
  const Json made =
      json({"tenant", "create", "--name", "Shop", "--rp-id", "example.com", "--origin",
            "https://example.com", "https://www.example.com", "--origin=https://a.example.com",
            "--set", "algorithms=EdDSA,ES256", "proof_forwarding=true"});
  const Json& settings = made["tenant"]["settings"];
  EXPECT_THAT(settings["origins"], ElementsAre("https://example.com", "https://www.example.com",
                                               "https://a.example.com"));
  EXPECT_THAT(settings["algorithms"], ElementsAre("EdDSA", "ES256"));
  EXPECT_EQ(settings["proof_forwarding"], true);
}

TEST_F(Masterkey2ctl, TenantCreateNamesABadValueAndStoresNothing) {
  init();
  const std::vector<std::vector<std::string>> refused = {
      {"--rp-id", "co.uk", "--origin", "https://co.uk"},
      {"--rp-id", "example.com", "--origin", "http://example.com"},
      {"--rp-id", "example.com", "--origin", "https://example.com", "--set", "colour=blue"},
      {"--rp-id", "example.com", "--origin", "https://example.com", "--set", "attestation=full"}};
  for (const auto& options : refused) {
    std::vector<std::string> words = {"tenant", "create", "--name", "Shop"};
    words.insert(words.end(), options.begin(), options.end());
    const ProgramRun done = run(words);
    EXPECT_EQ(done.exit_code, EX_DATAERR) << done.err;
    EXPECT_EQ(done.out, "");
    EXPECT_NE(done.err, "");
  }
  EXPECT_TRUE(json({"tenant", "list"})["tenants"].empty());
}

TEST_F(Masterkey2ctl, ASecondOwnerOfAnRpIdIsRefused) {
  init();
  create("Shop", "example.com", "https://example.com");
  const ProgramRun done = run({"tenant", "create", "--name", "Thief", "--rp-id", "EXAMPLE.com",
                               "--origin", "https://example.com"});
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.err, HasSubstr("belongs to another tenant"));
}

TEST_F(Masterkey2ctl, TenantSetReplacesOriginsAndKeepsTheRest) {
  init();
  create("Shop", "example.com", "https://example.com");
  const Json changed = json({"tenant", "set", "Shop", "--origin", "https://www.example.com",
                             "--set", "cross_device=off"});
  EXPECT_THAT(changed["settings"]["origins"], ElementsAre("https://www.example.com"));
  EXPECT_EQ(changed["settings"]["cross_device"], "off");
  EXPECT_EQ(changed["settings"]["rp_name"], "Shop");
  EXPECT_EQ(changed["generation"], 2);
  EXPECT_EQ(json({"tenant", "show", "Shop"}), changed);
}

TEST_F(Masterkey2ctl, TenantShowRefusesANameOfSeveral) {
  init();
  const std::string first = create("Dev", "localhost", "http://localhost:1")["tenant"]["id"];
  const std::string second = create("Dev", "localhost", "http://localhost:2")["tenant"]["id"];
  const ProgramRun done = run({"tenant", "show", "Dev"});
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.err, HasSubstr(first));
  EXPECT_THAT(done.err, HasSubstr(second));
  EXPECT_EQ(run({"tenant", "show", "Nobody"}).exit_code, EX_DATAERR);
}

TEST_F(Masterkey2ctl, KeyringAddsActivatesAndRetires) {
  init();
  const std::string old_id = json({"keyring", "show"})["keys"][0]["id"];
  const std::string new_id = json({"keyring", "add"})["keys"][1]["id"];
  EXPECT_EQ(json({"keyring", "show"})["keys"][1]["state"], "pending");
  EXPECT_EQ(run({"keyring", "retire", old_id}).exit_code, EX_DATAERR);

  const Json active = json({"keyring", "activate", new_id});
  EXPECT_EQ(active["keys"][0]["state"], "pending");
  EXPECT_EQ(active["keys"][1]["state"], "active");
  EXPECT_EQ(json({"keyring", "retire", old_id})["keys"][0]["state"], "retired");
  EXPECT_EQ(run({"keyring", "activate", old_id}).exit_code, EX_DATAERR);
}

TEST_F(Masterkey2ctl, KeyringShowsNoSecret) {
  init();
  std::ifstream file(ring_);
  const Json stored = Json::parse(file);
  const std::string secret = stored["keys"][0]["secret"];
  for (const ProgramRun& done : {run({"keyring", "show"}), run({"--json", "keyring", "show"})}) {
    EXPECT_THAT(done.out, Not(HasSubstr(secret)));
  }
}

TEST_F(Masterkey2ctl, KeyringRetiresNoKeyThatWrapsASigningKey) {
  init();
  create("Shop", "example.com", "https://example.com");
  const std::string old_id = json({"keyring", "show"})["keys"][0]["id"];
  const std::string new_id = json({"keyring", "add"})["keys"][1]["id"];
  json({"keyring", "activate", new_id});
  const ProgramRun done = run({"keyring", "retire", old_id});
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.err, HasSubstr("Shop"));
  EXPECT_EQ(json({"keyring", "show"})["keys"][0]["state"], "pending");
}

TEST_F(Masterkey2ctl, KeyringRefusesWhatIsNoKeyId) {
  init();
  EXPECT_EQ(run({"keyring", "activate", "7"}).exit_code, EX_USAGE);
  EXPECT_EQ(run({"keyring", "activate", "00000007"}).exit_code, EX_DATAERR);
}

TEST_F(Masterkey2ctl, CeremonyVerifyNeedsNoConfigurationAndJudgesEachLine) {
  std::filesystem::remove(config_);
  const std::string recorded = folder_ / "recorded.jsonl";
  std::ofstream(recorded) << "{\"id\": \"a\"}\n\n{\"id\": \"b\"}\n";
  const ProgramRun done = run({"ceremony", "verify", recorded});
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.out, HasSubstr("\"id\":\"a\""));
  EXPECT_THAT(done.out, HasSubstr("\"id\":\"b\""));
  EXPECT_EQ(run({"ceremony", "verify", "-"}).exit_code, EX_OK);
  EXPECT_EQ(run({"ceremony", "verify", folder_ / "absent"}).exit_code, EX_NOINPUT);
}

TEST_F(Masterkey2ctl, PluginListNamesTheConfiguredOne) {
  const Json listed = json({"plugin", "list"});
  bool found = false;
  for (const Json& plugin : listed["plugins"]) {
    if (plugin["name"] == "flatfile") found = plugin["configured"] == true;
  }
  EXPECT_TRUE(found);
}

TEST_F(Masterkey2ctl, PluginCheckDescribesAPluginAndItsOptions) {
  const std::string file = MASTERKEY2_PLUGIN_DIR "/libmasterkey2_storage_flatfile.so";
  const Json plugin = json({"plugin", "check", file});
  EXPECT_EQ(plugin["name"], "flatfile");
  bool has_path = false;
  for (const Json& option : plugin["options"]) {
    if (option["name"] == "path") has_path = option["required"] == true;
  }
  EXPECT_TRUE(has_path);
}

TEST_F(Masterkey2ctl, PluginCheckRefusesWhatIsNoPlugin) {
  EXPECT_EQ(run({"plugin", "check", folder_ / "plugin.so"}).exit_code, EX_USAGE);
  const std::string file = folder_ / "libmasterkey2_storage_fake.so";
  EXPECT_EQ(run({"plugin", "check", file}).exit_code, EX_DATAERR);
  std::ofstream(file) << "no library";
  const ProgramRun done = run({"plugin", "check", file});
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.err, HasSubstr("fake"));
}

TEST_F(Masterkey2ctl, RunByRootItWorksAsTheOwnerOfTheStore) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  constexpr uid_t kStranger = 65'533;
  // That user must get at state and plugin, wherever the build folder is.
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(config_.c_str(), 0644), 0);
  const std::string plugins = folder_ / "plugins";
  std::filesystem::create_directory(plugins);
  const std::string file = "/libmasterkey2_storage_flatfile.so";
  std::filesystem::copy_file(MASTERKEY2_PLUGIN_DIR + file, plugins + file);
  for (const std::string& path : {plugins, plugins + file}) ::chmod(path.c_str(), 0755);
  const std::string state = folder_ / "state";
  std::filesystem::create_directory(state);
  ASSERT_EQ(::chown(state.c_str(), kStranger, kStranger), 0);
  ring_ = state + "/keyring.json";
  std::ofstream(config_, std::ios::trunc)
      << "base_url: https://auth.example.net\nplugin_dir: " << plugins
      << "\nstorage: {plugin: flatfile, options: {path: " << state << "/data}}\nkeyring: " << ring_
      << "\n";
  const ProgramRun done = run({"storage", "init"});
  ASSERT_EQ(done.exit_code, EX_OK) << done.err;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(state)) {
    struct stat status {};
    ASSERT_EQ(::lstat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, kStranger) << entry.path();
  }
}

}  // namespace
}  // namespace masterkey2
