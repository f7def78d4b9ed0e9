// GET /healthz, /readyz and /version.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> get_healthz(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> get_readyz(Services& services, RouteRequest& request);
/// For operators; there is nothing here for everybody else.
[[nodiscard]] ApiResult<HttpResponse> get_version(Services& services, RouteRequest& request);

}  // namespace masterkey2
