#include "fcgi/handlers/key_set.hpp"

#include "fcgi/handlers/answers.hpp"
#include "service/assertion.hpp"
#include "service/failure.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2 {

ApiResult<HttpResponse> get_key_set(Services& services, RouteRequest& request) {
  const auto id = parse_tenant_id(request.path_values.at(0));
  if (!id) return failure(ErrorCode::kNotFound);
  const auto tenant = services.tenants.recent(*id);
  if (!tenant) return tenant.error();
  if (!*tenant || !(*tenant)->tenant.enabled) return failure(ErrorCode::kNotFound);
  request.log.tenant = request.path_values[0];
  HttpResponse response = json_answer(key_set((*tenant)->tenant));
  response.headers.emplace_back("Cache-Control", "public, max-age=300");
  return response;
}

}  // namespace masterkey2
