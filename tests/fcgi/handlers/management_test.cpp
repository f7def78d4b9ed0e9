#include <gtest/gtest.h>

#include "encoding/base64url.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

class Management : public ::testing::Test {
 protected:
  Answer call(std::string_view method, const std::string& path, const Json& body = nullptr) {
    return call_as(site_.api_key, method, path, body);
  }
  Answer call_as(const std::string& key, std::string_view method, const std::string& path,
                 const Json& body = nullptr) {
    Send send{.api_key = key};
    if (!body.is_null()) send.json = body;
    return server_.call(method, "/api/v1/" + path, send);
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const Site other_ = server_.add_site("example.org");
  const support::VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const std::string passkey_path_ = "users/alice/credentials/" + base64url_encode(passkey_.id);
};

TEST_F(Management, DisablesAndEnablesAUser) {
  const std::string token = server_.session_token(site_);
  const Answer disabled = call("POST", "users/alice/disable");
  ASSERT_EQ(disabled.summary(), "200");
  EXPECT_EQ(disabled.body.at("user").at("disabled"), true);
  EXPECT_EQ(call("POST", "users/alice/disable").summary(), "200");
  const Answer begun = server_.begin_authentication(site_, token);
  EXPECT_EQ(server_.finish_authentication(site_, token, begun, passkey_).summary(),
            "403 user_disabled");
  EXPECT_EQ(call("POST", "users/alice/enable").body.at("user").at("disabled"), false);
  static_cast<void>(server_.sign_in(site_, token, passkey_));
  EXPECT_EQ(server_.audit(site_, "user.disabled").size(), 1U);
  EXPECT_EQ(server_.audit(site_, "user.enabled").size(), 1U);
}

TEST_F(Management, DeletesAUserWithAllPasskeys) {
  EXPECT_EQ(call("DELETE", "users/alice").body, (Json{{"deleted", true}}));
  for (const char* path : {"users/alice", "users/alice/credentials"}) {
    EXPECT_EQ(call("GET", path).summary(), "404 user_not_found");
  }
  EXPECT_EQ(call("DELETE", "users/alice").summary(), "404 user_not_found");
}

TEST_F(Management, ShowsAUser) {
  const Answer answer = call("GET", "users/alice");
  EXPECT_EQ(answer.body.at("user").at("external_id"), "alice");
  EXPECT_EQ(answer.body.at("user").at("disabled"), false);
  EXPECT_EQ(answer.body.at("user").at("created_at"), "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(call("GET", "users/bob").summary(), "404 user_not_found");
}

TEST_F(Management, ListsUsersPageByPage) {
  for (const char* id : {"bob", "carol", "dave"}) static_cast<void>(server_.user_token(site_, id));
  std::vector<std::string> seen;
  std::string query = "users?limit=3";
  for (int page = 0; page < 2; ++page) {
    const Answer answer = call("GET", query);
    ASSERT_EQ(answer.summary(), "200");
    for (const Json& user : answer.body.at("users")) seen.push_back(user.at("external_id"));
    if (!answer.body.contains("next_cursor")) break;
    query = "users?limit=3&cursor=" + answer.body.at("next_cursor").get<std::string>();
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"alice", "bob", "carol", "dave"}));
}

TEST_F(Management, RefusesQueriesThatItDoesNotUnderstand) {
  static_cast<void>(server_.user_token(site_, "bob"));
  const Answer first = call("GET", "users?limit=1");
  const auto cursor = first.body.at("next_cursor").get<std::string>();
  EXPECT_EQ(call_as(other_.api_key, "GET", "users?cursor=" + cursor).summary(),
            "400 invalid_request");
  std::string changed = cursor;
  changed[20] = changed[20] == 'A' ? 'B' : 'A';
  for (const std::string& query :
       {std::string("limit=0"), std::string("limit=201"), std::string("limit=-1"),
        std::string("limit=1x"), std::string("limit="), std::string("limit=1&limit=2"),
        std::string("page=2"), std::string("limit"), std::string("limit=%3"),
        std::string("limit=+1"), "cursor=" + changed, std::string("cursor=AAAA"),
        std::string("cursor=")}) {
    EXPECT_EQ(call("GET", "users?" + query).summary(), "400 invalid_request") << query;
  }
  EXPECT_EQ(call("GET", "users?limit=200").summary(), "200");
}

