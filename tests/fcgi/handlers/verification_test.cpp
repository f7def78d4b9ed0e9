#include <gtest/gtest.h>

#include <set>

#include "crypto/signing_key.hpp"
#include "encoding/base64url.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

using support::VirtualCredential;

constexpr const char* kIdempotencyKey = "idempotency-key";

class VerifyAuth : public ::testing::Test {
 protected:
  std::string sign_in() { return server_.sign_in(site_, token_, passkey_); }
  Answer verify(const std::string& token) { return server_.verify(site_, {{"token", token}}); }
  static std::string verdict(const Answer& answer) {
    if (answer.status != 200) return answer.summary();
    return answer.body.at("verified") == true ? "true" : "false " + answer.code();
  }
  /// Header and claims of an assertion whose signature is good by the tenant's key set.
  std::pair<Json, Json> read_assertion(const std::string& jwt) {
    const std::size_t first = jwt.find('.');
    const std::size_t second = jwt.find('.', first + 1);
    const auto part = [&](std::size_t from, std::size_t to) {
      return base64url_decode(std::string_view(jwt).substr(from, to - from)).value();
    };
    const Json header = Json::parse(as_text(part(0, first)));
    const Json claims = Json::parse(as_text(part(first + 1, second)));
    const Answer keys = server_.call("GET", "/api/v1/jwks/" + site_.id_text, {});
    for (const Json& key : keys.body.at("keys")) {
      if (key.at("kid") != header.at("kid")) continue;
      Bytes point = {0x04};
      for (const char* axis : {"x", "y"}) {
        const Bytes bytes = base64url_decode(key.at(axis).get<std::string>()).value();
        point.insert(point.end(), bytes.begin(), bytes.end());
      }
      EXPECT_TRUE(verify_es256(point, as_bytes(std::string_view(jwt).substr(0, second)),
                               part(second + 1, jwt.size())));
      return {header, claims};
    }
    ADD_FAILURE() << "no key " << header;
    return {};
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const std::string token_ = server_.session_token(site_);
};

TEST_F(VerifyAuth, SaysOnceWhoSignedIn) {
  const std::string token = sign_in();
  const Answer answer = verify(token);
  ASSERT_EQ(answer.summary(), "200");
  EXPECT_EQ(answer.body.at("verified"), true);
  EXPECT_EQ(answer.body.at("user").at("external_id"), "alice");
  EXPECT_EQ(answer.body.at("auth"), (Json{{"auth_time", "2027-01-15T08:00:00.000Z"},
                                          {"credential_id", base64url_encode(passkey_.id)},
                                          {"user_verified", true},
                                          {"backup_eligible", true},
                                          {"backup_state", true},
                                          {"sign_count", 0},
                                          {"channel", "direct"},
                                          {"phishing_resistant", true}}));
  EXPECT_FALSE(answer.body.contains("proof"));
  EXPECT_EQ(verdict(verify(token)), "409 already_verified");
}

TEST_F(VerifyAuth, IsOneTake) {
  const std::string token = sign_in();
  server_.storage->reset_counts();
  EXPECT_EQ(verdict(verify(token)), "true");
  EXPECT_EQ(server_.storage->reads(), 0);
  EXPECT_EQ(server_.storage->writes(), 1);
}

TEST_F(VerifyAuth, SignsAnAssertionThatTheKeySetVerifies) {
  const Answer answer = server_.verify(site_, {{"token", sign_in()}, {"nonce", "n-0S6_WzA2Mj"}});
  const auto [header, claims] = read_assertion(answer.body.at("assertion"));
  EXPECT_EQ(header.at("alg"), "ES256");
  EXPECT_EQ(header.at("typ"), "JWT");
  EXPECT_EQ(header.size(), 3U);
  const std::int64_t now = server_.clock.now() / 1'000;
  EXPECT_EQ(claims.at("iss"), TestServer::kBaseUrl);
  EXPECT_EQ(claims.at("aud"), site_.id_text);
  EXPECT_EQ(claims.at("sub"), base64url_encode(passkey_.user_handle));
  EXPECT_EQ(claims.at("sub"), answer.body.at("user").at("id"));
  EXPECT_EQ(claims.at("external_id"), "alice");
  EXPECT_EQ(claims.at("iat"), now);
  EXPECT_EQ(claims.at("exp"), now + 60);
  EXPECT_EQ(claims.at("auth_time"), now);
  EXPECT_EQ(claims.at("amr"), (Json{"swk", "user", "mfa"}));
  EXPECT_EQ(claims.at("nonce"), "n-0S6_WzA2Mj");
  EXPECT_EQ(claims.at("credential_id"), base64url_encode(passkey_.id));
  EXPECT_EQ(claims.at("user_verified"), true);
  EXPECT_EQ(claims.at("channel"), "direct");
  EXPECT_EQ(base64url_decode(claims.at("jti").get<std::string>())->size(), 16U);
}

TEST_F(VerifyAuth, DrawsAnotherJtiEachTimeAndNoNonceOfItsOwn) {
  std::set<std::string> seen;
  for (int i = 0; i < 3; ++i) {
    const Answer answer = verify(sign_in());
    const Json claims = read_assertion(answer.body.at("assertion")).second;
    seen.insert(claims.at("jti").get<std::string>());
    EXPECT_FALSE(claims.contains("nonce"));
  }
  EXPECT_EQ(seen.size(), 3U);
}

TEST_F(VerifyAuth, TakesAnAuthTokenFor120Seconds) {
  const std::string first = sign_in();
  const std::string second = sign_in();
  server_.clock.advance(119'999);
  EXPECT_EQ(verdict(verify(first)), "true");
  server_.clock.advance(1);
  EXPECT_EQ(verdict(verify(second)), "401 token_expired");
}

TEST_F(VerifyAuth, RefusesTheTokensOfAnotherTenant) {
  const Site other = server_.add_site("example.org");
  const std::string token = sign_in();
  EXPECT_EQ(verdict(server_.verify(other, {{"token", token}})), "401 invalid_token");
  EXPECT_EQ(verdict(server_.verify(other, {{"token", token_}})), "401 invalid_token");
  EXPECT_EQ(verdict(verify(token)), "true");
}

TEST_F(VerifyAuth, RefusesWhatIsNoTokenForIt) {
  EXPECT_EQ(verdict(verify("")), "401 invalid_token");
  EXPECT_EQ(verdict(verify("mk2a_AAAA")), "401 invalid_token");
  EXPECT_EQ(verdict(verify(server_.user_token(site_, "alice"))), "401 wrong_token_type");
  EXPECT_EQ(verdict(verify(server_.begin_authentication(site_, token_).body.at("ceremony"))),
            "401 wrong_token_type");
  EXPECT_EQ(verdict(server_.verify(site_, Json::object())), "400 invalid_request /token");
  EXPECT_EQ(verdict(server_.verify(site_, {{"token", 1}})), "400 invalid_request /token");
  EXPECT_EQ(verdict(server_.verify(site_, {{"token", token_}, {"nonce", ""}})),
            "400 invalid_request /nonce");
  EXPECT_EQ(verdict(server_.verify(site_, {{"token", token_}, {"nonce", std::string(257, 'x')}})),
            "400 invalid_request /nonce");
}

TEST_F(VerifyAuth, NeverOpensAnAuthTokenWithAnyByteChanged) {
  const std::string token = sign_in();
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    ASSERT_EQ(verdict(verify(changed)), "401 invalid_token") << "byte " << i;
  }
  EXPECT_EQ(verdict(verify(token)), "true");
}

TEST_F(VerifyAuth, SaysNoForAUserThatWasDisabledOrErasedSince) {
  const std::string first = sign_in();
  const std::string second = sign_in();
  server_.set_user_enabled(site_, "alice", false);
  const Answer disabled = verify(first);
  EXPECT_EQ(verdict(disabled), "false user_disabled");
  EXPECT_FALSE(disabled.body.contains("user"));
  EXPECT_FALSE(disabled.body.contains("assertion"));
  server_.erase_user(site_, "alice");
  EXPECT_EQ(verdict(verify(second)), "false user_not_found");
}

TEST_F(VerifyAuth, FailsClosedWithoutStorage) {
  const std::string token = sign_in();
  server_.storage->hook = [](std::string_view call) -> std::optional<StorageError> {
    if (call == "take_sign_in") return StorageError{StorageErrorCode::kUnavailable, ""};
    return std::nullopt;
  };
  const Answer answer = verify(token);
  EXPECT_EQ(answer.summary(), "503 storage_unavailable");
  EXPECT_FALSE(answer.body.contains("verified"));
  server_.storage->hook = nullptr;
  EXPECT_EQ(verdict(verify(token)), "true");
}

TEST_F(VerifyAuth, ForwardsTheProofWhileTheTenantWantsIt) {
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.proof_forwarding = true; });
  const Answer answer = verify(sign_in());
  const Json& proof = answer.body.at("proof");
  EXPECT_EQ(proof.at("credential_id"), base64url_encode(passkey_.id));
  EXPECT_EQ(proof.at("alg"), -7);
  EXPECT_FALSE(proof.contains("challenge_salt"));
  const Bytes signature = base64url_decode(proof.at("signature").get<std::string>()).value();
  EXPECT_EQ(signature.at(0), 0x30);  // DER
  const Bytes client_data =
      base64url_decode(proof.at("client_data_json").get<std::string>()).value();
  EXPECT_EQ(Json::parse(as_text(client_data)).at("type"), "webauthn.get");

  const std::string token = sign_in();
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.proof_forwarding = false; });
  EXPECT_FALSE(verify(token).body.contains("proof"));
}

