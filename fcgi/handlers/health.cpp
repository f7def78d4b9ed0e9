#include "fcgi/handlers/health.hpp"

#include "fcgi/handlers/answers.hpp"
#include "masterkey2/version.hpp"
#include "service/failure.hpp"
#include "service/readiness.hpp"

namespace masterkey2 {

ApiResult<HttpResponse> get_healthz(Services& /*services*/, RouteRequest& /*request*/) {
  return json_answer({{"status", "ok"}});
}

ApiResult<HttpResponse> get_readyz(Services& services, RouteRequest& request) {
  const std::vector<std::string> reasons = reasons_not_ready(services);
  if (reasons.empty()) {
    Json body = {{"status", "ready"}};
    const std::vector<std::string> warnings = readiness_warnings(services);
    if (request.http.from_operator && !warnings.empty()) body["warnings"] = warnings;
    return json_answer(body);
  }
  for (const std::string& reason : reasons) {
    if (!request.log.detail.empty()) request.log.detail += "; ";
    request.log.detail += reason;
  }
  Json body = {{"status", "not_ready"}};
  if (request.http.from_operator) body["reasons"] = reasons;
  HttpResponse response = json_answer(body);
  response.status = 503;
  return response;
}

ApiResult<HttpResponse> get_version(Services& /*services*/, RouteRequest& request) {
  if (!request.http.from_operator) return failure(ErrorCode::kNotFound);
  return json_answer({{"version", MASTERKEY2_VERSION}, {"storage_abi", kStorageAbiVersion}});
}

}  // namespace masterkey2
