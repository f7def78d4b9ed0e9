// The folder of a store: modes, owners, links, strangers, and what reading leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "plugins/flatfile/scenario.hpp"
#include "plugins/flatfile/store_files.hpp"

namespace masterkey2::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FlatfileFolder : public ::testing::Test {
 protected:
  void SetUp() override { prepare_scenarios(load(flatfile_request(store_)).storage()); }
  void expect_refused(const std::string& sentence_part) const {
    const LoadedStorage loaded = load(flatfile_request(store_));
    const auto checked = loaded.storage().check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, StorageErrorCode::kUnavailable);
    EXPECT_THAT(checked.error().detail, HasSubstr(sentence_part));
    EXPECT_THAT(checked.error().detail, HasSubstr(store_));
  }
  [[nodiscard]] static mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    return status.st_mode & 07777U;
  }
  [[nodiscard]] std::map<std::string, std::uintmax_t> sizes() const {
    std::map<std::string, std::uintmax_t> sizes;
    for (const auto& entry : fs::directory_iterator(store_)) {
      sizes[entry.path().filename()] = fs::file_size(entry.path());
    }
    return sizes;
  }

  const TemporaryFolder folder_;
  const std::string store_ = folder_ / "store";
};

TEST_F(FlatfileFolder, IsMadeForItsOwnerAloneWhateverTheUmask) {
  const mode_t old = ::umask(0);
  const std::string open_store = folder_ / "open";
  prepare_scenarios(load(flatfile_request(open_store)).storage());
  ::umask(0777);
  const std::string closed_store = folder_ / "closed";
  const LoadedStorage loaded = load(flatfile_request(closed_store));
  const auto made = loaded.storage().initialize(make_installation());
  ::umask(old);
  EXPECT_TRUE(made) << made.error().detail;
  for (const std::string& store : {store_, open_store, closed_store}) {
    EXPECT_EQ(mode_of(store), 0700U);
    for (const auto& entry : fs::directory_iterator(store)) {
      EXPECT_EQ(mode_of(entry.path()), 0600U) << entry.path();
    }
  }
}

TEST_F(FlatfileFolder, FolderOpenToOthersIsRefused) {
  for (const mode_t mode : {0750U, 0705U, 0777U, 01700U}) {
    ASSERT_EQ(::chmod(store_.c_str(), mode), 0);
    expect_refused("has mode");
  }
}

TEST_F(FlatfileFolder, FileOpenToOthersIsRefused) {
  for (const char* name : {"/log-0000000000000001", "/heartbeat", "/durable", "/lock"}) {
    ASSERT_EQ(::chmod((store_ + name).c_str(), 0640), 0);
    expect_refused(name);
    ASSERT_EQ(::chmod((store_ + name).c_str(), 0600), 0);
  }
}

TEST_F(FlatfileFolder, LinkToAFolderIsRefused) {
  fs::rename(store_, folder_ / "elsewhere");
  fs::create_directory_symlink(folder_ / "elsewhere", store_);
  expect_refused("link");
}

TEST_F(FlatfileFolder, LinkToAFileIsRefused) {
  fs::rename(store_ + log_name(1), folder_ / "elsewhere");
  fs::create_symlink(folder_ / "elsewhere", store_ + log_name(1));
  expect_refused("is a symbolic link");
}

TEST_F(FlatfileFolder, HardLinkIsRefused) {
  fs::create_hard_link(store_ + log_name(1), folder_ / "second-name");
  expect_refused("hard link");
}

TEST_F(FlatfileFolder, PipeIsRefusedWithoutWaitingForIt) {
  fs::remove(store_ + "/heartbeat");
  ASSERT_EQ(::mkfifo((store_ + "/heartbeat").c_str(), 0600), 0);
  expect_refused("is not a regular file");
}

TEST_F(FlatfileFolder, StrangersAreRefused) {
  write_file(store_ + "/notes.txt", Bytes{1});
  expect_refused("notes.txt: does not belong to the store");
  fs::remove(store_ + "/notes.txt");
  write_file(store_ + "/log-1", Bytes{1});
  expect_refused("log-1: does not belong to the store");
}

TEST_F(FlatfileFolder, FolderOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_EQ(::chown(store_.c_str(), 65534, 65534), 0);
  expect_refused("belongs to uid 65534");
  ASSERT_EQ(::chown(store_.c_str(), 0, 0), 0);
  ASSERT_EQ(::chown((store_ + "/heartbeat").c_str(), 65534, 65534), 0);
  expect_refused("belongs to uid 65534");
}

TEST_F(FlatfileFolder, InitializeLeavesAFolderOfOthersAlone) {
  const std::string other = folder_ / "other";
  fs::create_directory(other);
  ASSERT_EQ(::chmod(other.c_str(), 0700), 0);
  write_file(other + "/diary", Bytes{1});
  const LoadedStorage loaded = load(flatfile_request(other));
  const auto made = loaded.storage().initialize(make_installation());
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().detail, HasSubstr("diary: does not belong to the store"));
  EXPECT_EQ(std::distance(fs::directory_iterator(other), {}), 1);
}

TEST_F(FlatfileFolder, InitializeNeedsAParent) {
  const LoadedStorage loaded = load(flatfile_request(folder_ / "no/such"));
  EXPECT_FALSE(loaded.storage().initialize(make_installation()));
}

TEST_F(FlatfileFolder, HundredThousandReadsDoNotGrowTheStoreByAByte) {
  const auto before = sizes();
  const LoadedStorage loaded = load(flatfile_request(store_));
  Storage& storage = loaded.storage();
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(storage.read_standing(id_of<TenantId>(1), id_of<TokenId>(60)));
  }
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(storage.find_user(id_of<TenantId>(1), "user-1", true));
    ASSERT_TRUE(storage.check());
    ASSERT_TRUE(storage.purge_expired(kNow, 100));
  }
  EXPECT_EQ(sizes(), before);
}

TEST_F(FlatfileFolder, RefusedWritesDoNotGrowTheStoreByAByte) {
  const LoadedStorage loaded = load(flatfile_request(store_));
  ASSERT_TRUE(loaded.storage().check());
  const auto before = sizes();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(*loaded.storage().commit_sign_in(make_sign_in(1, 1, 1, 50, 60)),
              Outcome::kClaimTaken);
    ASSERT_EQ(*loaded.storage().commit_registration(make_registration(1, 9, 77)),
              Outcome::kUserGone);
  }
  EXPECT_EQ(sizes(), before);
}

TEST(FlatfileOptions, EachBadOneIsNamed) {
  QuietHost host;
  const auto refused = [&](const std::string& name, const std::string& value) {
    PluginRequest request = flatfile_request("/var/lib/store");
    request.options[name] = value;
    const auto loaded = load_storage(request, host);
    ASSERT_FALSE(loaded) << name << " = " << value;
    EXPECT_THAT(loaded.error().detail, HasSubstr(name));
  };
  refused("path", "");
  refused("path", "relative/path");
  refused("path", "/");
  refused("path", std::string("/a\0b", 4));
  refused("segment_bytes", "4095");
  refused("segment_bytes", "1073741825");
  refused("segment_bytes", "1e6");
  refused("segment_bytes", "");
  refused("segment_bytes", " 4096");
  refused("keep_superseded_s", "-1");
  refused("keep_superseded_s", "31536001");
  refused("lock_timeout_ms", "9");
  refused("lock_timeout_ms", "60001");
}

}  // namespace
}  // namespace masterkey2::testing
