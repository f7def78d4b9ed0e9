// verify-auth goes by an API key that was read a moment ago, and by storage's word in the end.
#include <gtest/gtest.h>

#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

using support::VirtualCredential;

class KnownKey : public ::testing::Test {
 protected:
  KnownKey() { static_cast<void>(verify(sign_in())); }

  std::string sign_in() { return server_.sign_in(site_, token_, passkey_); }
  Answer verify(const std::string& token) { return server_.verify(site_, {{"token", token}}); }
  /// By another host on the same store.
  void erase_key() {
    const ApiKey key = server_.store().list_api_keys(site_.id, server_.clock.now())->at(0);
    const auto audit = server_.services->audit.draft(site_.id, {}, 1, {.type = "test"});
    const Guard guard{.tenant = site_.id, .now = server_.clock.now()};
    ASSERT_TRUE(server_.store().erase_api_key(guard, key.id, audit.entry()));
  }
  [[nodiscard]] std::pair<int, int> reads_and_writes() const {
    return {server_.storage->reads(), server_.storage->writes()};
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const std::string token_ = server_.session_token(site_);
};

TEST_F(KnownKey, IsNotReadAgainForFiveSeconds) {
  const std::string first = sign_in();
  const std::string second = sign_in();
  server_.clock.advance(5'000);
  server_.storage->reset_counts();
  EXPECT_EQ(verify(first).summary(), "200");
  EXPECT_EQ(reads_and_writes(), std::pair(0, 1));
  server_.clock.advance(1);
  server_.storage->reset_counts();
  EXPECT_EQ(verify(second).summary(), "200");
  EXPECT_EQ(reads_and_writes(), std::pair(1, 1));
}

TEST_F(KnownKey, TakesNothingOnceItIsErased) {
  const std::string token = sign_in();
  erase_key();
  EXPECT_EQ(verify(token).summary(), "401 invalid_api_key");
  server_.storage->reset_counts();
  EXPECT_EQ(verify(token).summary(), "401 invalid_api_key");
  EXPECT_EQ(reads_and_writes(), std::pair(1, 0)) << "forgotten";
}

TEST_F(KnownKey, TellsNothingElseOnceItIsErased) {
  erase_key();
  EXPECT_EQ(verify("mk2a_nonsense").summary(), "401 invalid_api_key");
  EXPECT_EQ(server_.verify(site_, {{"colour", "blue"}}).summary(), "401 invalid_api_key");
}

TEST_F(KnownKey, IsReadAgainBeforeARefusalAlone) {
  server_.storage->reset_counts();
  EXPECT_EQ(verify("mk2a_nonsense").summary(), "401 invalid_token");
  EXPECT_EQ(reads_and_writes(), std::pair(1, 0));
}

TEST_F(KnownKey, DiesAtTheTimeThatItWasGivenSince) {
  const std::string early = sign_in();
  const std::string late = sign_in();
  const Send rotation{.api_key = site_.api_key, .json = Json{{"overlap", 3}}};
  ASSERT_EQ(server_.call("POST", "/api/v1/rotate-key", rotation).summary(), "200");
  server_.clock.advance(2'999);
  EXPECT_EQ(verify(early).summary(), "200");
  server_.clock.advance(1);
  EXPECT_EQ(verify(late).summary(), "401 invalid_api_key");
}

TEST_F(KnownKey, EndsWithItsTenant) {
  const std::string token = sign_in();
  server_.set_tenant_enabled(site_, false);
  EXPECT_EQ(verify(token).summary(), "401 invalid_api_key");
  server_.set_tenant_enabled(site_, true);
  EXPECT_EQ(verify(token).summary(), "200");
}

TEST_F(KnownKey, SeesSettingsThatChangedSince) {
  server_.change_settings(
      site_, [](TenantSettings& settings) { settings.verify_by_session_token = false; });
  static_cast<void>(sign_in());
  EXPECT_EQ(verify(token_).summary(), "401 wrong_token_type");
  server_.change_settings(
      site_, [](TenantSettings& settings) { settings.verify_by_session_token = true; });
  EXPECT_EQ(verify(token_).summary(), "200");
}

TEST_F(KnownKey, IsNotAskedForTwiceOfAStorageThatFails) {
  const std::string token = sign_in();
  int calls = 0;
  server_.storage->hook = [&](std::string_view) -> std::optional<StorageError> {
    ++calls;
    return StorageError{StorageErrorCode::kUnavailable, "down"};
  };
  EXPECT_EQ(verify(token).summary(), "503 storage_unavailable");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace masterkey2::testing
