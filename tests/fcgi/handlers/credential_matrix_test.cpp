// Every route with every kind of credential, made from the route table: the good one is served, all
// others get the documented refusal and change nothing.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "encoding/base64url.hpp"
#include "fcgi/routes.hpp"
#include "tests/fcgi/handlers/credential_world.hpp"

namespace masterkey2::testing {
namespace {

using Body = Json (*)(const World&, const std::string& token);

/// For the ceremony that `token` began; one that never was a token tries another's.
Json finish_body(const World& world, const std::string& token) {
  const auto own = world.finish_bodies.find(token);
  const std::string& good = token.starts_with("mk2u_")   ? world.user
                            : token.starts_with("mk2p_") ? world.held.at("phone").good
                                                         : world.session;
  return own != world.finish_bodies.end() ? own->second : world.finish_bodies.at(good);
}

/// What a route takes, and what it answers where that is not the same for all.
struct Takes {
  /// `session`, `user`, `poll`; a scope, `any` of them; `phone`, `qr` (in the body); `none`
  std::string credential;
  Body body = nullptr;  ///< of a request that is granted
  /// To the good credential of another tenant: a site's server, or its token on a page of ours.
  std::string foreign = "403 origin_not_allowed";
  std::string expired = "401 token_expired";
  std::string revoked = "401 token_revoked";
  bool expired_goes_on = false;  ///< what it began while it lived is finished
};

const std::map<std::string, Takes, std::less<>> kTakes = {
    {"POST /api/v1/session-token", {.credential = "sign-in", .foreign = "200"}},
    {"POST /api/v1/user-token",
     {.credential = "sign-in",
      .body =
          [](const World&, const std::string&) {
            return Json{{"external_id", "carol"}};
          },
      .foreign = "200"}},
    {"POST /api/v1/verify-auth",
     {.credential = "sign-in",
      .body =
          [](const World& world, const std::string&) {
            return Json{{"token", world.auth}};
          },
      .foreign = "401 invalid_token"}},
    {"GET /api/v1/users", {.credential = "manage", .foreign = "200"}},
    {"GET /api/v1/users/{external_id}", {.credential = "manage", .foreign = "404 user_not_found"}},
    {"DELETE /api/v1/users/{external_id}",
     {.credential = "manage", .foreign = "404 user_not_found"}},
    {"POST /api/v1/users/{external_id}/disable",
     {.credential = "manage", .foreign = "404 user_not_found"}},
    {"POST /api/v1/users/{external_id}/enable",
     {.credential = "manage", .foreign = "404 user_not_found"}},
    {"GET /api/v1/users/{external_id}/credentials",
     {.credential = "manage", .foreign = "404 user_not_found"}},
    {"PATCH /api/v1/users/{external_id}/credentials/{credential_id}",
     {.credential = "manage",
      .body =
          [](const World&, const std::string&) {
            return Json{{"name", "Laptop"}};
          },
      .foreign = "404 user_not_found"}},
    {"DELETE /api/v1/users/{external_id}/credentials/{credential_id}",
     {.credential = "manage", .foreign = "404 user_not_found"}},
    {"POST /api/v1/rotate-key", {.credential = "any", .foreign = "200"}},
    {"POST /api/v1/proof-forwarding",
     {.credential = "manage",
      .body =
          [](const World&, const std::string&) {
            return Json{{"enabled", true}};
          },
      .foreign = "200"}},
    {"GET /api/v1/tenant", {.credential = "manage", .foreign = "200"}},
    {"GET /api/v1/audit", {.credential = "audit", .foreign = "200"}},
    // Needs no Origin, and a token that is dead already is revoked.
    {"DELETE /api/v1/session-token",
     {.credential = "session", .foreign = "200", .expired = "200", .revoked = "200"}},
    // A user token dies with its API key, which is looked at when it would have an effect.
    {"POST /api/v1/begin_registration", {.credential = "user", .revoked = "200"}},
    // A user token must live when the ceremony begins, and a prompt may take its time.
    {"POST /api/v1/finish_registration",
     {.credential = "user", .body = &finish_body, .expired = "200", .expired_goes_on = true}},
    {"POST /api/v1/begin_authentication", {.credential = "session"}},
    {"POST /api/v1/finish_authentication", {.credential = "session", .body = &finish_body}},
    {"POST /api/v1/cross_device", {.credential = "session"}},
    // What has expired is a state of what it began.
    {"POST /api/v1/cross_device/status", {.credential = "poll", .expired = "200"}},
    {"POST /api/v1/cross_device/confirm",
     {.credential = "poll",
      .body =
          [](const World&, const std::string&) {
            return Json{{"code", "000000"}};
          },
      .expired = "200"}},
    {"POST /api/v1/cross_device/show", {.credential = "qr"}},
    {"POST /api/v1/cross_device/claim", {.credential = "qr"}},
    {"POST /api/v1/cross_device/deny", {.credential = "qr"}},
    {"POST /api/v1/cross_device/finish", {.credential = "phone", .body = &finish_body}},
    {"GET /api/v1/jwks/{tenant_id}", {.credential = "none"}},
    {"GET /.well-known/webauthn", {.credential = "none"}},
    {"GET /.well-known/webauthn/{tenant_id}", {.credential = "none"}},
    {"GET /api/v1/openapi.json", {.credential = "none"}},
    {"GET /healthz", {.credential = "none"}},
    {"GET /readyz", {.credential = "none"}},
    {"GET /version", {.credential = "none"}},
    {"GET /metrics", {.credential = "none"}},
};

std::string name_of(const Route& route) {
  return std::string(route.method) + ' ' + std::string(route.pattern);
}

class CredentialMatrix : public ::testing::Test {
 protected:
  void for_each(RouteCredential credential,
                const std::function<void(const Route&, const Takes&)>& visit) {
    for (const Route& route : make_routes(*world_.server.services)) {
      const auto takes = kTakes.find(name_of(route));
      if (route.credential == credential && takes != kTakes.end()) visit(route, takes->second);
    }
  }

