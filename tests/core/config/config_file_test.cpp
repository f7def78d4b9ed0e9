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

using ::testing::HasSubstr;

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

TEST(ShippedConfig, HoldsTheDefaults) {
  std::ifstream file(MASTERKEY2_SOURCE_DIR "/conf/masterkey2.yaml");
  std::stringstream text;
  text << file.rdbuf();
  const auto shipped = parse_config(text.str(), "conf/masterkey2.yaml");
  ASSERT_TRUE(shipped) << shipped.error().front().message();
  const auto least = parse_config(kGood, "f");
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
