#include "fcgi/handlers/tenant.hpp"

#include "encoding/json.hpp"
#include "encoding/time_text.hpp"
#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/body.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "service/access.hpp"
#include "service/failure.hpp"
#include "service/key_rotation.hpp"
#include "service/proof_forwarding.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2 {
namespace {

Json scopes_json(std::uint32_t scopes) {
  Json words = Json::array();
  for (const auto& [scope, word] :
       {std::pair{KeyScope::kSignIn, "sign-in"}, std::pair{KeyScope::kManage, "manage"},
        std::pair{KeyScope::kAudit, "audit"}}) {
    if ((scopes & static_cast<std::uint32_t>(scope)) != 0) words.push_back(word);
  }
  return words;
}

Json api_keys_json(const std::vector<ApiKey>& keys) {
  Json list = Json::array();
  for (const ApiKey& key : keys) {
    Json json = {{"apiKeyPrefix", key.prefix},
                 {"name", key.name},
                 {"scopes", scopes_json(key.scopes)},
                 {"created_at", rfc3339_text(key.created_at)}};
    if (key.expires_at != 0) json["expires_at"] = rfc3339_text(key.expires_at);
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace

ApiResult<HttpResponse> get_tenant(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kManage, scope.call);
  if (!access) return access.error();
  const auto snapshot =
      services.tenants.at_generation(access->key.tenant, access->tenant_generation);
  if (!snapshot) return snapshot.error();
  if (!*snapshot) return failure(ErrorCode::kInvalidApiKey, "the tenant is gone");
  const auto keys = services.storage.list_api_keys(access->key.tenant, services.clock.now());
  if (!keys) return storage_failure(keys.error());
  const Tenant& tenant = (*snapshot)->tenant;
  auto settings = parse_json(as_text(encode_tenant_settings((*snapshot)->settings)));
  if (!settings) return failure(ErrorCode::kInternal, settings.error().detail);
  return json_answer({{"id", tenant_id_text(tenant.id)},
                      {"name", tenant.name},
                      {"rp_id", tenant.rp_id},
                      {"origins", (*snapshot)->settings.origins},
                      {"settings", *settings},
                      {"api_keys", api_keys_json(*keys)}});
}

ApiResult<HttpResponse> post_proof_forwarding(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kManage, scope.call);
  if (!access) return access.error();
  const auto body = Body::read(request.http, {"enabled"});
  if (!body) return body.error();
  const auto enabled = body->boolean("enabled");
  if (!enabled) return enabled.error();
  const auto done = set_proof_forwarding(services, *access, *enabled, scope.call);
  if (!done) return done.error();
  return json_answer({{"enabled", *enabled}});
}

ApiResult<HttpResponse> post_rotate_key(Services& services, RouteRequest& request) {
  CallScope scope(request);
  // Every key may replace itself, whatever else it may do.
  const auto access = admit_api_key(services, request.api_key, std::nullopt, scope.call);
  if (!access) return access.error();
  const auto body = Body::read(request.http, {"overlap"});
  if (!body) return body.error();
  const auto overlap = body->optional_integer("overlap");
  if (!overlap) return overlap.error();
  const auto rotated = rotate_key(services, *access, overlap->value_or(0), scope.call);
  if (!rotated) return rotated.error();
  return json_answer({{"api_key", rotated->api_key}, {"apiKeyPrefix", rotated->prefix}});
}

}  // namespace masterkey2
