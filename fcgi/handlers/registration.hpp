// POST /begin_registration and /finish_registration.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> post_begin_registration(Services& services,
                                                              RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_finish_registration(Services& services,
                                                               RouteRequest& request);

}  // namespace masterkey2
