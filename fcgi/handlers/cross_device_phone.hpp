// POST /cross_device/show, /claim, /finish and /deny: what the phone's page asks.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> post_cross_device_show(Services& services,
                                                             RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_cross_device_claim(Services& services,
                                                              RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_cross_device_finish(Services& services,
                                                               RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_cross_device_deny(Services& services,
                                                             RouteRequest& request);

}  // namespace masterkey2
