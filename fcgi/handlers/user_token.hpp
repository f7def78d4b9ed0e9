// POST /user-token.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> post_user_token(Services& services, RouteRequest& request);

}  // namespace masterkey2
