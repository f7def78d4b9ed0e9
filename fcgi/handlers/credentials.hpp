// /users/{external_id}/credentials: list, rename, delete.
#pragma once

#include "fcgi/router.hpp"
#include "service/services.hpp"

namespace masterkey2 {

[[nodiscard]] ApiResult<HttpResponse> get_credentials(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> patch_credential(Services& services, RouteRequest& request);
[[nodiscard]] ApiResult<HttpResponse> delete_credential(Services& services, RouteRequest& request);

}  // namespace masterkey2
