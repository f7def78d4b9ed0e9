// /users and /users/{external_id}: list, show, disable, enable, delete.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> get_users(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> get_user(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_disable_user(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> post_enable_user(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> delete_user(Services& services, RouteRequest& request);

}  // namespace masterkey2