TEST_F(Management, ListsPasskeysWithTheirPublicKeys) {
  const Answer answer = call("GET", "users/alice/credentials");
  ASSERT_EQ(answer.body.at("credentials").size(), 1U);
  const Json& credential = answer.body.at("credentials")[0];
  EXPECT_EQ(credential.at("credential_id"), base64url_encode(passkey_.id));
  EXPECT_EQ(credential.at("public_key").at("kty"), "EC");
  EXPECT_EQ(credential.at("last_used_at"), nullptr);
  server_.set_user_enabled(site_, "alice", false);
  EXPECT_EQ(call("GET", "users/alice/credentials").summary(), "200");
}

TEST_F(Management, RenamesAPasskey) {
  const Answer answer = call("PATCH", passkey_path_, {{"name", "Laptop"}});
  ASSERT_EQ(answer.summary(), "200");
  EXPECT_EQ(answer.body.at("credential").at("name"), "Laptop");
  EXPECT_EQ(call("GET", "users/alice/credentials").body.at("credentials")[0].at("name"), "Laptop");
  EXPECT_EQ(call("PATCH", passkey_path_, {{"name", "a\nb"}}).summary(),
            "400 invalid_request /name");
  EXPECT_EQ(call("PATCH", passkey_path_, Json::object()).summary(), "400 invalid_request /name");
}

TEST_F(Management, DeletesAPasskey) {
  EXPECT_EQ(call("DELETE", passkey_path_).body, (Json{{"deleted", true}}));
  EXPECT_EQ(call("DELETE", passkey_path_).summary(), "404 credential_not_found");
  EXPECT_TRUE(call("GET", "users/alice/credentials").body.at("credentials").empty());
}

TEST_F(Management, FindsPasskeysOfTheNamedUserAlone) {
  static_cast<void>(server_.user_token(site_, "bob"));
  const std::string id = base64url_encode(passkey_.id);
  EXPECT_EQ(call("DELETE", "users/bob/credentials/" + id).summary(), "404 credential_not_found");
  EXPECT_EQ(call("DELETE", "users/carol/credentials/" + id).summary(), "404 user_not_found");
  EXPECT_EQ(call("DELETE", "users/alice/credentials/AB").summary(), "404 credential_not_found");
  EXPECT_EQ(call("PATCH", "users/bob/credentials/" + id, {{"name", "x"}}).summary(),
            "404 credential_not_found");
}

TEST_F(Management, StaysWithinTheTenant) {
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"POST", "users/alice/disable"},
                                                        {"POST", "users/alice/enable"},
                                                        {"GET", "users/alice"},
                                                        {"GET", "users/alice/credentials"},
                                                        {"DELETE", "users/alice"},
                                                        {"DELETE", passkey_path_}}) {
    EXPECT_EQ(call_as(other_.api_key, method, path).summary(), "404 user_not_found") << path;
  }
  EXPECT_TRUE(call_as(other_.api_key, "GET", "users").body.at("users").empty());
  EXPECT_EQ(call("GET", "users/alice").summary(), "200");
}

TEST_F(Management, RefusesExternalIdsThatNobodyCanHave) {
  for (const char* id : {"%20a", "a%25b", "a%3Fb", "%FF"}) {
    EXPECT_EQ(call("GET", std::string("users/") + id).summary(), "400 invalid_external_id") << id;
  }
}

