// POST and DELETE /session-token.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> post_session_token(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> delete_session_token(Services& services,
                                                           RouteRequest& request);

}  // namespace masterkey2
