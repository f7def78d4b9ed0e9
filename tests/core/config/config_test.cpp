#include "config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr std::string_view kLeast = "base_url: https://a.example\nkeyring: /k\n";

Config good(const std::string& text) {
  const auto config = parse_config({{.file = "f", .text = text}});
  EXPECT_TRUE(config) << (config ? "" : config.error().front().message());
  return config ? *config : Config{};
}

std::vector<std::string> mistakes(const std::string& text) {
  std::vector<std::string> messages;
  const auto config = parse_config({{.file = "f", .text = text}});
  if (config) return messages;
  for (const ConfigMistake& mistake : config.error()) messages.push_back(mistake.message());
  return messages;
}

/// Mistakes of `text` below the two required keys, whose lines count.
std::vector<std::string> more(const std::string& text) {
  return mistakes(std::string(kLeast) + text);
}

TEST(Config, TakesDefaultsForAllButTheRequiredKeys) {
  const Config config = good(std::string(kLeast));
  EXPECT_EQ(config.base_url, "https://a.example");
  EXPECT_EQ(config.keyring, "/k");
  EXPECT_EQ(config.listen, "");
  EXPECT_EQ(config.listen_mode, "0660");
  EXPECT_EQ(config.workers, 16U);
  EXPECT_THAT(config.plugin_dir, StartsWith("/"));
  EXPECT_FALSE(config.allow_own_plugins);
  EXPECT_EQ(config.storage.plugin, "flatfile");
  EXPECT_EQ(config.tokens.session_ttl_seconds, 86'400);
  EXPECT_EQ(config.tokens.auth_ttl_seconds, 120);
  EXPECT_EQ(config.tokens.ceremony_ttl_seconds, 300);
  EXPECT_EQ(config.log.level, "info");
}

TEST(Config, ReadsEveryKey) {
  const Config config = good(
      "listen: '[::1]:9000'\n"
      "listen_mode: 0600\n"
      "workers: 4\n"
      "base_url: https://b.example/auth\n"
      "plugin_dir: /p\n"
      "allow_own_plugins: true\n"
      "storage: {plugin: mysql, options: {host: db, port: 3306, tls: true}}\n"
      "keyring: /r\n"
      "trusted_proxies: [10.0.0.0/8, '::1']\n"
      "tokens: {session_ttl: 60, auth_ttl: 10, ceremony_ttl: 600}\n"
      "log: {level: debug}\n"
      "metrics: {allow: [192.0.2.1]}\n");
  EXPECT_EQ(config.listen, "[::1]:9000");
  EXPECT_EQ(config.listen_mode, "0600");
  EXPECT_EQ(config.workers, 4U);
  EXPECT_EQ(config.base_url, "https://b.example/auth");
  EXPECT_EQ(config.plugin_dir, "/p");
  EXPECT_TRUE(config.allow_own_plugins);
  EXPECT_EQ(config.storage.plugin, "mysql");
  EXPECT_THAT(config.storage.options,
              ElementsAre(Pair("host", "db"), Pair("port", "3306"), Pair("tls", "true")));
  EXPECT_EQ(config.keyring, "/r");
  EXPECT_THAT(config.trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
  EXPECT_EQ(config.tokens.session_ttl_seconds, 60);
  EXPECT_EQ(config.tokens.auth_ttl_seconds, 10);
  EXPECT_EQ(config.tokens.ceremony_ttl_seconds, 600);
  EXPECT_EQ(config.log.level, "debug");
  EXPECT_THAT(config.metrics.allow, ElementsAre("192.0.2.1"));
}

TEST(Config, EmptySectionsAndListsKeepTheirDefaults) {
  const Config config =
      good(std::string(kLeast) + "tokens:\nlog: {}\nstorage:\n  options:\ntrusted_proxies:\n");
  EXPECT_EQ(config.tokens.auth_ttl_seconds, 120);
  EXPECT_TRUE(config.storage.options.empty());
}

TEST(ConfigMistakes, NameMissingRequiredKeys) {
  for (const char* empty : {"", "\n", "# nothing\n", "{}\n", "---\n"}) {
    const auto found = mistakes(empty);
    ASSERT_EQ(found.size(), 2U) << empty;
    EXPECT_THAT(found[0], HasSubstr("base_url is missing"));
    EXPECT_THAT(found[1], HasSubstr("keyring is missing"));
  }
}

TEST(ConfigMistakes, AreAllNamedAtOnceInTheOrderOfTheFile) {
  EXPECT_THAT(more("workers: x\n"
                   "worker: 8\n"
                   "log:\n"
                   "  level: loud\n"
                   "  levle: info\n"
                   "workers: 9\n"),
              ElementsAre("f:3:10: workers must be a whole number from 4 to 256, not \"x\"",
                          "f:4:1: unknown key \"worker\"; did you mean \"workers\"?",
                          "f:6:10: log.level: \"loud\" is none of debug info warning error",
                          "f:7:3: unknown key \"log.levle\"; did you mean \"level\"?",
                          "f:8:1: workers stands here a second time; the first is in line 3"));
}

TEST(ConfigMistakes, NameUnknownKeysWithWhatIsKnown) {
  EXPECT_THAT(more("log: {colour: red}\n"),
              ElementsAre("f:3:7: unknown key \"log.colour\"; known here: level"));
  EXPECT_THAT(more("<<: {a: b}\n").front(), HasSubstr("unknown key"));
}

TEST(ConfigMistakes, NumbersMustBeWholeAndInRange) {
  for (const char* bad : {"3", "257", "-8", "8.0", "1e2", "0x10", "'8'", "eight", "true", "~", "",
                          "[8]", "{a: 8}", "99999999999999999999", "8 8"}) {
    EXPECT_EQ(more("workers: " + std::string(bad) + "\n").size(), 1U) << bad;
  }
  EXPECT_THAT(more("workers: 4\n"), ElementsAre());
  EXPECT_THAT(more("workers: 256\n"), ElementsAre());
  EXPECT_EQ(more("tokens: {session_ttl: 59, auth_ttl: 9, ceremony_ttl: 601}\n").size(), 3U);
}

TEST(ConfigMistakes, BooleansAreTrueOrFalse) {
  for (const char* bad : {"yes", "on", "1", "True", "'true'", "[true]"}) {
    EXPECT_EQ(more("allow_own_plugins: " + std::string(bad) + "\n").size(), 1U) << bad;
  }
}

TEST(ConfigMistakes, WrongShapesAreNamed) {
  EXPECT_THAT(more("log: info\n"), ElementsAre("f:3:6: log must be a mapping of keys to values"));
  EXPECT_THAT(more("listen: [a]\n").front(), HasSubstr("f:3:9: listen must be one value"));
  EXPECT_THAT(more("trusted_proxies: 10.0.0.0/8\n"),
              ElementsAre("f:3:18: trusted_proxies must be a list"));
  EXPECT_THAT(more("trusted_proxies: [[a]]\n").front(), HasSubstr("must be text"));
  EXPECT_THAT(more("storage: {options: {a: [b]}}\n").front(),
              HasSubstr("storage.options.a must be one value"));
  EXPECT_THAT(more("storage: {options: {a: }}\n").front(), HasSubstr("needs a value"));
  EXPECT_THAT(more("[a]: b\n").front(), HasSubstr("a key must be plain text"));
  EXPECT_THAT(mistakes("- a\n").front(), HasSubstr("must be a mapping"));
}

TEST(ConfigMistakes, ValuesAreCheckedForMeaning) {
  EXPECT_THAT(more("listen: 9000\n").front(), StartsWith("f:3:9: listen: \"9000\" has no port"));
  for (const char* bad : {"0670", "660x", "0060", "9", "00660", "u=rw"}) {
    EXPECT_EQ(more("listen_mode: " + std::string(bad) + "\n").size(), 1U) << bad;
  }
  EXPECT_EQ(more("plugin_dir: plugins\n").size(), 1U);
  EXPECT_EQ(more("storage: {plugin: ../evil}\n").size(), 1U);
  EXPECT_EQ(more("storage: {plugin: " + std::string(33, 'a') + "}\n").size(), 1U);
  EXPECT_EQ(more("trusted_proxies: [10.0.0.1/8, a]\n").size(), 2U);
  EXPECT_EQ(mistakes("base_url: http://a.example\nkeyring: k\n").size(), 2U);
}

TEST(ConfigMistakes, BrokenYamlIsNamedWithItsPlace) {
  EXPECT_THAT(more("log: {level: info\n").front(), HasSubstr("not valid YAML"));
  EXPECT_THAT(more("a: b: c\n").front(), StartsWith("f:3:"));
  EXPECT_THAT(more("---\na: b\n").front(), HasSubstr("one YAML document"));
  EXPECT_THAT(more("log: *nothing\n").front(), HasSubstr("not valid YAML"));
  EXPECT_FALSE(more(std::string(100'000, '[')).empty());
}

TEST(ConfigMistakes, DoNotRepeatTheValuesOfOptions) {
  for (const std::string& message : more("storage: {options: {password: [hunter2]}}\n")) {
    EXPECT_THAT(message, ::testing::Not(HasSubstr("hunter2")));
  }
}

TEST(Config, ReadsWhatAttestationsAreJudgedBy) {
  const Config least = good(std::string(kLeast));
  EXPECT_EQ(least.attestation.trust_anchors, "");
  EXPECT_EQ(least.attestation.metadata, "");
  EXPECT_EQ(least.attestation.metadata_host, "mds.fidoalliance.org");
  EXPECT_THAT(least.provider_names, StartsWith("/"));
  const Config config = good(std::string(kLeast) +
                             "attestation: {trust_anchors: /a, metadata: /m, metadata_root: /r, "
                             "metadata_host: mds.example.org}\nprovider_names: /n\n");
  EXPECT_EQ(config.attestation.trust_anchors, "/a");
  EXPECT_EQ(config.attestation.metadata, "/m");
  EXPECT_EQ(config.attestation.metadata_root, "/r");
  EXPECT_EQ(config.attestation.metadata_host, "mds.example.org");
  EXPECT_EQ(config.provider_names, "/n");
}

TEST(Config, RefusesMetadataWithoutARoot) {
  EXPECT_THAT(more("attestation: {metadata: /m}\n"), ElementsAre(HasSubstr("metadata_root")));
  EXPECT_THAT(more("attestation: {metadata: m, metadata_root: /r}\n"),
              ElementsAre(HasSubstr("absolute path")));
  EXPECT_THAT(more("attestation: {metadata_host: 'https://mds.example.org'}\n"),
              ElementsAre(HasSubstr("host name")));
  EXPECT_THAT(more("attestation: {metadata_host: ''}\n"), ElementsAre(HasSubstr("host name")));
  EXPECT_THAT(more("attestation: {anchors: /a}\n"), ElementsAre(HasSubstr("anchors")));
}

/// Reads `main` (`f`) with drop-ins `10` and `20` after it.
Result<Config, std::vector<ConfigMistake>> layered(const std::string& main, const std::string& ten,
                                                   const std::string& twenty = "") {
  return parse_config({{"f", main}, {"10", ten}, {"20", twenty}});
}

std::vector<std::string> layered_mistakes(const std::string& main, const std::string& ten,
                                          const std::string& twenty = "") {
  std::vector<std::string> messages;
  const auto config = layered(main, ten, twenty);
  if (config) return messages;
  for (const ConfigMistake& mistake : config.error()) messages.push_back(mistake.message());
  return messages;
}

TEST(ConfigDropIns, ReplaceKeysAndListsAndJoinSections) {
  const auto config = layered(std::string(kLeast) +
                                  "workers: 5\ntrusted_proxies: [10.0.0.1, 10.0.0.2]\n"
                                  "tokens: {session_ttl: 60, auth_ttl: 10}\n",
                              "workers: 6\ntokens: {auth_ttl: 11}\ntrusted_proxies: [10.0.0.3]\n",
                              "workers: 7\nlog: {level: error}\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->workers, 7U);
  EXPECT_THAT(config->trusted_proxies, ElementsAre("10.0.0.3"));
  EXPECT_EQ(config->tokens.session_ttl_seconds, 60);
  EXPECT_EQ(config->tokens.auth_ttl_seconds, 11);
  EXPECT_EQ(config->tokens.ceremony_ttl_seconds, 300);
  EXPECT_EQ(config->log.level, "error");
  EXPECT_THAT(config->files, ElementsAre("f", "10", "20"));
}

TEST(ConfigDropIns, MayHoldTheRequiredKeys) {
  const auto config =
      layered("workers: 5\n", "base_url: https://b.example\n", "keyring: /b/ring\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->base_url, "https://b.example");
  EXPECT_EQ(config->rate_limits.file, "/b/rate_limits");
  EXPECT_THAT(layered_mistakes("workers: 5\n", "base_url: https://b.example\n"),
              ElementsAre(AllOf(StartsWith("f:1:1: "), HasSubstr("keyring is missing"))));
}

TEST(ConfigDropIns, ThatNameAPluginStartWithoutTheOptionsOfAnother) {
  const std::string main =
      std::string(kLeast) + "storage: {plugin: flatfile, options: {path: /d}}\n";
  const auto joined = layered(main, "storage: {options: {sync: 'no'}}\n");
  ASSERT_TRUE(joined);
  EXPECT_THAT(joined->storage.options, ElementsAre(Pair("path", "/d"), Pair("sync", "no")));
  const auto other = layered(main, "storage: {plugin: mysql, options: {host: db}}\n",
                             "storage: {options: {port: 3307}}\n");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->storage.plugin, "mysql");
  EXPECT_THAT(other->storage.options, ElementsAre(Pair("host", "db"), Pair("port", "3307")));
}

TEST(ConfigDropIns, MistakesNameTheirFileInTheOrderOfReading) {
  EXPECT_THAT(layered_mistakes(std::string(kLeast) + "worker: 5\n", "\n workers: x\n",
                               "log:\n  level: loud\n"),
              ElementsAre(StartsWith("f:3:1: unknown key \"worker\""),
                          StartsWith("10:2:11: workers must be a whole number"),
                          StartsWith("20:2:10: log.level")));
}

TEST(ConfigDropIns, KeysMayStandTwiceInTwoFilesOnly) {
  EXPECT_THAT(layered_mistakes(std::string(kLeast), "workers: 5\nworkers: 6\n"),
              ElementsAre(StartsWith("10:2:1: workers stands here a second time")));
  EXPECT_THAT(layered_mistakes(std::string(kLeast), "- a\n"),
              ElementsAre(StartsWith("10:1:1: the file must be a mapping")));
}

TEST(ConfigDropIns, WithBrokenYamlNameNothingAsMissing) {
  EXPECT_THAT(layered_mistakes("keyring: /k\n", "base_url: {\n"),
              ElementsAre(AllOf(StartsWith("10:"), HasSubstr("not valid YAML"))));
}

TEST(ConfigDropIns, MayBringTheRootOfMetadata) {
  const std::string main = std::string(kLeast) + "attestation: {metadata: /m}\n";
  EXPECT_THAT(layered_mistakes(main, "attestation: {metadata_root: /r}\n"), ElementsAre());
  EXPECT_THAT(layered_mistakes(std::string(kLeast), "attestation:\n  metadata: /m\n"),
              ElementsAre(AllOf(StartsWith("10:2:"), HasSubstr("metadata_root is missing"))));
}

}  // namespace
}  // namespace masterkey2
