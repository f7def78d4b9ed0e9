// POST /verify-auth.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> post_verify_auth(Services& services, RouteRequest& request);

}  // namespace masterkey2
