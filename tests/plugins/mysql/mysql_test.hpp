// What the tests of the MySQL plugin's own share: a store behind a proxy.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "plugins/contract/contract_test.hpp"
#include "plugins/mysql/mariadb_backend.hpp"
#include "plugins/mysql/mysql_proxy.hpp"

namespace masterkey2::testing {

class MysqlTest : public ::testing::Test {
 protected:
  MysqlTest() : database_(database_for(folder_.path())), proxy_(shared_server().socket()) {
    shared_server().create_database(database_);
    open();
  }

  void open(const std::map<std::string, std::string>& changes = {}) {
    loaded_.reset();
    loaded_.emplace(load(request(changes)));
  }
  /// `changes`: options besides; an empty value takes one away.
  [[nodiscard]] PluginRequest request(const std::map<std::string, std::string>& changes) const {
    PluginRequest request;
    request.plugin_dir = Backend::chosen().plugin_dir;
    request.name = "mysql";
    request.allow_own_plugins = true;
    request.options = {
        {"socket", proxy_.socket()}, {"database", database_}, {"user", "masterkey2"}};
    for (const auto& [name, value] : changes) {
      if (value.empty()) {
        request.options.erase(name);
      } else {
        request.options[name] = value;
      }
    }
    return request;
  }
  /// Installation, tenant 1 with user 1 and credential 1; and each statement of a login prepared.
  void fill() {
    ASSERT_THAT(storage().initialize(make_installation()), Answers(Outcome::kDone));
    ASSERT_THAT(storage().insert_tenant(make_insert_tenant(1)), Answers(Outcome::kDone));
    ASSERT_TRUE(storage().put_user(make_put_user(1, 1)));
    ASSERT_THAT(storage().commit_registration(make_registration(1, 1, 1)), Answers(Outcome::kDone));
  }
  [[nodiscard]] Storage& storage() { return loaded_->storage(); }
  [[nodiscard]] MysqlProxy& proxy() { return proxy_; }
  [[nodiscard]] const std::string& database() const { return database_; }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }
  [[nodiscard]] std::uint64_t rows_of(const std::string& table) const {
    return shared_server().number("SELECT COUNT(*) FROM " + database_ + "." + table);
  }
  void execute(const std::string& sql) const { shared_server().execute(sql); }

 private:
  TemporaryFolder folder_;
  std::string database_;
  MysqlProxy proxy_;
  std::optional<LoadedStorage> loaded_;
};

}  // namespace masterkey2::testing
