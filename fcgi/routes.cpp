#include "fcgi/routes.hpp"

#include "fcgi/handlers/admission.hpp"
#include "fcgi/handlers/audit.hpp"
#include "fcgi/handlers/authentication.hpp"
#include "fcgi/handlers/credentials.hpp"
#include "fcgi/handlers/cross_device_computer.hpp"
#include "fcgi/handlers/cross_device_phone.hpp"
#include "fcgi/handlers/health.hpp"
#include "fcgi/handlers/key_set.hpp"
#include "fcgi/handlers/metrics.hpp"
#include "fcgi/handlers/openapi.hpp"
#include "fcgi/handlers/registration.hpp"
#include "fcgi/handlers/related_origins.hpp"
#include "fcgi/handlers/session_token.hpp"
#include "fcgi/handlers/tenant.hpp"
#include "fcgi/handlers/user_token.hpp"
#include "fcgi/handlers/users.hpp"
#include "fcgi/handlers/verification.hpp"

namespace masterkey2 {

std::vector<Route> make_routes(Services& services, const Metrics* metrics) {
  using enum RouteCredential;
  using Function = ApiResult<HttpResponse> (*)(Services&, RouteRequest&);
  struct Row {
    std::string_view method;
    std::string_view pattern;
    RouteCredential credential;
    Function function;
    bool urgent = false;
  };
  static constexpr bool kUrgent = true;
  static constexpr Row kTable[] = {
      {"POST", "/api/v1/session-token", kApiKey, &post_session_token},
      {"DELETE", "/api/v1/session-token", kBearer, &delete_session_token},
      {"POST", "/api/v1/user-token", kApiKey, &post_user_token},
      {"POST", "/api/v1/verify-auth", kApiKey, &post_verify_auth, kUrgent},
      {"POST", "/api/v1/begin_registration", kBearer, &post_begin_registration},
      {"POST", "/api/v1/finish_registration", kBearer, &post_finish_registration, kUrgent},
      {"POST", "/api/v1/begin_authentication", kBearer, &post_begin_authentication},
      {"POST", "/api/v1/finish_authentication", kBearer, &post_finish_authentication, kUrgent},
      {"POST", "/api/v1/cross_device", kBearer, &post_cross_device},
      {"POST", "/api/v1/cross_device/status", kBearer, &post_cross_device_status, kUrgent},
      {"POST", "/api/v1/cross_device/confirm", kBearer, &post_cross_device_confirm, kUrgent},
      {"POST", "/api/v1/cross_device/show", kPhone, &post_cross_device_show},
      {"POST", "/api/v1/cross_device/claim", kPhone, &post_cross_device_claim},
      {"POST", "/api/v1/cross_device/finish", kPhone, &post_cross_device_finish, kUrgent},
      {"POST", "/api/v1/cross_device/deny", kPhone, &post_cross_device_deny},
      {"GET", "/api/v1/users", kApiKey, &get_users},
      {"GET", "/api/v1/users/{external_id}", kApiKey, &get_user},
      {"DELETE", "/api/v1/users/{external_id}", kApiKey, &delete_user},
      {"POST", "/api/v1/users/{external_id}/disable", kApiKey, &post_disable_user},
      {"POST", "/api/v1/users/{external_id}/enable", kApiKey, &post_enable_user},
      {"GET", "/api/v1/users/{external_id}/credentials", kApiKey, &get_credentials},
      {"PATCH", "/api/v1/users/{external_id}/credentials/{credential_id}", kApiKey,
       &patch_credential},
      {"DELETE", "/api/v1/users/{external_id}/credentials/{credential_id}", kApiKey,
       &delete_credential},
      {"POST", "/api/v1/rotate-key", kApiKey, &post_rotate_key},
      {"POST", "/api/v1/proof-forwarding", kApiKey, &post_proof_forwarding},
      {"GET", "/api/v1/tenant", kApiKey, &get_tenant},
      {"GET", "/api/v1/audit", kApiKey, &get_audit},
      {"GET", "/api/v1/jwks/{tenant_id}", kNone, &get_key_set},
      {"GET", "/.well-known/webauthn", kNone, &get_host_related_origins},
      {"GET", "/.well-known/webauthn/{tenant_id}", kNone, &get_related_origins},
      {"GET", "/api/v1/openapi.json", kNone, &get_openapi},
      {"GET", "/healthz", kNone, &get_healthz, kUrgent},
      {"GET", "/readyz", kNone, &get_readyz, kUrgent},
      {"GET", "/version", kNone, &get_version},
  };
  std::vector<Route> routes;
  for (const Row& row : kTable) {
    routes.push_back({.method = row.method,
                      .pattern = row.pattern,
                      .credential = row.credential,
                      .handler = [&services, credential = row.credential, function = row.function](
                                     RouteRequest& request) -> ApiResult<HttpResponse> {
                        if (auto good = admit_request(services, credential, request); !good) {
                          return good.error();
                        }
                        return function(services, request);
                      },
                      .urgent = row.urgent});
  }
  routes.push_back({.method = "GET",
                    .pattern = "/metrics",
                    .credential = kNone,
                    .handler = [metrics](RouteRequest& request) -> ApiResult<HttpResponse> {
                      return get_metrics(metrics, request);
                    },
                    .urgent = true});
  return routes;
}

}  // namespace masterkey2