TEST_F(VerifyAuth, GivesTheSameVerdictForTheSameIdempotencyKey) {
  server_.change_settings(site_,
                          [](TenantSettings& settings) { settings.proof_forwarding = true; });
  const std::string token = sign_in();
  const Json body = {{"token", token}};
  const Answer first = server_.verify(site_, body, {{kIdempotencyKey, "key-1"}});
  ASSERT_EQ(verdict(first), "true");
  server_.clock.advance(119'000);
  const Answer again = server_.verify(site_, body, {{kIdempotencyKey, "key-1"}});
  ASSERT_EQ(verdict(again), "true");
  EXPECT_EQ(again.body.at("user"), first.body.at("user"));
  EXPECT_EQ(again.body.at("proof"), first.body.at("proof"));
  const Json claims = read_assertion(again.body.at("assertion")).second;
  EXPECT_EQ(claims.at("jti"), read_assertion(first.body.at("assertion")).second.at("jti"));
  EXPECT_EQ(claims.at("iat"), server_.clock.now() / 1'000);

  EXPECT_EQ(verdict(server_.verify(site_, {{"token", token}, {"nonce", "n"}},
                                   {{kIdempotencyKey, "key-1"}})),
            "409 idempotency_conflict");
  EXPECT_EQ(verdict(server_.verify(site_, body, {{kIdempotencyKey, "key-2"}})),
            "409 already_verified");
  EXPECT_EQ(verdict(verify(token)), "409 already_verified");
}

TEST_F(VerifyAuth, RepeatsAVerdictEvenWhenTheTokenHasExpiredMeanwhile) {
  const std::string token = sign_in();
  const Json body = {{"token", token}};
  server_.clock.advance(119'000);
  ASSERT_EQ(verdict(server_.verify(site_, body, {{kIdempotencyKey, "k"}})), "true");
  server_.clock.advance(60'000);
  EXPECT_EQ(verdict(server_.verify(site_, body, {{kIdempotencyKey, "k"}})), "true");
  EXPECT_EQ(verdict(verify(token)), "401 token_expired");
}

TEST_F(VerifyAuth, TakesNoExpiredTokenForAnIdempotencyKey) {
  const std::string token = sign_in();
  server_.clock.advance(120'000);
  EXPECT_EQ(verdict(server_.verify(site_, {{"token", token}}, {{kIdempotencyKey, "k"}})),
            "401 token_expired");
}

TEST_F(VerifyAuth, TakesIdempotencyKeysOfVisibleAscii) {
  const Json body = {{"token", sign_in()}};
  for (const std::string& key :
       {std::string(), std::string("a b"), std::string("\xC3\xA9"), std::string(256, 'x')}) {
    EXPECT_EQ(verdict(server_.verify(site_, body, {{kIdempotencyKey, key}})),
              "400 invalid_request");
  }
  EXPECT_EQ(verdict(server_.verify(site_, body, {{kIdempotencyKey, std::string(255, 'x')}})),
            "true");
}

TEST_F(VerifyAuth, BelongsToTheTenantForIdempotencyToo) {
  const Site other = server_.add_site("example.org");
  const auto passkey = server_.register_passkey(other, "bob");
  const std::string other_auth = server_.sign_in(other, server_.session_token(other), passkey);
  ASSERT_EQ(verdict(server_.verify(site_, {{"token", sign_in()}}, {{kIdempotencyKey, "k"}})),
            "true");
  EXPECT_EQ(verdict(server_.verify(other, {{"token", other_auth}}, {{kIdempotencyKey, "k"}})),
            "true");
}

TEST_F(VerifyAuth, DemandsTheBindingOfTheSessionToken) {
  const std::string session = server_.session_token(site_, {{"binding", "cookie-1"}});
  const std::string token = server_.sign_in(site_, session, passkey_);
  for (const std::string& any : {token, session}) {
    EXPECT_EQ(verdict(verify(any)), "400 invalid_request /binding");
    EXPECT_EQ(verdict(server_.verify(site_, {{"token", any}, {"binding", "cookie-2"}})),
              "401 invalid_token");
  }
  EXPECT_EQ(verdict(server_.verify(site_, {{"token", token}, {"binding", "cookie-1"}})), "true");
}

TEST_F(VerifyAuth, RefusesAnUnboundTokenWhereABindingIsExpected) {
  const std::string token = sign_in();
  EXPECT_EQ(verdict(server_.verify(site_, {{"token", token}, {"binding", "cookie-1"}})),
            "401 invalid_token");
  EXPECT_EQ(verdict(verify(token)), "true");
}

TEST_F(VerifyAuth, ChecksTheApiKeyInTheTake) {
  const std::string token = sign_in();
  const ApiKey key = server_.store().list_api_keys(site_.id, server_.clock.now())->at(0);
  server_.storage->hook = [&](std::string_view call) -> std::optional<StorageError> {
    if (call != "take_sign_in") return std::nullopt;
    const auto audit = server_.services->audit.draft(site_.id, {}, 1, {.type = "test"});
    static_cast<void>(server_.store().erase_api_key(
        Guard{.tenant = site_.id, .now = server_.clock.now()}, key.id, audit.entry()));
    return std::nullopt;
  };
  EXPECT_EQ(verdict(verify(token)), "401 invalid_api_key");
}

class VerifyAuthBySession : public VerifyAuth {};

TEST_F(VerifyAuthBySession, SaysOnceWhoSignedInUnderTheToken) {
  EXPECT_EQ(verdict(verify(token_)), "false no_sign_in");
  static_cast<void>(sign_in());
  const Answer answer = verify(token_);
  EXPECT_EQ(verdict(answer), "true");
  EXPECT_EQ(answer.body.at("user").at("external_id"), "alice");
  EXPECT_EQ(verdict(verify(token_)), "false no_sign_in");
}

TEST_F(VerifyAuthBySession, SharesTheOneTakeWithTheAuthToken) {
  const std::string token = sign_in();
  EXPECT_EQ(verdict(verify(token)), "true");
  EXPECT_EQ(verdict(verify(token_)), "false no_sign_in");
  const std::string next = sign_in();
  EXPECT_EQ(verdict(verify(token_)), "true");
  EXPECT_EQ(verdict(verify(next)), "409 already_verified");
}

TEST_F(VerifyAuthBySession, LooksBack120Seconds) {
  static_cast<void>(sign_in());
  server_.clock.advance(119'999);
  EXPECT_EQ(verdict(verify(token_)), "true");
  static_cast<void>(sign_in());
  server_.clock.advance(120'001);
  EXPECT_EQ(verdict(verify(token_)), "false no_sign_in");
}

TEST_F(VerifyAuthBySession, IsAmbiguousWithTwoUntakenSignIns) {
  const std::string first = sign_in();
  const std::string second = sign_in();
  EXPECT_EQ(verdict(verify(token_)), "409 auth_ambiguous");
  EXPECT_EQ(verdict(verify(first)), "true");
  EXPECT_EQ(verdict(verify(token_)), "true");
  EXPECT_EQ(verdict(verify(second)), "409 already_verified");
}

TEST_F(VerifyAuthBySession, StaysAmbiguousOnceTwoUsersHaveSignedIn) {
  const auto bob = server_.register_passkey(site_, "bob");
  const std::string first = sign_in();
  EXPECT_EQ(verdict(verify(first)), "true");
  const std::string second = server_.sign_in(site_, token_, bob);
  EXPECT_EQ(verdict(verify(token_)), "409 auth_ambiguous");
  EXPECT_EQ(verdict(verify(second)), "true");
  server_.clock.advance(3'600'000);
  static_cast<void>(sign_in());
  EXPECT_EQ(verdict(verify(token_)), "409 auth_ambiguous");
  // One that was verified by its own token is not in doubt.
  EXPECT_EQ(verdict(verify(sign_in())), "true");
}

TEST_F(VerifyAuthBySession, KeepsSignInsOfOtherSessionTokensApart) {
  const std::string other = server_.session_token(site_);
  static_cast<void>(server_.sign_in(site_, other, passkey_));
  EXPECT_EQ(verdict(verify(token_)), "false no_sign_in");
  EXPECT_EQ(verdict(verify(other)), "true");
}

TEST_F(VerifyAuthBySession, IsRefusedWhereTheTenantTurnedItOff) {
  static_cast<void>(sign_in());
  server_.change_settings(
      site_, [](TenantSettings& settings) { settings.verify_by_session_token = false; });
  EXPECT_EQ(verdict(verify(token_)), "401 wrong_token_type");
}

TEST_F(VerifyAuthBySession, EndsWithTheSessionToken) {
  static_cast<void>(sign_in());
  server_.clock.advance(86'400'000);
  EXPECT_EQ(verdict(verify(token_)), "401 token_expired");
}

TEST_F(VerifyAuthBySession, HonoursTheIdempotencyKey) {
  static_cast<void>(sign_in());
  const Json body = {{"token", token_}};
  EXPECT_EQ(verdict(server_.verify(site_, body, {{kIdempotencyKey, "k"}})), "true");
  EXPECT_EQ(verdict(server_.verify(site_, body, {{kIdempotencyKey, "k"}})), "true");
  EXPECT_EQ(verdict(verify(token_)), "false no_sign_in");
}

TEST_F(VerifyAuthBySession, DemandsTheBinding) {
  const std::string session = server_.session_token(site_, {{"binding", "cookie-1"}});
  static_cast<void>(server_.sign_in(site_, session, passkey_));
  EXPECT_EQ(verdict(server_.verify(site_, {{"token", session}, {"binding", "cookie-1"}})), "true");
}

}  // namespace
}  // namespace masterkey2::testing
