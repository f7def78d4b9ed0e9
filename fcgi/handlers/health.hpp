// GET /healthz and /readyz.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> get_healthz(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> get_readyz(Services& services, RouteRequest& request);

}  // namespace masterkey2
