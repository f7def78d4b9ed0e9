#include "tests/fcgi/handlers/test_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>

#include "encoding/base64url.hpp"
#include "fcgi/routes.hpp"
#include "plugins/backend.hpp"
#include "service/tenant_service.hpp"
#include "support/test_metadata.hpp"
#include "tests/fcgi/handlers/openapi_contract.hpp"

namespace masterkey2::testing {
namespace {

void require(bool condition, const std::string& what) {
  if (!condition) throw std::runtime_error(what);
}

struct RowCounter final : RowSink {
  StorageResult<void> put(const StoredRow& /*row*/) override {
    ++count;
    return {};
  }
  void damaged(std::string_view what) override { ADD_FAILURE() << what; }
  std::uintmax_t count = 0;
};

Bytes challenge_of(const Answer& begun) {
  return base64url_decode(begun.body.at("publicKey").at("challenge").get<std::string>()).value();
}

}  // namespace

std::string Answer::summary() const {
  std::string text = std::to_string(status);
  if (const std::string word = code(); !word.empty()) text += ' ' + word;
  if (body.contains("reason")) text += ' ' + body["reason"].get<std::string>();
  if (body.contains("pointer")) text += ' ' + body["pointer"].get<std::string>();
  return text;
}

TestServer::TestServer() {
  auto loaded = load_storage(Backend::chosen().request(folder.path()), host_);
  require(loaded.has_value(), loaded ? "" : loaded.error().detail);
  loaded_ = std::make_unique<LoadedStorage>(std::move(loaded).value());
  Installation installation;
  installation.id = system_random().identifier<Digest>();
  installation.created_at = clock.now();
  const auto made = store().initialize(installation);
  require(made && *made == Outcome::kDone, "initialize");
  storage = std::make_unique<ObservedStorage>(store());
  storage->clock = [this] { return clock.now(); };
  KeyRing ring = KeyRing::generate(system_random(), clock.now());
  services = std::make_unique<Services>(
      *storage, ring, [ring]() -> Result<KeyRing, KeyRingError> { return ring; }, clock,
      system_random(),
      ServiceOptions{.base_url = kBaseUrl,
                     .local_reads = true,
                     .attestation = {.trust_anchors = folder / "anchors",
                                     .metadata = folder / "metadata",
                                     .metadata_root = folder / "metadata_root.pem",
                                     .metadata_host = support::kMetadataHost},
                     .provider_names = folder / "aaguids.json"});
  static_cast<void>(services->installation.refresh());  // as at the start of a server
  router_ = std::make_unique<Router>(make_routes(*services), "");
}

struct TestServer::OtherHost {
  class Clock final : public masterkey2::Clock {
   public:
    Clock(const FakeClock& first, UnixMillis skew) : first_(first), skew_(skew) {}
    [[nodiscard]] UnixMillis now() const override { return first_.now() + skew_; }

   private:
    const FakeClock& first_;
    UnixMillis skew_;
  };
  OtherHost(TestServer& first, UnixMillis skew)
      : clock(first.clock, skew),
        services(
            *first.storage, *first.services->keys.current(),
            [&first]() -> Result<KeyRing, KeyRingError> { return *first.services->keys.current(); },
            clock, system_random(), first.services->options),
        router(make_routes(services), "") {}