  static Answer call(World& world, const Route& route, const Takes& takes, Send send) {
    std::string path(route.pattern);
    for (const auto& [placeholder, value] :
         {std::pair<std::string, std::string>{"{external_id}", "alice"},
          {"{credential_id}", base64url_encode(world.passkey.id)},
          {"{tenant_id}", world.site.id_text}}) {
      const std::size_t at = path.find(placeholder);
      if (at != std::string::npos) path.replace(at, placeholder.size(), value);
    }
    if (takes.body != nullptr) send.json = takes.body(world, send.bearer);
    return world.server.call(route.method, path, send);
  }

  /// `owner`: the tenant whose rows the call may change, if it is granted.
  void expect(const Route& route, const Takes& takes, const Send& send, const std::string& expected,
              const std::string& kind, const TenantId& owner = {}) {
    const auto before = world_.rows(owner);
    EXPECT_EQ(call(world_, route, takes, send).summary(), expected)
        << name_of(route) << " with " << kind;
    EXPECT_TRUE(world_.rows(owner) == before) << name_of(route) << " with " << kind << " wrote";
  }

  /// Of all kinds, the good ones.
  std::map<std::string, std::string> tokens() {
    return {{"session", world_.session},           {"user", world_.user},
            {"ceremony", world_.ceremony},         {"auth", world_.auth},
            {"poll", world_.held.at("poll").good}, {"phone", world_.held.at("phone").good},
            {"qr", world_.held.at("qr").good}};
  }

