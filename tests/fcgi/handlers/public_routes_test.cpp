#include <gtest/gtest.h>

#include <algorithm>

#include "service/tenant_service.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

std::string header(const Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.http.headers) {
    if (key == name) return value;
  }
  return "";
}

TEST(KeySet, ListsThePublicKeysOfATenant) {
  TestServer server;
  const Site site = server.add_site("example.com");
  const Answer answer = server.call("GET", "/api/v1/jwks/" + site.id_text, {});
  ASSERT_EQ(answer.status, 200);
  EXPECT_NE(header(answer, "Cache-Control").find("max-age=300"), std::string::npos);
  ASSERT_EQ(answer.body.at("keys").size(), 1U);
  const Json& key = answer.body.at("keys")[0];
  EXPECT_EQ(key.at("kty"), "EC");
  EXPECT_EQ(key.at("crv"), "P-256");
  EXPECT_EQ(key.at("use"), "sig");
  EXPECT_EQ(key.at("alg"), "ES256");
  EXPECT_EQ(key.size(), 7U);  // x, y, kid and no private member
}

TEST(KeySet, IsThereForEnabledTenantsAlone) {
  TestServer server;
  const Site site = server.add_site("example.com");
  for (const std::string& id : {tenant_id_text(system_random().identifier<TenantId>()),
                                std::string("x"), site.id_text + "A", site.id_text.substr(1)}) {
    EXPECT_EQ(server.call("GET", "/api/v1/jwks/" + id, {}).summary(), "404 not_found") << id;
  }
  server.set_tenant_enabled(site, false);
  EXPECT_EQ(server.call("GET", "/api/v1/jwks/" + site.id_text, {}).summary(), "404 not_found");
}

