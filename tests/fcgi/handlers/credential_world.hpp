// A server with three tenants, and credentials in every state that one can be in.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "service/tenant_service.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {

struct Rows final : RowSink {
  StorageResult<void> put(const StoredRow& row) override {
    rows.push_back(row);
    return {};
  }
  void damaged(std::string_view what) override { ADD_FAILURE() << what; }
  std::vector<StoredRow> rows;
};

inline TenantId tenant_of(const Installation& /*row*/) { return {}; }
inline TenantId tenant_of(const StoredTenant& row) { return row.tenant.id; }
template <class Row>
TenantId tenant_of(const Row& row) {
  return row.tenant;
}

/// One kind of token in every state that it can be in.
struct HeldTokens {
  std::string good;
  std::string foreign;  ///< of another tenant
  std::string expired;
  std::string revoked;
  std::string disabled;  ///< of a disabled tenant
};

/// Every token has begun a ceremony while it could.
struct World {
  World() {
    constexpr UnixMillis kMinute = 60'000;
    expired_session = server.session_token(site);
    clock().advance(24 * 60 * kMinute - kMinute);
    begin_session(expired_session, site, passkey);
    begin_codes(&HeldTokens::expired, expired_session, site, passkey);
    expired_user = new_user_token(site, 10);
    clock().advance(2 * kMinute);  // the ceremonies go on, those of the session token apart

    session = server.session_token(site);
    begin_session(session, site, passkey);
    user = new_user_token(site);
    auth = server.sign_in(site, session, passkey);
    ceremony = finish_bodies.at(session).at("ceremony");
    foreign_session = server.session_token(other);
    begin_session(foreign_session, other, passkey);
    foreign_user = new_user_token(other, 300, "bob");
    begin_codes(&HeldTokens::good, session, site, passkey);
    begin_codes(&HeldTokens::foreign, foreign_session, other, passkey);

    revoked_session = server.session_token(site);
    begin_session(revoked_session, site, passkey);
    begin_codes(&HeldTokens::revoked, revoked_session, site, passkey);
    EXPECT_EQ(server
                  .call("DELETE", "/api/v1/session-token",
                        {.bearer = revoked_session, .origin = site.origin})
                  .status,
              200);
    Site second = site;
    second.api_key = add_key(site, kAllKeyScopes);
    revoked_user = new_user_token(second);
    revoked_key = second.api_key;
    erase_key(revoked_key);

    disabled_session = server.session_token(disabled);
    begin_session(disabled_session, disabled, passkey);
    begin_codes(&HeldTokens::disabled, disabled_session, disabled, passkey);
    disabled_user = new_user_token(disabled);
    server.set_tenant_enabled(disabled, false);
    expired_key = add_key(site, kAllKeyScopes, clock().now() + 1);
    clock().advance(1);
    held["session"] = {session, foreign_session, expired_session, revoked_session,
                       disabled_session};
    held["user"] = {user, foreign_user, expired_user, revoked_user, disabled_user};
  }

  void begin_session(const std::string& token, const Site& page,
                     const support::VirtualCredential& with) {
    const Answer begun = server.begin_authentication(page, token);
    finish_bodies[token] = TestServer::assertion_body(page, begun, with);
  }

  /// Two codes under a session token: one that nobody has claimed, and one that a phone has.
  void begin_codes(std::string HeldTokens::*state, const std::string& token, const Site& page,
                   const support::VirtualCredential& with) {
    const auto begin = [&] {
      return server.call("POST", "/api/v1/cross_device", {.bearer = token, .origin = page.origin})
          .body;
    };
    const auto id_of = [](const Json& begun) {
      const std::string url = begun.at("url");
      return url.substr(url.find('#') + 1);
    };
    const Json unclaimed = begin();
    held["poll"].*state = unclaimed.at("poll_token");
    held["qr"].*state = id_of(unclaimed);
    const Answer claimed =
        server.call("POST", "/api/v1/cross_device/claim",
                    {.origin = TestServer::kBaseUrl, .json = Json{{"id", id_of(begin())}}});
    const std::string phone = claimed.body.at("phone_token");
    held["phone"].*state = phone;
    Json body = {{"publicKey", claimed.body.at("publicKey")}, {"ceremony", ""}};
    Answer begun = claimed;
    begun.body = body;
    body = TestServer::assertion_body(page, begun, with, [](support::CeremonyAnswer& answer) {
      answer.origin = TestServer::kBaseUrl;
    });
    body.erase("ceremony");
    finish_bodies[phone] = body;
  }

  std::string new_user_token(const Site& page, int ttl = 300,
                             const std::string& external_id = "alice") {
    const std::string token = server.user_token(page, external_id, ttl);
    const Answer begun = server.begin_registration(page, token);
    const std::string handle = begun.body.at("publicKey").at("user").at("id");
    finish_bodies[token] = TestServer::attestation_body(
        page, begun,
        support::VirtualCredential::create(webauthn::kEs256, base64url_decode(handle).value()));
    return token;
  }

  [[nodiscard]] FakeClock& clock() { return server.clock; }

  std::string add_key(const Site& owner, std::uint32_t scopes, UnixMillis expires_at = 0) {
    const std::string text = make_api_key(system_random());
    ApiKey key;
    key.id = system_random().identifier<ApiKeyId>();
    key.tenant = owner.id;
    key.digest = sha256(as_bytes(text));
    key.prefix = text.substr(0, 12);
    key.scopes = scopes;
    key.lineage = key.id;
    key.created_at = clock().now();
    key.expires_at = expires_at;
    const auto audit = server.services->audit.draft(owner.id, {}, clock().now(), {.type = "test"});
    EXPECT_EQ(*server.store().insert_api_key(Guard{.tenant = owner.id, .now = clock().now()}, key,
                                             20, audit.entry()),
              Outcome::kDone);
    return text;
  }

  void erase_key(const std::string& text) {
    const auto found = server.store().find_api_key(sha256(as_bytes(text)), clock().now()).value();
    const auto audit = server.services->audit.draft(site.id, {}, clock().now(), {.type = "test"});
    EXPECT_EQ(*server.store().erase_api_key(Guard{.tenant = site.id, .now = clock().now()},
                                            found.value().key.id, audit.entry()),
              Outcome::kDone);
  }

  /// All rows but those of `apart`.
  std::vector<StoredRow> rows(const TenantId& apart) {
    Rows all;
    EXPECT_TRUE(server.store().export_rows(all));
    std::erase_if(all.rows, [&](const StoredRow& row) {
      return std::visit([](const auto& each) { return tenant_of(each); }, row) == apart;
    });
    return std::move(all.rows);
  }

  TestServer server;
  const Site site = server.add_site("example.com");
  const Site other = server.add_site("example.org");
  const Site disabled = server.add_site("example.net");
  const support::VirtualCredential passkey = server.register_passkey(site, "alice");
  std::map<std::string, Json> finish_bodies;  ///< by token
  std::map<std::string, HeldTokens> held;     ///< by kind
  std::string session, user, ceremony, auth, foreign_session, foreign_user;
  std::string expired_session, expired_user, revoked_session, revoked_user;
  std::string disabled_session, disabled_user, expired_key, revoked_key;
};

}  // namespace masterkey2::testing