TEST_F(Management, RotatesTheKeyAtOnce) {
  const Answer rotated = call("POST", "rotate-key");
  ASSERT_EQ(rotated.summary(), "200");
  const auto key = rotated.body.at("api_key").get<std::string>();
  EXPECT_TRUE(key.starts_with("bvsk_"));
  EXPECT_EQ(key.size(), 48U);
  EXPECT_EQ(rotated.body.at("apiKeyPrefix"), key.substr(0, 12));
  EXPECT_EQ(call("GET", "users").summary(), "401 invalid_api_key");
  EXPECT_EQ(call_as(key, "GET", "users").summary(), "200");
}

TEST_F(Management, RotatesTheKeyWithAnOverlap) {
  const Answer rotated = call("POST", "rotate-key", {{"overlap", 60}});
  const auto key = rotated.body.at("api_key").get<std::string>();
  EXPECT_EQ(call("POST", "rotate-key").summary(), "409 rotation_pending");
  server_.clock.advance(59'999);
  EXPECT_EQ(call("GET", "users").summary(), "200");
  server_.clock.advance(1);
  EXPECT_EQ(call("GET", "users").summary(), "401 invalid_api_key");
  EXPECT_EQ(call_as(key, "GET", "users").summary(), "200");
  for (const std::int64_t overlap : {-1, 86'401}) {
    EXPECT_EQ(call_as(key, "POST", "rotate-key", {{"overlap", overlap}}).summary(),
              "400 invalid_request /overlap");
  }
  EXPECT_EQ(call_as(key, "POST", "rotate-key", {{"overlap", 86'400}}).summary(), "200");
}

TEST_F(Management, KillsUserTokensButNotSessionTokensWithTheirKey) {
  const std::string user_token = server_.user_token(site_, "bob");
  const Answer begun = server_.begin_registration(site_, user_token);
  const std::string session = server_.session_token(site_);
  ASSERT_EQ(call("POST", "rotate-key").status, 200);
  EXPECT_EQ(server_.finish_registration(site_, user_token, begun).first.summary(),
            "401 token_revoked");
  static_cast<void>(server_.sign_in(site_, session, passkey_));
}

TEST_F(Management, SwitchesProofForwarding) {
  EXPECT_EQ(call("POST", "proof-forwarding", {{"enabled", true}}).body, (Json{{"enabled", true}}));
  EXPECT_EQ(call("POST", "proof-forwarding", {{"enabled", true}}).summary(), "200");
  const std::string auth = server_.sign_in(site_, server_.session_token(site_), passkey_);
  EXPECT_TRUE(server_.verify(site_, {{"token", auth}}).body.contains("proof"));
  EXPECT_EQ(call("POST", "proof-forwarding", {{"enabled", false}}).summary(), "200");
  for (const Json& enabled : {Json("true"), Json(1), Json(nullptr)}) {
    EXPECT_EQ(call("POST", "proof-forwarding", {{"enabled", enabled}}).summary(),
              "400 invalid_request /enabled");
  }
  EXPECT_EQ(call("POST", "proof-forwarding", Json::object()).summary(),
            "400 invalid_request /enabled");
}

TEST_F(Management, ShowsTheTenantWithoutSecrets) {
  const Answer answer = call("GET", "tenant");
  ASSERT_EQ(answer.summary(), "200");
  EXPECT_EQ(answer.body.at("id"), site_.id_text);
  EXPECT_EQ(answer.body.at("rp_id"), "example.com");
  EXPECT_EQ(answer.body.at("origins"), (Json{"https://example.com"}));
  EXPECT_EQ(answer.body.at("settings").at("user_verification"), "required");
  ASSERT_EQ(answer.body.at("api_keys").size(), 1U);
  EXPECT_EQ(answer.body.at("api_keys")[0].at("apiKeyPrefix"), site_.api_key.substr(0, 12));
  EXPECT_EQ(answer.body.at("api_keys")[0].at("scopes"), (Json{"sign-in", "manage", "audit"}));
  EXPECT_EQ(answer.http.body.find(site_.api_key), std::string::npos);
}

}  // namespace
}  // namespace masterkey2::testing