  Clock clock;
  Services services;
  Router router;
};

TestServer::~TestServer() = default;

void TestServer::move_to_host(UnixMillis skew) {
  other_ = std::make_unique<OtherHost>(*this, skew);
}

Answer TestServer::call(std::string_view method, std::string_view path, const Send& send) {
  static std::atomic<unsigned> requests{0};
  HttpRequest request;
  request.method = method;
  request.target = path;
  request.remote_address = send.address;
  request.request_id = std::to_string(100'000 + ++requests);
  request.body = send.json ? send.json->dump() : send.raw_body;
  if (!request.body.empty()) request.headers.emplace_back("content-type", "application/json");
  if (!send.api_key.empty()) request.headers.emplace_back("x-api-key", send.api_key);
  if (!send.bearer.empty()) request.headers.emplace_back("authorization", "Bearer " + send.bearer);
  if (send.origin) request.headers.emplace_back("origin", *send.origin);
  for (const auto& header : send.headers) request.headers.push_back(header);
  const Peer peer = identify_peer(request, peers);
  request.remote_address = peer.address;
  request.from_operator = peer.is_operator;
  Answer answer;
  answer.http = (other_ ? other_->router : *router_).handle(request, answer.log);
  answer.status = answer.http.status;
  if (!answer.http.body.empty()) answer.body = Json::parse(answer.http.body);
  for (const std::string& mistake : openapi_mistakes(request, answer.http, answer.log)) {
    ADD_FAILURE() << method << ' ' << path << " is not as documented: " << mistake;
  }
  return answer;
}

Site TestServer::add_site(const std::string& rp_id, const TenantSettings& settings) {
  const auto created =
      create_tenant({.name = "Site " + rp_id,
                     .rp_id = rp_id,
                     .origins = {"https://" + rp_id},
                     .settings = settings},
                    store(), *services->keys.current(), system_random(), clock, kBaseUrl);
  require(created.has_value(), created ? "" : created.error());
  return {.id = created->tenant.id,
          .id_text = tenant_id_text(created->tenant.id),
          .rp_id = rp_id,
          .origin = "https://" + rp_id,
          .api_key = created->api_key};
}

void TestServer::change_settings(const Site& site,
                                 const std::function<void(TenantSettings&)>& change) {
  Tenant tenant = store().find_tenant(site.id).value().value();
  TenantSettings settings = decode_tenant_settings(tenant.settings).value();
  change(settings);
  tenant.settings = encode_tenant_settings(settings);
  Guard guard{.tenant = site.id, .now = clock.now()};
  guard.tenant_generation = tenant.generation;
  const auto audit = services->audit.draft(site.id, {}, clock.now(), {.type = "test"});
  const auto done = store().update_tenant(guard, tenant, audit.entry());
  require(done && *done == Outcome::kDone, "update_tenant");
}

void TestServer::set_tenant_enabled(const Site& site, bool enabled) {
  Tenant tenant = store().find_tenant(site.id).value().value();
  tenant.enabled = enabled;
  Guard guard{.tenant = site.id, .now = clock.now()};
  guard.tenant_generation = tenant.generation;
  const auto audit = services->audit.draft(site.id, {}, clock.now(), {.type = "test"});
  const auto done = store().update_tenant(guard, tenant, audit.entry());
  require(done && *done == Outcome::kDone, "update_tenant");
}

void TestServer::set_user_enabled(const Site& site, const std::string& external_id, bool enabled) {
  auto audit = services->audit.draft(site.id, {}, clock.now(), {.type = "test"});
  const auto done = store().set_user_enabled(Guard{.tenant = site.id, .now = clock.now()},
                                             external_id, enabled, audit.entry());
  audit.note(done);
  require(done && *done == Outcome::kDone, "set_user_enabled");
}

void TestServer::erase_user(const Site& site, const std::string& external_id) {
  auto audit = services->audit.draft(site.id, {}, clock.now(), {.type = "test"});
  const auto done =
      store().erase_user(Guard{.tenant = site.id, .now = clock.now()}, external_id, audit.entry());
  audit.note(done);
  require(done && *done == Outcome::kDone, "erase_user");
}

std::string TestServer::session_token(const Site& site, const Json& body) {
  Send send{.api_key = site.api_key};
  if (!body.is_null()) send.json = body;
  const Answer answer = call("POST", "/api/v1/session-token", send);
  require(answer.status == 200, answer.summary());
  return answer.body.at("session_token");
}

std::string TestServer::user_token(const Site& site, const std::string& external_id, int ttl) {
  const Answer answer =
      call("POST", "/api/v1/user-token",
           {.api_key = site.api_key, .json = Json{{"external_id", external_id}, {"ttl", ttl}}});
  require(answer.status == 200, answer.summary());
  return answer.body.at("user_token");
}

Answer TestServer::begin_registration(const Site& site, const std::string& token) {
  return call("POST", "/api/v1/begin_registration", {.bearer = token, .origin = site.origin});
}

Answer TestServer::begin_authentication(const Site& site, const std::string& token) {
  return call("POST", "/api/v1/begin_authentication", {.bearer = token, .origin = site.origin});
}

Json TestServer::attestation_body(const Site& site, const Answer& begun,
                                  const support::VirtualCredential& passkey,
                                  const EditAnswer& edit) {
  support::CeremonyAnswer answer;
  answer.challenge = challenge_of(begun);
  answer.rp_id = site.rp_id;
  answer.origin = site.origin;
  if (edit) edit(answer);
  return {{"ceremony", begun.body.at("ceremony")},
          {"credential", support::make_registration_response(passkey, answer)}};
}

Json TestServer::assertion_body(const Site& site, const Answer& begun,
                                const support::VirtualCredential& passkey, const EditAnswer& edit) {
  support::CeremonyAnswer answer;
  answer.challenge = challenge_of(begun);
  answer.rp_id = site.rp_id;
  answer.origin = site.origin;
  if (edit) edit(answer);
  return {{"ceremony", begun.body.at("ceremony")},
          {"credential", support::make_authentication_response(passkey, answer)}};
}

std::pair<Answer, support::VirtualCredential> TestServer::finish_registration(
    const Site& site, const std::string& token, const Answer& begun, const EditAnswer& edit) {
  const auto handle =
      base64url_decode(begun.body.at("publicKey").at("user").at("id").get<std::string>());
  const auto passkey = support::VirtualCredential::create(webauthn::kEs256, handle.value());
  return {call("POST", "/api/v1/finish_registration",
               {.bearer = token,
                .origin = site.origin,
                .json = attestation_body(site, begun, passkey, edit)}),
          passkey};
}

Answer TestServer::finish_authentication(const Site& site, const std::string& token,
                                         const Answer& begun,
                                         const support::VirtualCredential& passkey,
                                         const EditAnswer& edit) {
  return call(
      "POST", "/api/v1/finish_authentication",
      {.bearer = token, .origin = site.origin, .json = assertion_body(site, begun, passkey, edit)});
}

support::VirtualCredential TestServer::register_passkey(const Site& site,
                                                        const std::string& external_id) {
  const std::string token = user_token(site, external_id);
  const Answer begun = begin_registration(site, token);
  require(begun.status == 200, begun.summary());
  auto [answer, passkey] = finish_registration(site, token, begun);
  require(answer.status == 200, answer.summary());
  return passkey;
}

std::string TestServer::sign_in(const Site& site, const std::string& session_token,
                                const support::VirtualCredential& passkey) {
  const Answer begun = begin_authentication(site, session_token);
  require(begun.status == 200, begun.summary());
  const Answer answer = finish_authentication(site, session_token, begun, passkey);
  require(answer.status == 200, answer.summary());
  return answer.body.at("auth_token");
}

Answer TestServer::verify(const Site& site, const Json& body,
                          std::vector<std::pair<std::string, std::string>> headers) {
  return call("POST", "/api/v1/verify-auth",
              {.api_key = site.api_key, .json = body, .headers = std::move(headers)});
}

std::vector<AuditEntry> TestServer::audit(const Site& site, const std::string& type) {
  Storage::AuditFilter filter;
  filter.type = type;
  return store().list_audit(site.id, filter, {.limit = 1'000}).value().items;
}

std::uintmax_t TestServer::store_size() {
  std::uintmax_t size = 0;
  if (Backend::chosen().name != "flatfile") {
    RowCounter rows;
    require(store().export_rows(rows).has_value(), "export_rows");
    return rows.count;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (entry.is_regular_file()) size += entry.file_size();
  }
  return size;
}

}  // namespace masterkey2::testing
