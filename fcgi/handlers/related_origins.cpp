#include "fcgi/handlers/related_origins.hpp"

#include <algorithm>
#include <string_view>

#include "fcgi/handlers/answers.hpp"
#include "service/failure.hpp"
#include "service/origin_rules.hpp"
#include "service/rp_id.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2 {
namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// `header`: of the form `Host[:port]`.
bool names_host(std::string_view header, std::string_view host) {
  const std::string_view name = header.substr(0, header.find(':'));
  return std::equal(name.begin(), name.end(), host.begin(), host.end(),
                    [](char given, char expected) { return lowered(given) == expected; });
}

/// The tenant's own list; before it the phone's page, which uses every RP ID that offers the
/// sign-in by another device, and is on another site than most.
Json origins_of(const TenantSnapshot& tenant, std::string_view base_url) {
  Json origins = tenant.settings.related_origins;
  const std::string_view own = origin_of_url(base_url);
  if (tenant.settings.cross_device != "off" &&
      !host_may_use_rp_id(origin_host(own), tenant.tenant.rp_id)) {
    origins.insert(origins.begin(), own);
  }
  return origins;
}

/// A tenant that is not there, not enabled or without related origins: all the same to a stranger.
ApiResult<HttpResponse> answer_of(const ApiResult<TenantPointer>& tenant, RouteRequest& request,
                                  std::string_view base_url) {
  if (!tenant) return tenant.error();
  const TenantPointer& snapshot = *tenant;
  if (!snapshot || !snapshot->tenant.enabled) return failure(ErrorCode::kNotFound);
  const Json origins = origins_of(*snapshot, base_url);
  if (origins.empty()) return failure(ErrorCode::kNotFound);
  request.log.tenant = tenant_id_text(snapshot->tenant.id);
  HttpResponse response = json_answer({{"origins", origins}});
  response.headers.emplace_back("Cache-Control", "public, max-age=300");
  return response;
}

}  // namespace

ApiResult<HttpResponse> get_host_related_origins(Services& services, RouteRequest& request) {
  const std::string* host = request.http.header("host");
  if (host == nullptr || !names_host(*host, services.host_tenant.host())) {
    return failure(ErrorCode::kNotFound);
  }
  return answer_of(services.host_tenant.find(), request, services.options.base_url);
}

ApiResult<HttpResponse> get_related_origins(Services& services, RouteRequest& request) {
  const auto id = parse_tenant_id(request.path_values.at(0));
  if (!id) return failure(ErrorCode::kNotFound);
  return answer_of(services.tenants.recent(*id), request, services.options.base_url);
}

}  // namespace masterkey2
