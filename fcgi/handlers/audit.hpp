// GET /audit.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> get_audit(Services& services, RouteRequest& request);

}  // namespace masterkey2
