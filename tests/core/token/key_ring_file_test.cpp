#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "crypto/random.hpp"
#include "tests/support/temporary_folder.hpp"
#include "token/key_ring.hpp"

namespace masterkey2 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr UnixMillis kNow = 1'700'000'000'000;
constexpr std::string_view kSecret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

class KeyRingFile : public ::testing::Test {
 protected:
  void put(std::string_view text, mode_t mode = 0600) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path_, std::ios::binary).rdbuf();
    return text.str();
  }
  std::string read_error() const {
    const auto ring = read_key_ring(path_);
    EXPECT_FALSE(ring);
    return ring ? "" : ring.error().detail;
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }

  testing::TemporaryFolder folder_;
  std::string path_ = folder_ / "keyring.json";
};

std::string document(const std::string& keys) {
  return R"({"format": "masterkey2 key ring", "version": 1, "keys": [)" + keys + "]}";
}

std::string entry(const std::string& id, const std::string& state) {
  return R"({"id": ")" + id + R"(", "state": ")" + state +
         R"(", "created_at": 1700000000000, "secret": ")" + std::string(kSecret) + "\"}";
}

TEST_F(KeyRingFile, ComesBackAsWritten) {
  const KeyRing ring = *KeyRing::generate(system_random(), kNow).with_new_key(system_random(), 5);
  ASSERT_TRUE(write_key_ring(path_, ring, true));
  const auto read = read_key_ring(path_);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, ring);
}

TEST_F(KeyRingFile, IsReadInTheDocumentedForm) {
  put(document(entry("0000000a", "active") + "," + entry("0000000b", "retired")));
  const auto ring = read_key_ring(path_);
  ASSERT_TRUE(ring) << ring.error().detail;
  EXPECT_EQ(ring->active().id, 10U);
  EXPECT_EQ(ring->active().created_at, kNow);
  EXPECT_EQ(ring->active().secret[31], 31);
  EXPECT_EQ(ring->keys().back().state, RingKeyState::kRetired);
}

TEST_F(KeyRingFile, IsWrittenForItsOwnerAloneWhateverTheUmask) {
  const mode_t before = ::umask(0);
  const auto written = write_key_ring(path_, KeyRing::generate(system_random(), kNow), true);
  ::umask(before);
  ASSERT_TRUE(written);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_EQ(status.st_nlink, 1U);
}

TEST_F(KeyRingFile, LeavesNoOtherFileBehind) {
  const KeyRing ring = KeyRing::generate(system_random(), kNow);
  ASSERT_TRUE(write_key_ring(path_, ring, true));
  ASSERT_TRUE(write_key_ring(path_, ring, false));
  EXPECT_FALSE(write_key_ring(path_, ring, true));
  EXPECT_EQ(files(), 1U);
}

TEST_F(KeyRingFile, ExclusiveWritingLeavesAnExistingFileAlone) {
  put("precious");
  const auto written = write_key_ring(path_, KeyRing::generate(system_random(), kNow), true);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().detail, HasSubstr("exists already"));
  EXPECT_EQ(content(), "precious");
}

TEST_F(KeyRingFile, ExclusiveWritingDoesNotFollowADanglingLink) {
  ASSERT_EQ(::symlink((folder_ / "elsewhere").c_str(), path_.c_str()), 0);
  EXPECT_FALSE(write_key_ring(path_, KeyRing::generate(system_random(), kNow), true));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
}

TEST_F(KeyRingFile, OfManyExclusiveWritersOneWins) {
  std::atomic<int> winners = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&] {
      if (write_key_ring(path_, KeyRing::generate(system_random(), kNow), true)) ++winners;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(winners, 1);
  EXPECT_TRUE(read_key_ring(path_));
}

TEST_F(KeyRingFile, WritingReplacesTheFileAndNeverWritesIntoIt) {
  ASSERT_TRUE(write_key_ring(path_, KeyRing::generate(system_random(), kNow), true));
  std::ifstream reader(path_, std::ios::binary);
  const std::string before = content();
  ASSERT_TRUE(write_key_ring(path_, KeyRing::generate(system_random(), kNow + 1), false));
  std::ostringstream still_open;
  still_open << reader.rdbuf();
  EXPECT_EQ(still_open.str(), before);
  EXPECT_NE(content(), before);
}

