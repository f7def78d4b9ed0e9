#include <gtest/gtest.h>

#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::string_view kPath = "/api/v1/session-token";

class SessionToken : public ::testing::Test {
 protected:
  Answer post(const Json& body) {
    return server_.call("POST", kPath, {.api_key = site_.api_key, .json = body});
  }
  Answer revoke(const std::string& token) {
    return server_.call("DELETE", kPath, {.bearer = token});
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
};

TEST_F(SessionToken, IsIssuedForARequestWithoutBodyAndContentType) {
  const Answer answer = server_.call("POST", kPath, {.api_key = site_.api_key});
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body.at("session_token").get<std::string>().starts_with("mk2s_"));
  EXPECT_EQ(answer.body.at("expires_in"), 86'400);
  EXPECT_EQ(answer.log.tenant, site_.id_text);
}

TEST_F(SessionToken, IsIssuedByOneReadAndNoWrite) {
  server_.storage->reset_counts();
  static_cast<void>(server_.session_token(site_));
  EXPECT_EQ(server_.storage->reads(), 1);
  EXPECT_EQ(server_.storage->writes(), 0);
}

TEST_F(SessionToken, WorksOverManyCeremonies) {
  const auto passkey = server_.register_passkey(site_, "alice");
  const std::string token = server_.session_token(site_);
  for (int i = 0; i < 3; ++i) static_cast<void>(server_.sign_in(site_, token, passkey));
}

TEST_F(SessionToken, LivesUntilTheLastMillisecondOf24Hours) {
  const std::string token = server_.session_token(site_);
  server_.clock.advance(86'400'000 - 1);
  EXPECT_EQ(server_.begin_authentication(site_, token).summary(), "200");
  server_.clock.advance(1);
  EXPECT_EQ(server_.begin_authentication(site_, token).summary(), "401 token_expired");
}

TEST_F(SessionToken, ExpiresForFinishToo) {
  const auto passkey = server_.register_passkey(site_, "alice");
  const std::string token = server_.session_token(site_);
  server_.clock.advance(86'400'000 - 1'000);
  const Answer begun = server_.begin_authentication(site_, token);
  server_.clock.advance(1'000);
  EXPECT_EQ(server_.finish_authentication(site_, token, begun, passkey).summary(),
            "401 token_expired");
}

TEST_F(SessionToken, NamesAUserOnlyIfThereIsOne) {
  EXPECT_EQ(post({{"external_id", "alice"}}).summary(), "404 user_not_found");
  static_cast<void>(server_.register_passkey(site_, "alice"));
  EXPECT_EQ(post({{"external_id", "alice"}}).summary(), "200");
  EXPECT_EQ(post({{"external_id", "a/b"}}).summary(), "400 invalid_external_id");
}

TEST_F(SessionToken, TakesANonceOf16To64Bytes) {
  for (const std::size_t size : {16, 64}) {
    EXPECT_EQ(post({{"challenge_nonce", base64url_encode(Bytes(size))}}).summary(), "200");
  }
  for (const std::size_t size : {0, 15, 65}) {
    EXPECT_EQ(post({{"challenge_nonce", base64url_encode(Bytes(size))}}).summary(),
              "400 invalid_request /challenge_nonce");
  }
  EXPECT_EQ(post({{"challenge_nonce", "not base64url!"}}).summary(), "400 invalid_encoding");
}

TEST_F(SessionToken, TakesABindingOf1To256Bytes) {
  EXPECT_EQ(post({{"binding", "x"}}).summary(), "200");
  EXPECT_EQ(post({{"binding", std::string(256, 'x')}}).summary(), "200");
  EXPECT_EQ(post({{"binding", ""}}).summary(), "400 invalid_request /binding");
  EXPECT_EQ(post({{"binding", std::string(257, 'x')}}).summary(), "400 invalid_request /binding");
}

TEST_F(SessionToken, IsRevokedForEveryLaterCall) {
  const auto passkey = server_.register_passkey(site_, "alice");
  const std::string token = server_.session_token(site_);
  const Answer begun = server_.begin_authentication(site_, token);
  const Answer revoked = revoke(token);
  EXPECT_EQ(revoked.status, 200);
  EXPECT_EQ(revoked.body, (Json{{"revoked", true}}));

  EXPECT_EQ(server_.begin_authentication(site_, token).summary(), "401 token_revoked");
  EXPECT_EQ(server_.finish_authentication(site_, token, begun, passkey).summary(),
            "401 token_revoked");
  EXPECT_EQ(server_.verify(site_, {{"token", token}}).summary(), "401 token_revoked");
}

TEST_F(SessionToken, MayBeRevokedTwiceAndThenNothingIsWritten) {
  const std::string token = server_.session_token(site_);
  EXPECT_EQ(revoke(token).summary(), "200");
  server_.storage->reset_counts();
  const Answer again = revoke(token);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body.at("revoked"), true);
  EXPECT_EQ(server_.storage->writes(), 0);
}

TEST_F(SessionToken, MayBeRevokedAfterItsExpiryAndThenNothingIsWritten) {
  const std::string token = server_.session_token(site_);
  server_.clock.advance(86'400'000);
  server_.storage->reset_counts();
  EXPECT_EQ(revoke(token).body, (Json{{"revoked", true}}));
  EXPECT_EQ(server_.storage->writes(), 0);
}

TEST_F(SessionToken, IsRevokedWithoutAnOriginAndFromAnyOrigin) {
  EXPECT_EQ(revoke(server_.session_token(site_)).status, 200);
  EXPECT_EQ(server_
                .call("DELETE", kPath,
                      {.bearer = server_.session_token(site_), .origin = "https://example.org"})
                .status,
            200);
}

TEST_F(SessionToken, LeavesFinishedSignInsVerifiableWhenItIsRevoked) {
  const auto passkey = server_.register_passkey(site_, "alice");
  const std::string token = server_.session_token(site_);
  const std::string auth_token = server_.sign_in(site_, token, passkey);
  EXPECT_EQ(revoke(token).status, 200);
  EXPECT_EQ(server_.verify(site_, {{"token", auth_token}}).body.at("verified"), true);
}

TEST_F(SessionToken, LeavesOtherTokensAliveWhenItIsRevoked) {
  const std::string token = server_.session_token(site_);
  const std::string other = server_.session_token(site_);
  EXPECT_EQ(revoke(token).status, 200);
  EXPECT_EQ(server_.begin_authentication(site_, other).summary(), "200");
}

TEST_F(SessionToken, NeverOpensWithAnyByteFlipped) {
  const std::string token = server_.session_token(site_);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    ASSERT_EQ(server_.begin_authentication(site_, changed).summary(), "401 invalid_token")
        << "byte " << i;
  }
}

TEST_F(SessionToken, NeedsTheSignInScope) {
  ApiKey key = server_.store().list_api_keys(site_.id, server_.clock.now()).value().at(0);
  Site limited = site_;
  limited.api_key = "bvsk_0123456789012345678901234567890123456789abc";
  key.id = system_random().identifier<ApiKeyId>();
  key.lineage = key.id;
  key.digest = sha256(as_bytes(limited.api_key));
  key.scopes = static_cast<std::uint32_t>(KeyScope::kManage);
  const auto audit = server_.services->audit.draft(site_.id, {}, 1, {.type = "test"});
  ASSERT_EQ(server_.store()
                .insert_api_key(Guard{.tenant = site_.id, .now = server_.clock.now()}, key, 20,
                                audit.entry())
                .value(),
            Outcome::kDone);
  for (const char* path : {"/api/v1/session-token", "/api/v1/user-token", "/api/v1/verify-auth"}) {
    EXPECT_EQ(server_.call("POST", path, {.api_key = limited.api_key}).summary(),
              "403 scope_missing");
  }
}

TEST_F(SessionToken, WantsALiveKeyOfAnEnabledTenant) {
  const auto try_key = [&](const std::string& key) {
    return server_.call("POST", kPath, {.api_key = key});
  };
  std::string changed = site_.api_key;
  changed.back() = changed.back() == 'A' ? 'B' : 'A';
  const Answer wrong = try_key(changed);
  EXPECT_EQ(wrong.summary(), "401 invalid_api_key");
  EXPECT_EQ(try_key("bvsk_short").summary(), "401 invalid_api_key");
  EXPECT_EQ(try_key(server_.session_token(site_)).summary(), "401 invalid_api_key");

  server_.set_tenant_enabled(site_, false);
  Answer disabled = try_key(site_.api_key);
  EXPECT_EQ(disabled.summary(), "401 invalid_api_key");
  disabled.body.erase("request_id");
  Json expected = wrong.body;
  expected.erase("request_id");
  EXPECT_EQ(disabled.body, expected);
}

TEST_F(SessionToken, DiesWithItsTenant) {
  const std::string token = server_.session_token(site_);
  server_.set_tenant_enabled(site_, false);
  EXPECT_EQ(server_.begin_authentication(site_, token).summary(), "401 invalid_token");
  server_.set_tenant_enabled(site_, true);
  EXPECT_EQ(server_.begin_authentication(site_, token).summary(), "200");
}

TEST_F(SessionToken, DiesWhenTheEpochIsRaised) {
  const std::string token = server_.session_token(site_);
  ASSERT_EQ(server_.store().raise_epoch(1, server_.clock.now()).value(), Outcome::kDone);
  EXPECT_EQ(server_.begin_authentication(site_, token).summary(), "401 invalid_token");
  EXPECT_EQ(server_.begin_authentication(site_, server_.session_token(site_)).summary(), "200");
}

}  // namespace
}  // namespace masterkey2::testing
