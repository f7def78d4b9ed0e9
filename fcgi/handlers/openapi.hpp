// GET /api/v1/openapi.json.
#pragma once

#include <string_view>

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

/// docs/openapi.json as it was when this was built.
extern const std::string_view kOpenApiDocument;

[[nodiscard]] ApiResult<HttpResponse> get_openapi(Services& services, RouteRequest& request);

}  // namespace masterkey2
