#include "storage/guarded_storage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/plugin_loader.hpp"

namespace masterkey2::testing {
namespace {

using ::testing::HasSubstr;

class LoggingHost final : public HostServices {
 public:
  void log(PluginLogLevel level, std::string_view text) override {
    if (level == PluginLogLevel::kError) errors.emplace_back(text);
  }
  std::vector<std::string> errors;
};

/// Around a plugin that throws, and returns what nobody asked for.
class GuardedStorage : public ::testing::Test {
 protected:
  GuardedStorage() : loaded_(load()) {}

  [[nodiscard]] Storage& storage() { return loaded_->storage(); }
  template <class T>
  void expect(const StorageResult<T>& result, StorageErrorCode code) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
    EXPECT_THAT(result.error().detail, HasSubstr("lying"));
    ASSERT_FALSE(host_.errors.empty());
    EXPECT_EQ(host_.errors.back(), result.error().detail);
  }

  LoggingHost host_;
  const TenantId tenant_{};

 private:
  [[nodiscard]] Result<LoadedStorage, PluginError> load() {
    PluginRequest request;
    request.plugin_dir = MASTERKEY2_BAD_PLUGIN_DIR;
    request.name = "lying";
    request.allow_own_plugins = true;
    return load_storage(request, host_);
  }
  Result<LoadedStorage, PluginError> loaded_;
};

TEST_F(GuardedStorage, ExceptionBecomesInternal) {
  const auto made = storage().initialize({});
  expect(made, StorageErrorCode::kInternal);
  EXPECT_THAT(made.error().detail, HasSubstr("thrown by initialize"));
}

TEST_F(GuardedStorage, ThrownNumberBecomesInternal) {
  expect(storage().check(), StorageErrorCode::kInternal);
}

TEST_F(GuardedStorage, ErrorOfThePluginIsPassedOn) {
  const auto read = storage().read_installation();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, StorageErrorCode::kUnavailable);
  EXPECT_EQ(read.error().detail, "stub");
}

TEST_F(GuardedStorage, RowsOfAnotherTenantAreCorrupt) {
  expect(storage().find_tenant(tenant_), StorageErrorCode::kCorrupt);
  expect(storage().list_api_keys(tenant_, 0), StorageErrorCode::kCorrupt);
  expect(storage().list_audit(tenant_, {}, {}), StorageErrorCode::kCorrupt);
}

TEST_F(GuardedStorage, AnotherUserIsCorrupt) {
  expect(storage().find_user(tenant_, "user", true), StorageErrorCode::kCorrupt);
}

TEST_F(GuardedStorage, CredentialOfAnotherUserIsCorrupt) {
  const Bytes id = {1};
  expect(storage().read_sign_in(tenant_, id, {}), StorageErrorCode::kCorrupt);
}

TEST_F(GuardedStorage, FieldBeyondItsLimitIsCorrupt) {
  expect(storage().find_user(tenant_, UserHandle{}, true, std::nullopt),
         StorageErrorCode::kCorrupt);
}

TEST_F(GuardedStorage, MoreRowsThanAskedForAreCorrupt) {
  expect(storage().list_users(tenant_, {}), StorageErrorCode::kCorrupt);
}

TEST_F(GuardedStorage, OutcomeThatDoesNotExistIsCorrupt) {
  expect(storage().commit_sign_in({}), StorageErrorCode::kCorrupt);
}

TEST_F(GuardedStorage, TakingWithoutASignInIsCorrupt) {
  TakeSignIn take;
  take.sign_in.emplace();
  expect(storage().take_sign_in(take), StorageErrorCode::kCorrupt);
}

}  // namespace
}  // namespace masterkey2::testing
