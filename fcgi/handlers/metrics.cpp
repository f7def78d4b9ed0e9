#include "fcgi/handlers/metrics.hpp"

#include "service/failure.hpp"

namespace masterkey2 {

ApiResult<HttpResponse> get_metrics(const Metrics* metrics, const RouteRequest& request) {
  if (!request.http.from_operator || metrics == nullptr) {
    return failure(ErrorCode::kNotFound);
  }
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = metrics->text();
  return response;
}

}  // namespace masterkey2
