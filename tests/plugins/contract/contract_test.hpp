// What the contract tests share: a store that is made anew for each test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "plugins/backend.hpp"
#include "plugins/rows.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {

/// Matches a StorageResult that holds `value`.
MATCHER_P(Answers, value, "") {
  if (!arg) {
    *result_listener << "failed: " << arg.error().detail;
    return false;
  }
  return *arg == value;
}
MATCHER_P(FailsWith, code, "") {
  if (arg) return false;
  *result_listener << "failed: " << static_cast<int>(arg.error().code) << ' ' << arg.error().detail;
  return arg.error().code == code;
}

class ContractTest : public ::testing::Test {
 protected:
  ContractTest() : loaded_(load(request())) {}

  void SetUp() override {
    ASSERT_THAT(storage().initialize(make_installation()), Answers(Outcome::kDone));
  }

  [[nodiscard]] Storage& storage() { return loaded_->storage(); }
  [[nodiscard]] const StoragePlugin& descriptor() { return loaded_->descriptor(); }
  [[nodiscard]] PluginRequest request() const { return Backend::chosen().request(folder_.path()); }
  [[nodiscard]] const std::string& folder() const { return folder_.path(); }
  /// As after a restart. What is not durable would have nothing to show.
  void reopen() {
    if ((descriptor().capabilities & kDurable) == 0) return;
    loaded_.reset();
    loaded_.emplace(load(request()));
  }

  void add_tenant(std::uint64_t tenant) {
    ASSERT_THAT(storage().insert_tenant(make_insert_tenant(tenant)), Answers(Outcome::kDone));
  }
  void add_user(std::uint64_t tenant, std::uint64_t user) {
    const auto put = storage().put_user(make_put_user(tenant, user));
    ASSERT_TRUE(put) << put.error().detail;
    ASSERT_EQ(put->outcome, Outcome::kDone);
    ASSERT_TRUE(put->created);
  }
  void add_credential(std::uint64_t tenant, std::uint64_t user, std::uint64_t credential) {
    ASSERT_THAT(storage().commit_registration(make_registration(tenant, user, credential)),
                Answers(Outcome::kDone));
  }
  /// Tenant 1 with user 1 and credential 1.
  void add_one_of_each() {
    add_tenant(1);
    add_user(1, 1);
    add_credential(1, 1, 1);
  }
  [[nodiscard]] std::size_t audit_count(std::uint64_t tenant) {
    PageRequest page;
    page.limit = 1000;
    const auto entries = storage().list_audit(id_of<TenantId>(tenant), {}, page);
    return entries ? entries->items.size() : SIZE_MAX;
  }

 private:
  TemporaryFolder folder_;
  std::optional<LoadedStorage> loaded_;
};

}  // namespace masterkey2::testing
