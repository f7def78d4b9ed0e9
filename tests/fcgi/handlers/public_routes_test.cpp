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
