// GET /jwks/{tenant_id}.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> get_key_set(Services& services, RouteRequest& request);

}  // namespace masterkey2
