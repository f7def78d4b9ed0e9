#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/config.hpp"

namespace masterkey2 {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ConfigFile : public ::testing::Test {
 protected:
  ConfigFile() {
    std::string pattern = std::filesystem::temp_directory_path() / "config-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ConfigFile() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& text, mode_t mode) {
    const std::string path = folder_ / "masterkey2.yaml";
    std::ofstream(path) << text;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }

  /// A file of conf.d beside it.
  [[nodiscard]] std::string drop_in(const std::string& name, const std::string& text,
                                    mode_t mode = 0644) const {
    const std::filesystem::path folder = folder_ / "conf.d";
    if (std::filesystem::create_directory(folder)) {
      EXPECT_EQ(chmod(folder.c_str(), 0755), 0);
    }
    std::ofstream(folder / name) << text;
    EXPECT_EQ(chmod((folder / name).c_str(), mode), 0);
    return folder / name;
  }

  static std::string mistake(const std::string& path) {
    const auto config = read_config(path);
    return config ? "none" : config.error().front().message();
  }

  std::filesystem::path folder_;
};

constexpr const char* kGood = "base_url: https://a.example\nkeyring: /k\n";

TEST_F(ConfigFile, IsReadIfOnlyItsOwnerMayWriteIt) {
  EXPECT_EQ(mistake(write(kGood, 0600)), "none");
  EXPECT_EQ(mistake(write(kGood, 0644)), "none");
}

TEST_F(ConfigFile, IsRefusedIfOthersMayWriteIt) {
  for (const mode_t mode : {0620U, 0602U, 0666U}) {
    EXPECT_THAT(mistake(write(kGood, mode)), HasSubstr("chmod go-w"));
  }
}

TEST_F(ConfigFile, IsRefusedIfItBelongsToAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const std::string path = write(kGood, 0600);
  ASSERT_EQ(chown(path.c_str(), 12345, 0), 0);
  EXPECT_THAT(mistake(path), HasSubstr("belongs to another user"));
}

TEST_F(ConfigFile, IsRefusedIfItIsNoFile) {
  EXPECT_THAT(mistake(folder_ / "absent"), HasSubstr("cannot be opened"));
  EXPECT_THAT(mistake(folder_), HasSubstr("not a regular file"));
  const std::string fifo = folder_ / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(mistake(fifo), HasSubstr("not a regular file"));
}

TEST_F(ConfigFile, IsRefusedIfItIsTooLarge) {
  EXPECT_THAT(mistake(write(kGood + std::string(256 * 1024, '#'), 0600)), HasSubstr("256 KiB"));
}

TEST_F(ConfigFile, MistakesCarryItsPath) {
  const std::string path = write("a: b\n", 0600);
  EXPECT_THAT(mistake(path), HasSubstr(path + ":1:1: "));
}

TEST_F(ConfigFile, IsFollowedByItsDropInsInTheOrderOfTheirNames) {
  const std::string path = write(kGood, 0600);
  const std::string second = drop_in("20-b.yaml", "workers: 20\n");
  const std::string third = drop_in("9-c.yaml", "workers: 9\n");
  const std::string first = drop_in("10-a.yaml", "workers: 10\nlog: {level: error}\n");
  const auto config = read_config(path);
  ASSERT_TRUE(config) << config.error().front().message();
  EXPECT_THAT(config->files, ElementsAre(path, first, second, third));
  EXPECT_EQ(config->workers, 9U);
  EXPECT_EQ(config->log.level, "error");
}

TEST_F(ConfigFile, DropInsOfOtherNamesAreLeftAlone) {
  const std::string path = write(kGood, 0600);
  for (const char* name : {"a.yaml~", ".a.yaml", "a.yml", "a.yaml.dpkg-dist", "README"}) {
    static_cast<void>(drop_in(name, "not: [valid\n", 0666));
  }
  EXPECT_EQ(mistake(path), "none");
}

TEST_F(ConfigFile, MistakesOfDropInsCarryTheirPathAndPlace) {
  const std::string path = write(kGood, 0600);
  const std::string bad = drop_in("10.yaml", "workers: 8\nwurkers: 8\n");
  EXPECT_THAT(mistake(path), StartsWith(bad + ":2:1: unknown key"));
}

TEST_F(ConfigFile, DropInsAreRefusedIfOthersMayWriteThem) {
  const std::string path = write(kGood, 0600);
  const std::string bad = drop_in("10.yaml", "workers: 8\n", 0664);
  EXPECT_THAT(mistake(path), AllOf(StartsWith(bad), HasSubstr("chmod go-w")));
}

TEST_F(ConfigFile, DropInsAreRefusedIfOthersMayWriteTheirFolder) {
  const std::string path = write(kGood, 0600);
  static_cast<void>(drop_in("10.yaml", "workers: 8\n"));
  ASSERT_EQ(chmod((folder_ / "conf.d").c_str(), 0775), 0);
  EXPECT_THAT(mistake(path), AllOf(StartsWith(folder_ / "conf.d"), HasSubstr("chmod go-w")));
}

TEST_F(ConfigFile, DropInsAreRefusedIfTheyAreNoFiles) {
  const std::string path = write(kGood, 0600);
  static_cast<void>(drop_in("10.yaml", "workers: 8\n"));
  const std::string fifo = folder_ / "conf.d" / "20.yaml";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(mistake(path), AllOf(StartsWith(fifo), HasSubstr("not a regular file")));
}

TEST_F(ConfigFile, DropInsAreAtMostSixtyFour) {
  const std::string path = write(kGood, 0600);
  for (int i = 0; i < 64; ++i) static_cast<void>(drop_in(std::to_string(i) + ".yaml", ""));
  EXPECT_EQ(mistake(path), "none");
  static_cast<void>(drop_in("64.yaml", ""));
  EXPECT_THAT(mistake(path), HasSubstr("more than 64"));
}

ConfigText shipped_file(const std::string& name) {
  std::ifstream file(MASTERKEY2_SOURCE_DIR "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return {.file = name, .text = text.str()};
}

TEST(ShippedConfig, TakesTheDropInOfMysql) {
  const auto config = parse_config(
      {shipped_file("conf/masterkey2.yaml"), shipped_file("plugins/mysql/mysql.yaml")});
  ASSERT_TRUE(config) << config.error().front().message();
  EXPECT_EQ(config->storage.plugin, "mysql");
  EXPECT_EQ(config->storage.options.size(), 3U);
  EXPECT_FALSE(config->storage.options.contains("path"));
}

TEST(ShippedConfig, HoldsTheDefaults) {
  const auto shipped = parse_config({shipped_file("conf/masterkey2.yaml")});
  ASSERT_TRUE(shipped) << shipped.error().front().message();
  const auto least = parse_config({{"f", kGood}});
  ASSERT_TRUE(least);
  EXPECT_EQ(shipped->listen_mode, least->listen_mode);
  EXPECT_EQ(shipped->workers, least->workers);
  EXPECT_EQ(shipped->allow_own_plugins, least->allow_own_plugins);
  EXPECT_EQ(shipped->storage.plugin, least->storage.plugin);
  EXPECT_EQ(shipped->tokens.session_ttl_seconds, least->tokens.session_ttl_seconds);
  EXPECT_EQ(shipped->tokens.auth_ttl_seconds, least->tokens.auth_ttl_seconds);
  EXPECT_EQ(shipped->tokens.ceremony_ttl_seconds, least->tokens.ceremony_ttl_seconds);
  EXPECT_EQ(shipped->attestation.trust_anchors, least->attestation.trust_anchors);
  EXPECT_EQ(shipped->attestation.metadata, least->attestation.metadata);
  EXPECT_EQ(shipped->attestation.metadata_host, least->attestation.metadata_host);
  EXPECT_EQ(shipped->provider_names, least->provider_names);
  EXPECT_EQ(shipped->log.level, least->log.level);
  EXPECT_TRUE(shipped->trusted_proxies.empty());
  EXPECT_TRUE(shipped->metrics.allow.empty());
}

}  // namespace
}  // namespace masterkey2
