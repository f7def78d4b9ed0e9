// From one format to the next: with the plugin, and with the one after it, which a test builds from
// the same sources with the next format number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "plugins/backend.hpp"
#include "plugins/stored_rows.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FlatfileMigration : public ::testing::Test {
 protected:
  void SetUp() override {
    Storage& storage = *ours_;
    ASSERT_TRUE(storage.initialize(make_installation()));
    ASSERT_EQ(fill_store(storage), "");
    rows_ = exported(storage);
  }

  [[nodiscard]] LoadedStorage open(const std::string& plugin_dir,
                                   const std::string& path = "") const {
    PluginRequest request;
    request.plugin_dir = plugin_dir;
    request.name = "flatfile";
    request.allow_own_plugins = true;
    request.options = {{"path", path.empty() ? folder_ / "store" : path},
                       {"keep_superseded_s", "0"},
                       {"segment_bytes", "8192"}};
    return load(request);
  }
  [[nodiscard]] LoadedStorage open_ours() const { return open(MASTERKEY2_PLUGIN_DIR); }
  [[nodiscard]] LoadedStorage open_next() const { return open(MASTERKEY2_NEXT_PLUGIN_DIR); }
  void close_ours() {
    loaded_.reset();
    ours_ = nullptr;
  }
  [[nodiscard]] static std::vector<StoredRow> exported(Storage& storage) {
    CollectedRows sink;
    const auto done = storage.export_rows(sink);
    EXPECT_TRUE(done) << done.error().detail;
    return sink.rows;
  }
  /// Name → content, of all files.
  [[nodiscard]] std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::directory_iterator(folder_ / "store")) {
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      all[entry.path().filename().string()] = text.str();
    }
    return all;
  }

  TemporaryFolder folder_;
  std::optional<LoadedStorage> loaded_ = open_ours();
  Storage* ours_ = &loaded_->storage();
  std::vector<StoredRow> rows_;
};

TEST_F(FlatfileMigration, OlderFormatIsRefusedWithOneSentenceAndNotTouched) {
  close_ours();
  const auto before = files();
  const LoadedStorage next = open_next();
  const auto refused = next.storage().read_installation();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, StorageErrorCode::kIncompatible);
  EXPECT_THAT(refused.error().detail, HasSubstr("has format 1, this program reads format 2: run "
                                                "`masterkey2ctl storage migrate`"));
  EXPECT_FALSE(next.storage().put_user(make_put_user(1, 90)));
  EXPECT_EQ(files(), before);
}

TEST_F(FlatfileMigration, NewerFormatIsRefusedWithOneSentenceAndNotTouched) {
  close_ours();
  ASSERT_TRUE(open_next().storage().migrate());
  const auto before = files();
  const LoadedStorage ours = open_ours();
  const auto refused = ours.storage().read_installation();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, StorageErrorCode::kIncompatible);
  EXPECT_THAT(refused.error().detail, HasSubstr("has format 2, this program reads format 1"));
  const auto migrated = ours.storage().migrate();
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, StorageErrorCode::kIncompatible);
  EXPECT_EQ(files(), before);
}

TEST_F(FlatfileMigration, MigratedStoreHoldsAllRowsAndGoesOn) {
  close_ours();
  {
    const LoadedStorage next = open_next();
    EXPECT_EQ(next.storage().migrate().value(), (Storage::Migrated{1, 2}));
    EXPECT_EQ(exported(next.storage()), rows_);
    EXPECT_TRUE(next.storage().put_user(make_put_user(1, 90)));
    EXPECT_EQ(next.storage().migrate().value(), (Storage::Migrated{2, 2}));
  }
  const LoadedStorage again = open_next();
  EXPECT_TRUE(again.storage().find_user(id_of<TenantId>(1), "user-90", false)->user);
}

TEST_F(FlatfileMigration, RunningProgramOfTheOldFormatStopsAtTheSeal) {
  ASSERT_TRUE(open_next().storage().migrate());
  const auto refused = ours_->put_user(make_put_user(1, 90));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, StorageErrorCode::kIncompatible);
}

TEST_F(FlatfileMigration, RemovingTheNewFilesLeadsBack) {
  close_ours();
  const auto before = files();
  ASSERT_TRUE(open_next().storage().migrate());
  for (const auto& [name, content] : files()) {
    if (before.contains(name)) continue;
    fs::remove(folder_ / "store/" + name);
  }
  const LoadedStorage ours = open_ours();
  EXPECT_EQ(exported(ours.storage()), rows_);
  EXPECT_TRUE(ours.storage().put_user(make_put_user(1, 90)));
}

/// An interrupted migration leaves a snapshot that no segment follows.
TEST_F(FlatfileMigration, InterruptedMigrationChangesNothingForTheOldProgram) {
  close_ours();
  const auto before = files();
  ASSERT_TRUE(open_next().storage().migrate());
  std::string newest;
  for (const auto& [name, content] : files()) {
    if (name.starts_with("log-")) newest = std::max(newest, name);
  }
  ASSERT_FALSE(before.contains(newest));
  fs::remove(folder_ / "store/" + newest);
  {
    const LoadedStorage ours = open_ours();
    EXPECT_EQ(exported(ours.storage()), rows_);
    EXPECT_TRUE(ours.storage().put_user(make_put_user(1, 90)));
  }
  {
    const LoadedStorage ours = open_ours();
    EXPECT_TRUE(ours.storage().find_user(id_of<TenantId>(1), "user-90", false)->user);
    rows_ = exported(ours.storage());
  }
  const LoadedStorage next = open_next();
  EXPECT_EQ(next.storage().migrate().value(), (Storage::Migrated{1, 2}));
  EXPECT_EQ(exported(next.storage()), rows_);
}

TEST_F(FlatfileMigration, ImportedIntoTheNextFormatAndBackIsTheSame) {
  const std::string other = folder_ / "other";
  const LoadedStorage next = open(MASTERKEY2_NEXT_PLUGIN_DIR, other);
  GivenRows source(rows_);
  ASSERT_TRUE(next.storage().import_rows(source));
  EXPECT_EQ(exported(next.storage()), rows_);
}

}  // namespace
}  // namespace masterkey2::testing
