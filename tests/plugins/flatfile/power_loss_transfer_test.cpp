// The power fails while a store is made, imported or migrated.
#include "plugins/flatfile/power_loss_test.hpp"
#include "plugins/stored_rows.hpp"

namespace masterkey2::testing {
namespace {

TEST_F(FlatfilePowerLoss, InitializeCanBeRepeatedOrIsDone) {
  take_one_of(1, 1);
  const TemporaryFolder folder;
  const PluginRequest request = flatfile_request(folder / "store");
  std::filesystem::create_directory(folder / "store");
  std::filesystem::permissions(folder / "store", std::filesystem::perms::owner_all);
  History history;
  {
    ChangeRecorder recorder(folder / "store");
    ASSERT_TRUE(load(request).storage().initialize(make_installation()));
    ChangeRecorder::promise();
    history = recorder.finish();
  }
  expect_all_states(history, [](const TemporaryFolder& left, std::size_t promises) {
    const LoadedStorage loaded = load(flatfile_request(left / "store"));
    const auto again = loaded.storage().initialize(make_installation());
    ASSERT_TRUE(again) << again.error().detail;
    if (promises > 0) {
      ASSERT_EQ(*again, Outcome::kAlreadyExists);
    }
    const auto checked = loaded.storage().check();
    ASSERT_TRUE(checked) << checked.error().detail;
    ASSERT_EQ(loaded.storage().read_installation()->id, make_installation().id);
    ASSERT_TRUE(loaded.storage().insert_tenant(make_insert_tenant(1)));
  });
}

std::vector<StoredRow> exported(Storage& storage) {
  CollectedRows sink;
  const auto done = storage.export_rows(sink);
  EXPECT_TRUE(done) << done.error().detail;
  return sink.rows;
}

class FlatfilePowerLossOfTransfers : public FlatfilePowerLoss {
 protected:
  void SetUp() override {
    FlatfilePowerLoss::SetUp();
    take_one_of(1, 1);
    const LoadedStorage loaded = load(flatfile_request(filled_ / "store"));
    ASSERT_TRUE(loaded.storage().initialize(make_installation()));
    ASSERT_EQ(fill_store(loaded.storage()), "");
    rows_ = exported(loaded.storage());
  }

  [[nodiscard]] static PluginRequest next_request(const TemporaryFolder& folder) {
    PluginRequest request = flatfile_request(folder / "store");
    request.plugin_dir = MASTERKEY2_NEXT_PLUGIN_DIR;
    return request;
  }

  const TemporaryFolder filled_;
  std::vector<StoredRow> rows_;
};

TEST_F(FlatfilePowerLossOfTransfers, ImportCanBeRepeatedOrIsDone) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "store");
  std::filesystem::permissions(folder / "store", std::filesystem::perms::owner_all);
  History history;
  {
    ChangeRecorder recorder(folder / "store");
    GivenRows source(rows_);
    ASSERT_TRUE(load(flatfile_request(folder / "store")).storage().import_rows(source));
    ChangeRecorder::promise();
    history = recorder.finish();
  }
  expect_all_states(history, [&](const TemporaryFolder& left, std::size_t promises) {
    const LoadedStorage loaded = load(flatfile_request(left / "store"));
    GivenRows source(rows_);
    const auto again = loaded.storage().import_rows(source);
    ASSERT_TRUE(again) << again.error().detail;
    if (promises > 0) {
      ASSERT_EQ(*again, Outcome::kAlreadyExists);
    }
    ASSERT_EQ(exported(loaded.storage()), rows_);
  });
}

TEST_F(FlatfilePowerLossOfTransfers, MigrationCanBeRepeatedOrIsDone) {
  const TemporaryFolder folder;
  move_store(filled_ / "store", folder / "store");
  History history;
  {
    ChangeRecorder recorder(folder / "store");
    ASSERT_TRUE(load(next_request(folder)).storage().migrate());
    ChangeRecorder::promise();
    history = recorder.finish();
  }
  expect_all_states(history, [&](const TemporaryFolder& left, std::size_t promises) {
    {
      // The old program goes on, or refuses what it does not know.
      const LoadedStorage old = load(flatfile_request(left / "store"));
      const auto read = old.storage().read_installation();
      if (read) {
        ASSERT_EQ(promises, 0U);
        ASSERT_EQ(exported(old.storage()), rows_);
      } else {
        ASSERT_EQ(read.error().code, StorageErrorCode::kIncompatible) << read.error().detail;
      }
    }
    const LoadedStorage next = load(next_request(left));
    const auto migrated = next.storage().migrate();
    ASSERT_TRUE(migrated) << migrated.error().detail;
    ASSERT_EQ(exported(next.storage()), rows_);
    ASSERT_TRUE(next.storage().check());
  });
}

}  // namespace
}  // namespace masterkey2::testing