TEST(KeySet, IsServedFromMemoryFor5SecondsAnd60WhileStorageFails) {
  TestServer server;
  const Site site = server.add_site("example.com");
  const std::string path = "/api/v1/jwks/" + site.id_text;
  ASSERT_EQ(server.call("GET", path, {}).status, 200);
  server.storage->reset_counts();
  server.clock.advance(5'000);
  EXPECT_EQ(server.call("GET", path, {}).status, 200);
  EXPECT_EQ(server.storage->reads(), 0);
  server.storage->hook = [](std::string_view) -> std::optional<StorageError> {
    return StorageError{StorageErrorCode::kUnavailable, ""};
  };
  server.clock.advance(55'000);
  EXPECT_EQ(server.call("GET", path, {}).status, 200);
  server.clock.advance(1);
  EXPECT_EQ(server.call("GET", path, {}).summary(), "503 storage_unavailable");
}

class RelatedOrigins : public ::testing::Test {
 protected:
  /// The host of base_url may be an RP ID, but its origin no tenant's.
  Site add_site(const std::string& rp_id, std::vector<std::string> related) {
    CreateTenant wanted;
    wanted.name = "Site";
    wanted.rp_id = rp_id;
    wanted.origins = {"https://www." + rp_id};
    wanted.settings.related_origins = std::move(related);
    const auto created = create_tenant(wanted, server_.store(), *server_.services->keys.current(),
                                       system_random(), server_.clock, TestServer::kBaseUrl);
    EXPECT_TRUE(created) << created.error();
    Site site;
    site.id = created->tenant.id;
    site.id_text = tenant_id_text(site.id);
    return site;
  }
  Answer ask(const std::string& host, std::string_view method = "GET") {
    Send send;
    if (!host.empty()) send.headers.emplace_back("host", host);
    return server_.call(method, "/.well-known/webauthn", send);
  }
  Answer ask_for(const std::string& id) {
    return server_.call("GET", "/.well-known/webauthn/" + id, {});
  }
  void break_storage() {
    server_.storage->hook = [](std::string_view) -> std::optional<StorageError> {
      return StorageError{StorageErrorCode::kUnavailable, ""};
    };
  }

  const std::vector<std::string> list_ = {"https://example.org", "https://example.co.uk"};
  TestServer server_;
};

TEST_F(RelatedOrigins, OfThisHostStandAtTheWellKnownPlace) {
  const Site site = add_site("auth.example.net", list_);
  const Answer answer = ask("auth.example.net");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header(answer, "Content-Type"), "application/json");
  EXPECT_EQ(header(answer, "Cache-Control"), "public, max-age=300");
  EXPECT_EQ(answer.body, (Json{{"origins", list_}}));
  EXPECT_EQ(answer.log.tenant, site.id_text);
  EXPECT_EQ(ask("Auth.Example.NET:443").body, answer.body);
  const Answer head = ask("auth.example.net", "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.http.body, "");
  EXPECT_EQ(ask("auth.example.net", "POST").summary(), "405 method_not_allowed");
}

TEST_F(RelatedOrigins, OfOtherRpIdsStandBelowTheTenantsId) {
  const Site site = add_site("example.com", list_);
  const Answer answer = ask_for(site.id_text);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header(answer, "Cache-Control"), "public, max-age=300");
  const Json with_phone = {"https://auth.example.net", "https://example.org",
                           "https://example.co.uk"};
  EXPECT_EQ(answer.body, (Json{{"origins", with_phone}}));
}

TEST_F(RelatedOrigins, BeginWithThePhonesPageWhileItNeedsThem) {
  const Site alone = server_.add_site("example.com");
  EXPECT_EQ(ask_for(alone.id_text).body, (Json{{"origins", {"https://auth.example.net"}}}));
  // A page below the RP ID needs no list.
  const Site parent = server_.add_site("example.net");
  EXPECT_EQ(ask_for(parent.id_text).summary(), "404 not_found");
  server_.change_settings(alone, [](TenantSettings& settings) { settings.cross_device = "off"; });
  server_.clock.advance(5'001);
  EXPECT_EQ(ask_for(alone.id_text).summary(), "404 not_found");
}

TEST_F(RelatedOrigins, AreNotFoundAlikeForEveryReason) {
  const Site site = add_site("auth.example.net", list_);
  TenantSettings without;
  without.cross_device = "off";
  const Site alone = server_.add_site("example.com", without);
  const Json unknown = ask("nobody.example").body;
  EXPECT_EQ(unknown.at("code"), "not_found");
  const auto expect_unknown = [&](const Answer& answer, const std::string& what) {
    Json body = answer.body;
    body["request_id"] = unknown.at("request_id");
    EXPECT_EQ(body, unknown) << what;
  };
  for (const std::string host : {"", "example.com", "auth.example.net.", "auth.example.net.evil",
                                 "evil.auth.example.net", "example.net", "auth.example.ne"}) {
    expect_unknown(ask(host), host);
  }
  for (const std::string& id : {tenant_id_text(system_random().identifier<TenantId>()),
                                std::string("x"), site.id_text + "A", alone.id_text}) {
    expect_unknown(ask_for(id), id);
  }
  server_.set_tenant_enabled(site, false);
  expect_unknown(ask("auth.example.net"), "a disabled tenant");
  expect_unknown(ask_for(site.id_text), "a disabled tenant");
}

TEST_F(RelatedOrigins, AreNotSearchedForMoreThanOnceAMinute) {
  EXPECT_EQ(ask("auth.example.net").summary(), "404 not_found");
  const Site site = add_site("auth.example.net", list_);
  server_.storage->reset_counts();
  server_.clock.advance(59'999);
  EXPECT_EQ(ask("auth.example.net").summary(), "404 not_found");
  EXPECT_EQ(server_.storage->reads(), 0);
  server_.clock.advance(1);
  EXPECT_EQ(ask("auth.example.net").status, 200);
  server_.change_settings(site, [](TenantSettings& settings) { settings.related_origins.clear(); });
  server_.clock.advance(5'001);
  EXPECT_EQ(ask("auth.example.net").summary(), "404 not_found");
}

TEST_F(RelatedOrigins, AreThoseOfTheNewOwnerOfAnRpId) {
  const Site first = add_site("auth.example.net", list_);
  ASSERT_EQ(ask("auth.example.net").status, 200);
  const auto audit =
      server_.services->audit.draft(first.id, {}, server_.clock.now(), {.type = "t"});
  ASSERT_EQ(*server_.store().erase_tenant({.tenant = first.id, .now = server_.clock.now()},
                                          audit.entry()),
            Outcome::kDone);
  static_cast<void>(add_site("auth.example.net", {"https://example.org"}));
  server_.clock.advance(60'000);
  EXPECT_EQ(ask("auth.example.net").summary(), "404 not_found");
  EXPECT_EQ(ask("auth.example.net").body, (Json{{"origins", {"https://example.org"}}}));
}

TEST_F(RelatedOrigins, AreUnavailableWithoutStorageOnceTheyAreOld) {
  static_cast<void>(add_site("auth.example.net", list_));
  break_storage();
  EXPECT_EQ(ask("auth.example.net").summary(), "503 storage_unavailable");
  server_.storage->hook = nullptr;
  ASSERT_EQ(ask("auth.example.net").status, 200);
  break_storage();
  server_.clock.advance(60'000);
  EXPECT_EQ(ask("auth.example.net").status, 200);
  server_.clock.advance(1);
  EXPECT_EQ(ask("auth.example.net").summary(), "503 storage_unavailable");
}

TEST(Health, IsFineWithoutStorage) {
  TestServer server;
  server.storage->hook = [](std::string_view) -> std::optional<StorageError> {
    return StorageError{StorageErrorCode::kUnavailable, ""};
  };
  EXPECT_EQ(server.call("GET", "/healthz", {}).body, (Json{{"status", "ok"}}));
}

class Readiness : public ::testing::Test {
 protected:
  void break_storage() {
    server_.storage->hook = [](std::string_view) -> std::optional<StorageError> {
      return StorageError{StorageErrorCode::kUnavailable, "no route to db1"};
    };
  }
  Answer ask(const std::string& address,
             std::vector<std::pair<std::string, std::string>> headers = {}) {
    return server_.call("GET", "/readyz", {.headers = std::move(headers), .address = address});
  }
  TestServer server_;
};

TEST_F(Readiness, SaysReadyWhenStorageAnswers) {
  const Answer answer = ask("127.0.0.1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, (Json{{"status", "ready"}}));
}

TEST_F(Readiness, TellsReasonsToLoopbackAlone) {
  break_storage();
  for (const char* address : {"127.0.0.1", "127.1.2.3", "::1"}) {
    const Answer answer = ask(address);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body.at("reasons"), (Json{"storage: no route to db1"})) << address;
  }
  for (const char* address : {"192.0.2.7", "::2", "2001:db8::1", ""}) {
    const Answer answer = ask(address);
    EXPECT_EQ(answer.body, (Json{{"status", "not_ready"}})) << address;
    EXPECT_EQ(answer.log.detail, "storage: no route to db1");
  }
  for (const char* name : {"x-forwarded-for", "forwarded", "x-real-ip"}) {
    EXPECT_FALSE(ask("127.0.0.1", {{name, "127.0.0.1"}}).body.contains("reasons")) << name;
  }
}

TEST_F(Readiness, TellsReasonsToListedAddressesBehindTrustedProxies) {
  break_storage();
  server_.peers = {.trusted_proxies = {AddressRange::parse("10.0.0.1").value()},
                   .operators = {AddressRange::parse("192.0.2.0/28").value()}};
  EXPECT_TRUE(ask("192.0.2.7").body.contains("reasons"));
  EXPECT_TRUE(ask("10.0.0.1", {{"x-forwarded-for", "192.0.2.7"}}).body.contains("reasons"));
  EXPECT_FALSE(ask("10.0.0.1", {{"x-forwarded-for", "192.0.2.77"}}).body.contains("reasons"));
  EXPECT_FALSE(ask("10.0.0.1").body.contains("reasons"));
}

TEST(Version, IsForOperators) {
  TestServer server;
  const Answer answer = server.call("GET", "/version", {.address = "::1"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.at("storage_abi"), kStorageAbiVersion);
  EXPECT_EQ(server.call("GET", "/version", {}).summary(), "404 not_found");
}

}  // namespace
}  // namespace masterkey2::testing
