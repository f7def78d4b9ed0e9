// POST /cross_device, /cross_device/status and /cross_device/confirm: what the computer asks.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> post_cross_device(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_cross_device_status(Services& services,
                                                               RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_cross_device_confirm(Services& services,
                                                                RouteRequest& request);

}  // namespace masterkey2
