// Every route with every kind of credential, made from the route table.
#include <gtest/gtest.h>

#include <map>

#include "fcgi/routes.hpp"
#include "tests/fcgi/handlers/test_server.hpp"
#include "token/sealed_token.hpp"

namespace masterkey2::testing {
namespace {

class TokenKinds : public ::testing::Test {
 protected:
  std::vector<Route> routes() { return make_routes(*server_.services); }
  static std::string path_of(const Route& route) {
    std::string path(route.pattern);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      path.replace(at, path.find('}') - at + 1, "x");
    }
    return path;
  }
  std::string try_bearer(const Route& route, const std::string& token) {
    return server_.call(route.method, path_of(route), {.bearer = token, .origin = site_.origin})
        .summary();
  }
  std::string try_key(const Route& route, const std::string& key) {
    return server_.call(route.method, path_of(route), {.api_key = key}).summary();
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const support::VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const std::string session_ = server_.session_token(site_);
  const std::string user_ = server_.user_token(site_, "alice");
  const std::string ceremony_ = server_.begin_authentication(site_, session_).body.at("ceremony");
  const std::string auth_ = server_.sign_in(site_, session_, passkey_);
};

/// Which kind each browser route takes.
const std::map<std::string, std::string, std::less<>> kTakes = {
    {"/api/v1/session-token", "session"},         {"/api/v1/begin_registration", "user"},
    {"/api/v1/finish_registration", "user"},      {"/api/v1/begin_authentication", "session"},
    {"/api/v1/finish_authentication", "session"},
};

TEST_F(TokenKinds, AreTakenByTheirOwnRoutesAlone) {
  const auto epoch = server_.services->installation.epoch().value();
  const auto ring = server_.services->keys.current();
  const std::map<std::string, std::string> tokens = {
      {"session", session_},
      {"user", user_},
      {"ceremony", ceremony_},
      {"auth", auth_},
      {"poll", seal_token(TokenKind::kPoll, {}, epoch, *ring, system_random())},
      {"qr", seal_token(TokenKind::kQr, {}, epoch, *ring, system_random())},
  };
  int bearer_routes = 0;
  for (const Route& route : routes()) {
    if (route.credential != RouteCredential::kBearer) continue;
    ++bearer_routes;
    const auto takes = kTakes.find(route.pattern);
    ASSERT_NE(takes, kTakes.end()) << "say here which token " << route.pattern << " takes";
    for (const auto& [kind, token] : tokens) {
      if (kind == takes->second) continue;
      EXPECT_EQ(try_bearer(route, token), "401 wrong_token_type") << route.pattern << ' ' << kind;
    }
    EXPECT_EQ(try_bearer(route, ""), "401 missing_token") << route.pattern;
    EXPECT_EQ(try_bearer(route, "mk2s_AAAA"),
              takes->second == "session" ? "401 invalid_token" : "401 wrong_token_type");
    EXPECT_EQ(try_bearer(route, "nonsense"), "401 invalid_token") << route.pattern;
    EXPECT_EQ(try_bearer(route, site_.api_key), "401 invalid_token") << route.pattern;
  }
  EXPECT_EQ(bearer_routes, 5);
}

TEST_F(TokenKinds, DoNotOpenWithAnotherInstallationsRing) {
  TestServer other;
  const Site site = other.add_site("example.com");
  for (const Route& route : routes()) {
    if (route.credential != RouteCredential::kBearer) continue;
    const std::string foreign = kTakes.at(std::string(route.pattern)) == "session"
                                    ? other.session_token(site)
                                    : other.user_token(site, "alice");
    EXPECT_EQ(try_bearer(route, foreign), "401 invalid_token") << route.pattern;
  }
}

TEST_F(TokenKinds, AreNoApiKeys) {
  int key_routes = 0;
  for (const Route& route : routes()) {
    if (route.credential != RouteCredential::kApiKey) continue;
    ++key_routes;
    for (const std::string& token : {session_, user_, ceremony_, auth_}) {
      EXPECT_EQ(try_key(route, token), "401 invalid_api_key") << route.pattern;
    }
    EXPECT_EQ(try_key(route, ""), "401 missing_api_key") << route.pattern;
    EXPECT_EQ(try_key(route, "bvsk_" + std::string(43, 'A')), "401 invalid_api_key");
    EXPECT_EQ(
        server_
            .call(route.method, path_of(route), {.api_key = site_.api_key, .origin = site_.origin})
            .summary(),
        "403 api_key_in_browser");
  }
  EXPECT_GE(key_routes, 3);
}

}  // namespace
}  // namespace masterkey2::testing
