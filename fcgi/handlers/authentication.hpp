// POST /begin_authentication and /finish_authentication.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> post_begin_authentication(Services& services,
                                                                RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_finish_authentication(Services& services,
                                                                 RouteRequest& request);

}  // namespace masterkey2