TEST_F(KeyRingFile, WritingIntoAMissingFolderIsAnError) {
  const auto written = write_key_ring(folder_ / "absent/keyring.json",
                                      KeyRing::generate(system_random(), kNow), true);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().detail, HasSubstr("absent/keyring.json"));
}

TEST_F(KeyRingFile, AMissingFileNamesTheCommandThatMakesIt) {
  EXPECT_THAT(read_error(), HasSubstr("storage init"));
}

TEST_F(KeyRingFile, RefusesASymbolicLink) {
  ASSERT_TRUE(write_key_ring(folder_ / "real", KeyRing::generate(system_random(), kNow), true));
  ASSERT_EQ(::symlink((folder_ / "real").c_str(), path_.c_str()), 0);
  EXPECT_THAT(read_error(), HasSubstr("symbolic link"));
}

TEST_F(KeyRingFile, RefusesAFolderAndAFifoWithoutWaiting) {
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
  EXPECT_THAT(read_error(), HasSubstr("not a regular file"));
  ASSERT_EQ(::rmdir(path_.c_str()), 0);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(read_error(), HasSubstr("not a regular file"));
}

TEST_F(KeyRingFile, RefusesEveryModeThatLetsOthersAtIt) {
  const std::string good = document(entry("0000000a", "active"));
  for (const mode_t mode : {0604, 0602, 0601, 0620, 0610, 0660, 0700, 0644, 0666, 04600, 02600}) {
    put(good, mode);
    EXPECT_THAT(read_error(), HasSubstr("chmod")) << std::oct << mode;
  }
  for (const mode_t mode : {0600, 0400}) {
    put(good, mode);
    EXPECT_TRUE(read_key_ring(path_)) << std::oct << mode;
  }
}

TEST_F(KeyRingFile, GroupMayReadItIfItIsRoots) {
  put(document(entry("0000000a", "active")), 0640);
  if (::geteuid() == 0) {
    EXPECT_TRUE(read_key_ring(path_));
  } else {
    EXPECT_THAT(read_error(), HasSubstr("chmod 0600"));
  }
}

TEST_F(KeyRingFile, RefusesAnotherUsersFile) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  put(document(entry("0000000a", "active")));
  ASSERT_EQ(::chown(path_.c_str(), 65'533, 65'533), 0);
  EXPECT_THAT(read_error(), HasSubstr("65533"));
}

TEST_F(KeyRingFile, RefusesAFileThatIsTooLarge) {
  put(document(entry("0000000a", "active")) + std::string(70'000, ' '));
  EXPECT_THAT(read_error(), HasSubstr("larger"));
}

TEST_F(KeyRingFile, RefusesMalformedContent) {
  const std::string active = entry("0000000a", "active");
  const std::vector<std::string> documents = {
      "",
      "[]",
      "{}",
      "\"x\"",
      document(""),
      document("1"),
      document(entry("0000000a", "pending")),
      document(active + "," + active),
      document(entry("00000000", "active")),
      document(entry("0000000A", "active")),
      document(entry("a", "active")),
      document(entry("0000000a", "ACTIVE")),
      document(active).substr(0, 80),
      document(active) + "x",
      R"({"format": "another", "version": 1, "keys": []})",
      R"({"format": "masterkey2 key ring", "version": 2, "keys": [)" + active + "]}",
      R"({"format": "masterkey2 key ring", "version": 1, "keys": {}})",
      R"({"format": "masterkey2 key ring", "version": 1, "more": 1, "keys": [)" + active + "]}",
      document(R"({"id": "0000000a", "state": "active", "created_at": -1, "secret": ")" +
               std::string(kSecret) + "\"}"),
      document(R"({"id": "0000000a", "state": "active", "created_at": 1.5, "secret": ")" +
               std::string(kSecret) + "\"}"),
      document(R"({"id": "0000000a", "state": "active", "created_at": 1, "secret": "AAEC"})"),
      document(R"({"id": "0000000a", "state": "active", "created_at": 1, "secret": 5})"),
      document(R"({"id": "0000000a", "state": "active", "created_at": 1})"),
      document(active.substr(0, active.size() - 1) + R"(, "more": 1})"),
  };
  for (const std::string& text : documents) {
    put(text);
    const std::string error = read_error();
    EXPECT_THAT(error, HasSubstr(path_)) << text;
    EXPECT_THAT(error, Not(HasSubstr(std::string(kSecret)))) << text;
  }
}

}  // namespace
}  // namespace masterkey2
