// Imports and migrations whose process dies at any system call, or of which one fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "plugins/backend.hpp"
#include "plugins/flatfile/fault_layer.hpp"
#include "plugins/stored_rows.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::uint64_t kMostCalls = 200;

class FlatfileTransferFault : public ::testing::TestWithParam<Fault> {
 protected:
  void SetUp() override {
    const LoadedStorage loaded = open(MASTERKEY2_PLUGIN_DIR, prepared_ / "store");
    ASSERT_TRUE(loaded.storage().initialize(make_installation()));
    ASSERT_EQ(fill_store(loaded.storage()), "");
    rows_ = exported(loaded.storage());
  }

  [[nodiscard]] static LoadedStorage open(const std::string& plugin_dir, const std::string& path) {
    PluginRequest request;
    request.plugin_dir = plugin_dir;
    request.name = "flatfile";
    request.allow_own_plugins = true;
    request.options = {{"path", path}, {"keep_superseded_s", "3600"}};
    return load(request);
  }
  [[nodiscard]] static std::vector<StoredRow> exported(Storage& storage) {
    CollectedRows sink;
    const auto done = storage.export_rows(sink);
    EXPECT_TRUE(done) << done.error().detail;
    return sink.rows;
  }
  /// In a process of its own; true if it came to its end with the fault still waiting.
  template <class Work>
  [[nodiscard]] static bool survives(Fault fault, std::uint64_t nth, Work&& work) {
    const pid_t child = ::fork();
    if (child == 0) {
      arm_fault(fault, nth, ENOSPC);
      work();
      ::_exit(fault_happened() ? 1 : 0);
    }
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  [[nodiscard]] std::string copy(const TemporaryFolder& folder) const {
    std::filesystem::copy(prepared_ / "store", folder / "store",
                          std::filesystem::copy_options::recursive);
    std::filesystem::permissions(folder / "store", std::filesystem::perms::owner_all);
    return folder / "store";
  }

  TemporaryFolder prepared_;
  std::vector<StoredRow> rows_;
  std::vector<StoredRow> rows_with_key_;  ///< what is there to be migrated
};

TEST_P(FlatfileTransferFault, ImportIsWholeOrCanBeRepeated) {
  for (std::uint64_t nth = 1; nth < kMostCalls; ++nth) {
    SCOPED_TRACE(nth);
    const TemporaryFolder folder;
    const std::string path = folder / "store";
    const auto import = [&] {
      const LoadedStorage loaded = open(MASTERKEY2_PLUGIN_DIR, path);
      GivenRows source(rows_);
      return loaded.storage().import_rows(source);
    };
    const bool whole = survives(GetParam(), nth, [&] { static_cast<void>(import()); });
    const LoadedStorage loaded = open(MASTERKEY2_PLUGIN_DIR, path);
    if (!loaded.storage().read_installation()) {
      EXPECT_FALSE(whole);
      const auto again = import();
      ASSERT_TRUE(again) << again.error().detail;
      EXPECT_EQ(*again, Outcome::kDone);
    }
    ASSERT_EQ(exported(loaded.storage()), rows_);
    if (!whole) continue;
    EXPECT_GT(nth, 5U);
    return;
  }
  FAIL() << "it never came to its end";
}

TEST_P(FlatfileTransferFault, MigrationIsDoneOrNotAndCanBeRepeated) {
  for (std::uint64_t nth = 1; nth < kMostCalls; ++nth) {
    SCOPED_TRACE(nth);
    const TemporaryFolder folder;
    const std::string path = copy(folder);
    const bool whole = survives(GetParam(), nth, [&] {
      static_cast<void>(open(MASTERKEY2_NEXT_PLUGIN_DIR, path).storage().migrate());
    });
    if (!whole && nth % 2 == 0) {
      // The old program comes back first: it serves what it knows, or refuses what it does not.
      const LoadedStorage ours = open(MASTERKEY2_PLUGIN_DIR, path);
      const auto read = ours.storage().read_installation();
      if (read) {
        EXPECT_EQ(exported(ours.storage()), rows_);
        const Bytes key = {1};
        EXPECT_TRUE(ours.storage().put_ephemeral(make_guard(1), key, 0, key, kLater));
        rows_with_key_ = exported(ours.storage());
      } else {
        EXPECT_EQ(read.error().code, StorageErrorCode::kIncompatible) << read.error().detail;
        rows_with_key_ = rows_;
      }
    } else {
      rows_with_key_ = rows_;
    }
    const LoadedStorage next = open(MASTERKEY2_NEXT_PLUGIN_DIR, path);
    const auto migrated = next.storage().migrate();
    ASSERT_TRUE(migrated) << migrated.error().detail;
    EXPECT_EQ(migrated->to, 2U);
    ASSERT_EQ(exported(next.storage()), rows_with_key_);
    if (!whole) continue;
    EXPECT_GT(nth, 5U);
    return;
  }
  FAIL() << "it never came to its end";
}

INSTANTIATE_TEST_SUITE_P(Each, FlatfileTransferFault,
                         ::testing::Values(Fault::kKill, Fault::kKillInside, Fault::kError,
                                           Fault::kShortWrite));

}  // namespace
}  // namespace masterkey2::testing