  World world_;
};

TEST_F(CredentialMatrix, NamesTheCredentialOfEveryRoute) {
  std::set<std::string> routes;
  for (const Route& route : make_routes(*world_.server.services)) {
    const std::string name = name_of(route);
    routes.insert(name);
    const auto takes = kTakes.find(name);
    ASSERT_NE(takes, kTakes.end()) << "say in kTakes which credential " << name << " takes";
    const std::string& credential = takes->second.credential;
    const bool bearer = credential == "session" || credential == "user" || credential == "poll";
    const bool phone = credential == "phone" || credential == "qr";
    EXPECT_EQ(route.credential, credential == "none" ? RouteCredential::kNone
                                : bearer             ? RouteCredential::kBearer
                                : phone              ? RouteCredential::kPhone
                                                     : RouteCredential::kApiKey)
        << name;
  }
  for (const auto& [name, takes] : kTakes) EXPECT_TRUE(routes.contains(name)) << name;
}

TEST_F(CredentialMatrix, TheGoodOneIsServed) {
  const auto granted = [](const Route& route, const Takes& takes) {
    World world;
    Send send;
    if (route.credential == RouteCredential::kApiKey) {
      send.api_key = world.site.api_key;
    } else {
      send.bearer = world.held.at(takes.credential).good;
      send.origin = world.site.origin;
    }
    EXPECT_EQ(call(world, route, takes, send).summary(), "200") << name_of(route);
  };
  for_each(RouteCredential::kApiKey, granted);
  for_each(RouteCredential::kBearer, granted);
}

TEST_F(CredentialMatrix, ApiKeysThatAreNotGoodAreRefused) {
  std::string wrong = world_.site.api_key;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  std::map<std::string, std::string> bad = tokens();
  bad.insert({{"wrong", wrong},
              {"malformed", "bvsk_short"},
              {"expired", world_.expired_key},
              {"revoked", world_.revoked_key},
              {"of a disabled tenant", world_.disabled.api_key}});
  for_each(RouteCredential::kApiKey, [&](const Route& route, const Takes& takes) {
    expect(route, takes, {}, "401 missing_api_key", "none");
    expect(route, takes, {.bearer = world_.site.api_key}, "401 missing_api_key", "a key as Bearer");
    for (const auto& [kind, key] : bad) {
      expect(route, takes, {.api_key = key}, "401 invalid_api_key", kind);
    }
    expect(route, takes, {.api_key = world_.site.api_key, .origin = world_.site.origin},
           "403 api_key_in_browser", "a page");
    const std::string foreign = world_.add_key(world_.other, kAllKeyScopes);
    expect(route, takes, {.api_key = foreign}, takes.foreign, "another tenant's", world_.other.id);
  });
}

TEST_F(CredentialMatrix, ApiKeysNeedTheScope) {
  for (const auto& [scope, bit] : {std::pair<std::string, KeyScope>{"sign-in", KeyScope::kSignIn},
                                   {"manage", KeyScope::kManage},
                                   {"audit", KeyScope::kAudit}}) {
    const auto others = kAllKeyScopes & ~static_cast<std::uint32_t>(bit);
    const std::string key = world_.add_key(world_.site, others);
    for_each(RouteCredential::kApiKey, [&](const Route& route, const Takes& takes) {
      if (takes.credential != scope) return;
      expect(route, takes, {.api_key = key}, "403 scope_missing", "all scopes but " + scope);
    });
  }
}

TEST_F(CredentialMatrix, TokensThatAreNotGoodAreRefused) {
  const auto all = tokens();
  for_each(RouteCredential::kBearer, [&](const Route& route, const Takes& takes) {
    const auto try_token = [&](const std::string& token, const std::string& expected,
                               const std::string& kind, const Site& page,
                               const TenantId& owner = {}) {
      expect(route, takes, {.bearer = token, .origin = page.origin}, expected, kind, owner);
    };
    const Site& page = world_.site;
    const HeldTokens& held = world_.held.at(takes.credential);
    try_token("", "401 missing_token", "none", page);
    expect(route, takes, {.api_key = page.api_key, .origin = page.origin}, "401 missing_token",
           "an API key as such");
    try_token(page.api_key, "401 invalid_token", "an API key", page);
    try_token("nonsense", "401 invalid_token", "wrong", page);
    try_token(held.good.substr(0, 5) + "AAAA", "401 invalid_token", "malformed", page);
    for (const auto& [kind, token] : all) {
      if (kind != takes.credential) try_token(token, "401 wrong_token_type", kind, page);
    }
    try_token(held.expired, takes.expired, "expired", page,
              takes.expired_goes_on ? page.id : TenantId{});
    try_token(held.revoked, takes.revoked, "revoked", page);
    try_token(held.disabled, "401 invalid_token", "of a disabled tenant", world_.disabled);
    std::string foreign = held.foreign;
    // The one call that another tenant's page may make here ends the token.
    if (takes.foreign == "200") foreign = world_.server.session_token(world_.other);
    try_token(foreign, takes.foreign, "another tenant's", page, world_.other.id);
  });
}

TEST_F(CredentialMatrix, WhatThePhoneSendsIsItsOwnAndAlive) {
  const auto all = tokens();
  World elsewhere;
  for_each(RouteCredential::kPhone, [&](const Route& route, const Takes& takes) {
    const bool in_body = takes.credential == "qr";
    const auto try_token = [&](const std::string& token, const std::string& expected,
                               const std::string& kind) {
      Send send{.origin = TestServer::kBaseUrl};
      if (in_body) {
        send.json = Json{{"id", token}};
      } else {
        send.bearer = token;
      }
      expect(route, takes, send, expected, kind);
    };
    const HeldTokens& held = world_.held.at(takes.credential);
    expect(route, takes, {.origin = TestServer::kBaseUrl},
           in_body ? "400 invalid_request /id" : "401 missing_token", "none");
    try_token(world_.site.api_key, "401 invalid_token", "an API key");
    try_token("nonsense", "401 invalid_token", "wrong");
    try_token(held.good.substr(0, 5) + "AAAA", "401 invalid_token", "malformed");
    for (const auto& [kind, token] : all) {
      if (kind != takes.credential) try_token(token, "401 wrong_token_type", kind);
    }
    try_token(held.expired, "410 cross_device_expired", "expired");
    try_token(held.revoked, "401 token_revoked", "revoked");
    try_token(held.disabled, "401 invalid_token", "of a disabled tenant");
    try_token(elsewhere.held.at(takes.credential).good, "401 invalid_token",
              "another installation's");
  });
}

TEST_F(CredentialMatrix, ThePhoneIsServedWithTheGoodOne) {
  for_each(RouteCredential::kPhone, [](const Route& route, const Takes& takes) {
    World world;
    Send send{.origin = TestServer::kBaseUrl};
    if (takes.credential == "qr") {
      send.json = Json{{"id", world.held.at("qr").good}};
    } else {
      send.bearer = world.held.at("phone").good;
    }
    EXPECT_EQ(call(world, route, takes, send).summary(), "200") << name_of(route);
  });
}

TEST_F(CredentialMatrix, ACeremonyIsFinishedByNoOtherTenant) {
  for_each(RouteCredential::kBearer, [&](const Route& route, const Takes& takes) {
    if (!route.pattern.starts_with("/api/v1/finish_")) return;
    const std::string foreign = takes.credential == "session"
                                    ? world_.server.session_token(world_.other)
                                    : world_.server.user_token(world_.other, "bob");
    expect(route, takes, {.bearer = foreign, .origin = world_.other.origin}, "401 invalid_token",
           "another tenant's token on its own page");
  });
}

TEST_F(CredentialMatrix, TokensOfAnotherInstallationAreRefused) {
  World elsewhere;
  for_each(RouteCredential::kBearer, [&](const Route& route, const Takes& takes) {
    const std::string& foreign = elsewhere.held.at(takes.credential).good;
    expect(route, takes, {.bearer = foreign, .origin = world_.site.origin}, "401 invalid_token",
           "another installation's token");
  });
}

TEST_F(CredentialMatrix, RoutesWithoutCredentialAnswerAlikeWithOne) {
  for_each(RouteCredential::kNone, [&](const Route& route, const Takes& takes) {
    const std::string plain = call(world_, route, takes, {}).summary();
    for (const Send& send : {Send{.api_key = world_.site.api_key}, Send{.api_key = "bvsk_x"},
                             Send{.bearer = world_.session}, Send{.bearer = "nonsense"}}) {
      expect(route, takes, send, plain, "a credential");
    }
  });
}

}  // namespace
}  // namespace masterkey2::testing
