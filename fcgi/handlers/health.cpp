#include "fcgi/handlers/health.hpp"

#include "fcgi/handlers/answers.hpp"
#include "service/readiness.hpp"

namespace masterkey2 {
namespace {

/// The peer is this host, and not a proxy on it that speaks for somebody else.
bool is_loopback(const HttpRequest& request) {
  for (const char* name : {"forwarded", "x-forwarded-for", "x-real-ip"}) {
    if (request.header(name) != nullptr) return false;
  }
  return request.remote_address.starts_with("127.") || request.remote_address == "::1";
}

}  // namespace

ApiResult<HttpResponse> get_healthz(Services& /*services*/, RouteRequest& /*request*/) {
  return json_answer({{"status", "ok"}});
}

ApiResult<HttpResponse> get_readyz(Services& services, RouteRequest& request) {
  const std::vector<std::string> reasons = reasons_not_ready(services);
  if (reasons.empty()) return json_answer({{"status", "ready"}});
  for (const std::string& reason : reasons) {
    if (!request.log.detail.empty()) request.log.detail += "; ";
    request.log.detail += reason;
  }
  Json body = {{"status", "not_ready"}};
  if (is_loopback(request.http)) body["reasons"] = reasons;
  HttpResponse response = json_answer(body);
  response.status = 503;
  return response;
}

}  // namespace masterkey2
