#include "fcgi/handlers/openapi.hpp"

namespace masterkey2 {

ApiResult<HttpResponse> get_openapi(Services& /*services*/, RouteRequest& /*request*/) {
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("Cache-Control", "public, max-age=300");
  response.body = kOpenApiDocument;
  return response;
}

}  // namespace masterkey2
